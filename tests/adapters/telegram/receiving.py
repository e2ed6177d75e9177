"""A receiver between Telegram and a memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.inbound import Kept
from adapters.telegram.receive import Receiver
from tests.adapters.telegram.incoming import (
    NOON,
    FakeDownloads,
    FakeIntake,
    parse_button,
)
from tests.virtual_time import ticks


def now() -> float:
    return NOON + ticks()


class Telegram:
    """A receiver over fakes, and somebody who writes to it."""

    def __init__(self, folder: Path) -> None:
        self.intake = FakeIntake(folder)
        self.downloads = FakeDownloads()
        self.answered: list[tuple[str, float]] = []
        self.reachable: list[tuple[str, bool]] = []
        self.answer_trouble: Exception | None = None
        self.set_back_s = 0.0  # what somebody did to the clock
        self.receiver = self._new()

    def _new(self) -> Receiver:
        return Receiver(
            self.intake,
            self.downloads,
            parse_button=parse_button,
            answer_callback=self._answer,
            on_reachable=lambda chat, allowed: self.reachable.append((chat, allowed)),
            clock=lambda: now() - self.set_back_s,
        )

    async def _answer(self, query_id: str) -> None:
        if self.answer_trouble:
            raise self.answer_trouble
        self.answered.append((query_id, ticks()))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """One run; leaving kills it."""
        self.receiver = self._new()
        run = asyncio.create_task(self.receiver.run())
        yield
        assert not run.done(), "it died by itself"
        run.cancel()
        await asyncio.wait([run])

    def arrive(self, *rows: Kept) -> None:
        self.intake.put(*rows)
        self.receiver.take(rows)

    @property
    def bodies(self) -> list[Any]:
        return [inbound.body for inbound in self.intake.delivered]

    @property
    def events(self) -> list[tuple[str, ...]]:
        return [inbound.events for inbound in self.intake.delivered]


async def soon() -> None:
    """Until everybody has done what needs no waiting."""
    await asyncio.sleep(0.001)
