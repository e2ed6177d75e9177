"""`make bench`, the web surface: many conversations streaming, and one plain request.

Three processes, so that each one's time is its own: a feeder that writes what so many
demo agents would write, Parley's web surface behind the real decoder, fold and feed,
and a reader for each conversation. Every word is the moment it was written, so whoever
reads it knows how late it is. Ends by itself; prints; asserts nothing.
"""

import asyncio
import json
import sys
import tempfile
import time
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
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
from adapters.web.port import Entry
from adapters.web.server import Server
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
from tests.bench_web_clients import CONVERSATIONS, DELTAS_A_SECOND, SECONDS

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
        *(sys.executable, "-m", "tests.bench_web_clients", *given),
        stdout=PIPE,
        limit=2**26,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def streaming(desk: FedDesk, server: Server, token: str) -> None:
    conversations = iter([Conversation(desk) for _ in range(CONVERSATIONS)])
    ourselves, place = psutil.Process(), str(desk.folder / "agents")
    alone = memory(ourselves)

    async def hear(agent: StreamReader, writer: StreamWriter) -> None:
        await next(conversations).listen(agent, writer)

    async with (
        await asyncio.start_unix_server(hear, place, backlog=CONVERSATIONS),
        client("read", server.url, token) as reader,
    ):
        await said(reader)
        listening = memory(ourselves)
        before, waited, begun = ourselves.cpu_times(), queued_s(), time.monotonic()
        async with client("feed", place) as feeder:
            fed = await said(feeder)
        read = await said(reader)
        took, after = time.monotonic() - begun, ourselves.cpu_times()
    ours = after.user + after.system - before.user - before.system
    told(fed, read, ours_s=ours, took_s=took)
    print(f"of these {took:.1f} s Parley waited {queued_s() - waited:.1f} s for a core")
    print(f"memory, nobody there:  {alone}")
    print(f"memory, all listening: {listening}")
    print(f"memory, after:         {memory(ourselves)}")


def queued_s() -> float:
    """Seconds we could have run and others did; 0 where the kernel does not say."""
    file = Path("/proc/self/schedstat")
    return int(file.read_text().split()[1]) / 1e9 if file.exists() else 0.0


async def said(process: Process) -> Any:
    """One line of JSON."""
    assert process.stdout
    return json.loads(await process.stdout.readline())


def told(fed: Any, read: Any, *, ours_s: float, took_s: float) -> None:
    late = [seconds * 1000 for seconds in read["late"]]
    last = [seconds * 1000 for seconds in read["last"]]
    wanted = CONVERSATIONS * DELTAS_A_SECOND * SECONDS
    print(
        f"{CONVERSATIONS} conversations, {DELTAS_A_SECOND} deltas a second each, "
        f"for {SECONDS} s (the feeder took {fed['took_s']:.1f} s)"
    )
    print(f"words read {len(late)} of {wanted}, in {read['events']} events")
    for what, values in (("every word", late), ("each last word", last)):
        spread(f"ms late, {what}", values)
    cpu = {"Parley": ours_s, "feeder": fed["cpu_s"], "readers": read["cpu_s"]}
    shares = ", ".join(f"{who} {s / took_s:.0%}" for who, s in cpu.items())
    print(f"CPU of one core over {took_s:.1f} s: {shares}")


async def asking(desk: FedDesk, server: Server, token: str) -> None:
    """What the guard, the routing and the schema of an answer cost."""
    body = [asdict(project) for project in desk.projects()]

    async def same(_: Request) -> JSONResponse:
        return JSONResponse(body)

    async with serving(Starlette(routes=[Route(PATH, same)])) as bare:
        urls = (server.url + PATH, bare.url + PATH)
        async with client("ask", *urls, token) as asker:
            ours, alone = await said(asker)
    spread(f"ms a request, GET {PATH}", ours)
    spread("ms a request, bare Starlette", alone)
    print(f"added at the median: {quantile(ours, 0.5) - quantile(alone, 0.5):.2f} ms")


def spread(what: str, values: Sequence[float]) -> None:
    p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
    print(f"{what:34} p50 {p50:8.1f}  p99 {p99:8.1f}  most {max(values):8.1f}")


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def memory(process: psutil.Process) -> str:
    info = process.memory_full_info()
    return f"{info.rss / 2**20:.0f} MB resident, {info.uss / 2**20:.0f} MB its own"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = FedDesk(Path(folder))
        doorman = Doorman(Path(folder) / "state")
        async with serving(create_app(desk, doorman, ANYWHERE)) as server:
            for part in (asking, streaming):
                async with asyncio.timeout(LIMIT_S):
                    await part(desk, server, doorman.token)


if __name__ == "__main__":
    asyncio.run(main())
