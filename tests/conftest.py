import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.access import Access
from bot.pool import Pool
from bot.screens import address_record
from bot.serving import serve
from runner.base import Runner
from store.store import Store
from tests.bot.sharing import shared_for
from tests.fakes import ADA, CHAT, FakeAdapter


@pytest.fixture
def chat() -> FakeAdapter:
    return FakeAdapter()


class Bot:
    """The whole program over fakes, running beside the test. It can be killed."""

    def __init__(self, chat: FakeAdapter, folder: Path) -> None:
        self.chat = chat
        self.folder = folder
        self.limit = 4
        self.idle_s = 60.0
        self.patience_s = 5.0
        self.people = [ADA.id]
        self.admins: list[str] = []
        self.options: dict[str, Any] = {}  # of `Shared`
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    def start(self, runner: Runner) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._serve(runner))

    async def stop(self) -> None:
        """As SIGTERM does it."""
        self._stop.set()
        await self._over()

    async def kill(self) -> None:
        """No goodbye: whatever was not on disk is gone."""
        if self._task:
            self._task.cancel()
        await self._over()

    async def posts(self, view_id: str) -> list[str | None]:
        """The refs of the messages that are known to show a view."""
        await self.stop()
        async with Store.open(self.folder / "parley.db") as store:
            return [
                post.ref for post in await store.posts(address_record(CHAT), view_id)
            ]

    async def _over(self) -> None:
        if self._task:
            await asyncio.wait([self._task])
            if not self._task.cancelled() and (error := self._task.exception()):
                raise error
        self._task = None

    async def _serve(self, runner: Runner) -> None:
        async with Store.open(self.folder / "parley.db") as store:
            access = Access({"fake": self.people}, admins=self.admins)
            shared = shared_for(
                store,
                runner,
                access,
                self.folder,
                **{
                    "pool": Pool(self.limit),
                    "idle_s": self.idle_s,
                    "patience_s": self.patience_s,
                    **self.options,
                },
            )
            await serve([self.chat], shared=shared, access=access, stop=self._stop)


@pytest.fixture
async def bot(chat: FakeAdapter, tmp_path: Path) -> AsyncIterator[Bot]:
    bot = Bot(chat, tmp_path)
    yield bot
    await bot.kill()
