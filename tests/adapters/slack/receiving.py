"""A receiver between a slow Slack and a memory."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.inbound import Inbound, Kept
from adapters.slack.api import SlackApi
from adapters.slack.receive import Receiver
from adapters.slack.root import Roots
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.incoming import ME, name_of
from tests.adapters.slack.intake import Memory
from tests.virtual_time import ticks


class SlowMemory(Memory):
    """Takes its time to deliver, as a disk does; refuses some."""

    delay_s = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.refusing: set[str] = set()
        self.heard_at: list[float] = []

    async def deliver(self, inbound: Inbound) -> None:
        await asyncio.sleep(self.delay_s)
        if not self.refusing.isdisjoint(inbound.events):
            raise OSError("the disk is full")
        self.heard_at.append(ticks())
        await super().deliver(inbound)


class SlowFiles(SlackApi):
    """Files whose address is the number of seconds that they take."""

    async def download(self, url: str, target: Path, *, limit: int) -> int:
        await asyncio.sleep(float(url))
        return target.write_bytes(b"words")


class SlowNames:
    def __init__(self) -> None:
        self.takes_s = 0.0
        self.known: set[str] = set()

    def name(self, user_id: str) -> str:
        return name_of(user_id) if user_id in self.known else user_id

    def language(self, user_id: str) -> str:
        return "ko-KR" if user_id in self.known else ""

    async def warm(self, user_ids: Iterable[str]) -> None:
        await asyncio.sleep(self.takes_s)
        self.known.update(user_ids)


class Slack:
    def __init__(self, home: Path | None = None) -> None:
        self.memory = SlowMemory()
        self.memory.home = home
        self.names = SlowNames()
        self._receiver = self._new()

    def arrive(self, *rows: Kept) -> None:
        self.memory.rows |= {row.event_id: row for row in rows}
        self._receiver.take(rows)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._receiver.run())
        await asyncio.sleep(0.001)  # it has asked what an earlier run left
        yield
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])
        self._receiver = self._new()

    @property
    def heard(self) -> list[str]:
        """The events, as they were delivered."""
        return [event for one in self.memory.inbounds for event in one.events]

    def _new(self) -> Receiver:
        api = SlowFiles("xoxb-nobody's", "http://127.0.0.1:9/")
        screen = PaperScreen()
        return Receiver(
            self.memory,
            api,
            ME,
            screen,
            names=self.names,
            commands=lambda language: [],
            roots=Roots(api, screen),
            engage=lambda address: None,
            busy=lambda channel: [],
        )


def file(seconds: float, name: str = "a.txt") -> dict[str, object]:
    return {"id": f"F{seconds}", "name": name, "url_private": str(seconds)}


async def soon() -> None:
    await asyncio.sleep(0.2)
