"""The way in, whole, over a memory that outlives it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from adapters.base import LoggedOut
from adapters.inbound import Kept
from adapters.slack.api import Me, SlackApi
from adapters.slack.gate import Gate
from adapters.slack.ingress import Ingress
from adapters.slack.people import People, Rooms
from adapters.slack.sockets import Sockets
from adapters.slack.whisper import Whisper
from tests.adapters.slack.intake import Memory
from tests.slack_server import FakeSlack


@dataclass
class Entry:
    """What came in, and what was said of it."""

    api: SlackApi
    me: Me
    memory: Memory
    gate: Gate
    handed: list[str] = field(default_factory=list)  # event ids, as they were kept
    now: list[Mapping[str, Any]] = field(default_factory=list)
    whispers: list[Whisper] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ingress = Ingress(
            self.api,
            self.memory,
            self.gate,
            on_kept=self._kept,
            on_now=self.now.append,
            on_stranger=self.whispers.append,
            on_joined=self.joined.append,
            on_revoked=lambda: self.revoked.append("now"),
        )

    def _kept(self, rows: list[Kept]) -> None:
        self.handed += [row.event_id for row in rows]


@asynccontextmanager
async def entry(
    slack: FakeSlack, memory: Memory, *, outsiders: bool = False
) -> AsyncIterator[Entry]:
    async with SlackApi(slack.bot_token, slack.api_base) as api:
        me = await api.me()
        gate = Gate(memory, People(api), Rooms(api), me, outsiders=outsiders)
        yield Entry(api, me, memory, gate)


@dataclass
class Connected(Entry):
    gaps: list[float | None] = field(default_factory=list)

    def sockets(self, app_token: str, **seconds: float) -> Sockets:
        return Sockets(
            self.ingress.app,
            self.api,
            app_token,
            on_connected=self.gaps.append,
            **{"ping_s": 0.2, "watch_s": 0.05, **seconds},
        )


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[asyncio.Task[None]]:
    """Beside the test; cancelled at its end."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, LoggedOut):
            await task


async def until(condition: Callable[[], Any]) -> None:
    """Something Slack does not hear of."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def entered(memory: Memory, api: SlackApi) -> Connected:
    me = await api.me()
    return Connected(api, me, memory, Gate(memory, People(api), Rooms(api), me))


@asynccontextmanager
async def connected(
    slack: FakeSlack, memory: Memory, **seconds: float
) -> AsyncIterator[tuple[Connected, Sockets]]:
    """Up on both connections; gone at the end."""
    async with SlackApi(slack.bot_token, slack.api_base) as api:
        inside = await entered(memory, api)
        sockets = inside.sockets(slack.app_token, **seconds)
        async with running(sockets.run()):
            await until(lambda: sockets.health.state == "ok")
            yield inside, sockets
