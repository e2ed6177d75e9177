"""The receiving half over a fake Slack: what is kept goes in, what the bot hears is
there to be looked at.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.inbound import Address, Body, Inbound, Kept
from adapters.slack.api import Me, SlackApi
from adapters.slack.people import People
from adapters.slack.receive import Receiver
from adapters.slack.root import Roots
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.intake import Memory
from tests.slack_server import Act, FakeSlack, Message

LOOKS_S = 10.0
COMMANDS = ("help", "status", "stop", "new", "model", "diff", "language")


def menu(language: str) -> list[tuple[str, str]]:
    return [(name, "what it does") for name in COMMANDS]


def row(event_id: str, act: Act, *, at: float | None = None) -> Kept:
    return Kept(event_id, json.dumps(act.payload), at or time.time())


@dataclass
class Desk:
    """*memory* and *screen* outlive a run of the receiver, as the store does."""

    slack: FakeSlack
    api: SlackApi
    me: Me
    memory: Memory
    screen: PaperScreen = field(default_factory=PaperScreen)
    at_work: list[Address] = field(default_factory=list)
    engaged: list[Address] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.people = People(self.api)

    def receiver(self) -> Receiver:
        return Receiver(
            self.memory,
            self.api,
            self.me,
            self.screen,
            names=self.people,
            commands=menu,
            roots=Roots(self.api, self.screen),
            engage=self.engaged.append,
            busy=lambda channel: [a for a in self.at_work if a.chat == channel],
            sleep=self._sleep,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Receiver]:
        receiver = self.receiver()
        task = asyncio.create_task(receiver.run())
        try:
            yield receiver
        finally:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()):
            raise error

    def keep(self, *acts: Act) -> list[Kept]:
        """Rows of these, as the way in keeps them."""
        first = len(self.memory.rows)
        rows = [row(f"e{first + n}", act) for n, act in enumerate(acts)]
        self.memory.rows |= {row.event_id: row for row in rows}
        return rows

    def told(self, message: Message) -> Act:
        """The newest event about it."""
        return next(
            act for act in reversed(self.slack.acts) if message.ts in str(act.payload)
        )

    async def hear(self, *acts: Act, n: int = 1) -> list[Inbound]:
        """What the bot hears of these, once that is *n* things."""
        async with self.running() as receiver:
            receiver.take(self.keep(*acts))
            await self.until(lambda: len(self.memory.inbounds) >= n)
        return self.memory.inbounds

    async def until(self, look: Callable[[], object]) -> None:
        async with asyncio.timeout(LOOKS_S):
            while not look():
                await asyncio.sleep(0.005)

    @property
    def heard(self) -> list[Body]:
        return bodies(self.memory.inbounds)

    def place(self, channel: str, thread: str = "") -> Address:
        return Address("slack", channel, thread, self.slack.team)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


def bodies(inbounds: Iterable[Inbound]) -> list[Body]:
    return [inbound.body for inbound in inbounds]


@asynccontextmanager
async def desk(slack: FakeSlack, home: Path) -> AsyncIterator[Desk]:
    async with SlackApi(slack.bot_token, slack.api_base) as api:
        yield Desk(slack, api, await api.me(), Memory(home=home))
    assert slack.refusals == []
