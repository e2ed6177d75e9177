"""The web surface: many conversations streaming, and one plain request.

Three processes, so that each one's time is its own: a feeder that writes what so many
demo agents would write (no real ones: 500 would not fit), Parley's web surface behind
the real decoder, fold and feed, which is one thread and so one core, and a reader for
each conversation. Every word is the moment it was written, so whoever reads it knows
how late it is.
"""

import asyncio
import json
import sys
import time
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from adapters.web.server import Server
from adapters.web.values import Entry
from bot.feed import Feed, Watch
from bot.turn import Turn
from runner.claude_decode import (
    Answered,
    ClaudeDecoder,
    Offered,
    Reply,
    Unpayable,
)
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import ANYWHERE, serving
from tests.bench.figures import Row, once, row
from tests.bench.streaming_clients import CONVERSATIONS, DELTAS_A_SECOND, SECONDS

LIMIT_S = 120.0  # of each part
PATH = "/api/projects"


class FedDesk(FakeDesk):
    """A desk whose conversations are shown by the bot's own feed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.feed = Feed()

    def watch(  # type: ignore[override]  # the bot's own instead of the fake's
        self, conversation: int | None
    ) -> AbstractContextManager[Watch]:
        return self.feed.watch(conversation)


class Conversation:
    """One of many, from the agent's line to the watchers, as in the bot."""

    def __init__(self, desk: FedDesk) -> None:
        self._desk = desk
        self._number = desk.add().id
        self._decoder = ClaudeDecoder("/")
        self._decoder.turns.prompted(f"p{self._number}")
        self._turn = Turn(f"t{self._number}", prompt="long")

    async def listen(self, agent: StreamReader, writer: StreamWriter) -> None:
        async for line in agent:
            self._hear(line)
        writer.close()

    def _hear(self, line: bytes) -> None:
        for event in self._decoder.decode(line):
            assert not isinstance(event, Reply | Answered | Offered | Unpayable)
            self._turn.apply(event, now=time.time())
            view = self._turn.view()
            self._desk.entries[self._number] = [Entry(view=view)]
            self._desk.feed.publish(self._number, view)


@asynccontextmanager
async def client(*given: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.streaming_clients", *given),
        stdout=PIPE,
        limit=2**26,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def streaming(desk: FedDesk, server: Server, token: str) -> list[Row]:
    conversations = iter([Conversation(desk) for _ in range(CONVERSATIONS)])
    ourselves, place = psutil.Process(), str(desk.folder / "agents")

    async def hear(agent: StreamReader, writer: StreamWriter) -> None:
        await next(conversations).listen(agent, writer)

    async with (
        await asyncio.start_unix_server(hear, place, backlog=CONVERSATIONS),
        client("read", server.url, token) as reader,
    ):
        await said(reader)
        before, waited, begun = ourselves.cpu_times(), queued_s(), time.monotonic()
        async with client("feed", place) as feeder:
            await said(feeder)
        read = await said(reader)
        took, after = time.monotonic() - begun, ourselves.cpu_times()
    busy = after.user + after.system - before.user - before.system
    late = [seconds * 1000 for seconds in read["late"]]
    last = [seconds * 1000 for seconds in read["last"]]
    about = f"{CONVERSATIONS} conversations at {DELTAS_A_SECOND} deltas/s"
    wanted = CONVERSATIONS * DELTAS_A_SECOND * SECONDS
    return [
        row(f"{about}: a word is late", late, target="1,000 at most"),
        once(f"{about}: the latest word", max(late), unit="ms", target="1,000"),
        row(f"{about}: the last word of each", last),
        once(f"{about}: words lost", wanted - len(late), unit="", target="0"),
        once(f"{about}: of one core", busy / SECONDS * 100, unit="%", target="100"),
        once(
            f"{about}: waited for a core", (queued_s() - waited) / took * 100, unit="%"
        ),
    ]


def queued_s() -> float:
    """Seconds we could have run and others did; 0 where the kernel does not say."""
    file = Path("/proc/self/schedstat")
    return int(file.read_text().split()[1]) / 1e9 if file.exists() else 0.0


async def said(process: Process) -> Any:
    """One line of JSON."""
    assert process.stdout
    return json.loads(await process.stdout.readline())


async def asking(desk: FedDesk, server: Server, token: str) -> list[Row]:
    """What the guard, the routing and the schema of an answer cost; each in turn."""
    body = [asdict(project) for project in desk.projects()]

    async def same(_: Request) -> JSONResponse:
        return JSONResponse(body)

    async with serving(Starlette(routes=[Route(PATH, same)])) as bare:
        urls = (server.url + PATH, bare.url + PATH)
        async with client("ask", *urls, token) as asker:
            ours, alone = await said(asker)
    return [row(f"GET {PATH} (beside it: a bare Starlette)", ours, alone=alone)]


async def measure(root: Path) -> list[Row]:
    desk = FedDesk(root)
    doorman = Doorman(root / "state")
    rows = []
    async with serving(create_app(desk, doorman, ANYWHERE)) as server:
        for part in (asking, streaming):
            async with asyncio.timeout(LIMIT_S):
                rows += await part(desk, server, doorman.token)
    return rows
