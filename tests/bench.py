"""`make bench`: what Parley adds to the agent's own time. Prints; asserts nothing.

The same turns run in one go through Telegram and Parley, through Slack and Parley, and
straight into the CLI. The difference is the bridge's own share. The model is a fake
that waits for a sign before its first word and before its last, so that what is
measured is the way of the words, not their making.
"""

import asyncio
import json
import tempfile
import time
import uuid
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil

from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.e2e.parley import Parley, Program, SlackParley, slack_world, world
from tests.messages_api import FakeMessages
from tests.slack_server import Message

TURNS = 20
WARM_UP = 2
REST_S = 3.5  # a chat on Telegram takes three calls at once, then one a second
FLAGS = (
    *("-p", "--input-format", "stream-json", "--output-format", "stream-json"),
    *("--verbose", "--include-partial-messages", "--replay-user-messages"),
    *("--permission-prompt-tool", "stdio", "--setting-sources", "user"),
)
QUIET = {
    "CLAUDE_CODE_EAGER_FLUSH": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
}


@dataclass
class Times:
    """Milliseconds, one entry a turn."""

    prompt: list[float] = field(default_factory=list)  # asked → the model is called
    first: list[float] = field(default_factory=list)  # first token → first words out
    last: list[float] = field(default_factory=list)  # last token → the end is out
    calls: list[float] = field(default_factory=list)  # of the platform's API

    def forget_warm_up(self) -> None:
        for column in (self.prompt, self.first, self.last, self.calls):
            del column[:WARM_UP]


def order(turn: int) -> str:
    return f"WAIT[a{turn}] HOLD[b{turn}] SAY[alpha{turn} omega{turn}]"


async def direct(root: Path) -> Times:
    """The CLI alone, with the flags and variables that Parley uses."""
    times = Times()
    (root / "home").mkdir()
    async with FakeMessages() as api:
        process = await asyncio.create_subprocess_exec(
            *(str(claude_binary()), *FLAGS),
            cwd=root,
            env={
                **parent_environment(root / "home"),
                **api_key_environment(api.url),
                **QUIET,
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**26,
        )
        assert process.stdin
        assert process.stdout
        lines = process.stdout
        try:
            for turn in range(TURNS + WARM_UP):
                asked = time.monotonic()
                process.stdin.write(user_line(order(turn)))
                await api.arrived(turn + 1)
                times.prompt.append(since(asked))
                await asyncio.sleep(0.3)
                times.first.append(
                    await after(api, f"a{turn}", line_with(lines, b'"text_delta"'))
                )
                await asyncio.sleep(0.3)
                times.last.append(
                    await after(api, f"b{turn}", line_with(lines, b'"type":"result"'))
                )
                await asyncio.sleep(1)  # a CLI that has rested is slower: so in both
        finally:
            process.kill()
            await process.wait()
    times.forget_warm_up()
    return times


class Place(Protocol):
    """Where the turns are typed."""

    program: Program

    def say(self, text: str) -> None: ...

    def calls(self) -> list[tuple[float, str]]:
        """What the platform was asked so far: when, and the whole of it."""
        ...

    async def shown(self, wanted: str) -> float:
        """When the platform was asked to show it."""
        ...


class OnTelegram:
    def __init__(self, parley: Parley) -> None:
        self.program: Program = parley
        self._telegram = parley.telegram

    def say(self, text: str) -> None:
        self._telegram.say(text)

    def calls(self) -> list[tuple[float, str]]:
        made = [c for c in self._telegram.calls() if c.method != "getUpdates"]
        return [(call.at, str(call.params)) for call in made]

    async def shown(self, wanted: str) -> float:
        return await self._telegram.wait_for(
            lambda: first(self.calls(), wanted), timeout_s=30
        )


class OnSlack:
    def __init__(self, parley: SlackParley) -> None:
        self.program: Program = parley
        self._slack = parley.slack
        self._root: Message | None = None

    def say(self, text: str) -> None:
        said = self._slack.say(text, thread=self._root)
        self._root = self._root or said

    def calls(self) -> list[tuple[float, str]]:
        return self._calls(".*")

    async def shown(self, wanted: str) -> float:
        return await self._slack.until(
            lambda: first(self._calls("chat[.].*"), wanted),  # a status says the prompt
            timeout_s=30,
        )

    def _calls(self, methods: str) -> list[tuple[float, str]]:
        return [(call.at, str(call.params)) for call in self._slack.calls(methods)]


def first(calls: Sequence[tuple[float, str]], wanted: str) -> float | None:
    """When it was asked for."""
    return next((at for at, what in calls if wanted in what), None)


async def bridged(place: Place) -> Times:
    """The same turns, typed into a chat."""
    times = Times()
    api = place.program.api
    for turn in range(TURNS + WARM_UP):
        before = len(place.calls())
        asked = time.monotonic()
        place.say(order(turn))
        await api.arrived(turn + 1)
        times.prompt.append(since(asked))
        await asyncio.sleep(0.3)  # the placeholder is out
        times.first.append(await after(api, f"a{turn}", place.shown(f"alpha{turn}")))
        await asyncio.sleep(0.3)
        times.last.append(await after(api, f"b{turn}", place.shown(f"omega{turn}")))
        await asyncio.sleep(REST_S)
        times.calls.append(len(place.calls()) - before)
    times.forget_warm_up()
    return times


def user_line(text: str) -> bytes:
    message = {
        "type": "user",
        "uuid": str(uuid.uuid4()),
        "message": {"role": "user", "content": text},
    }
    return json.dumps(message).encode() + b"\n"


async def line_with(stdout: asyncio.StreamReader, wanted: bytes) -> float:
    while wanted not in (line := await stdout.readline()):
        assert line, "the CLI has ended"
    return time.monotonic()


async def after(api: FakeMessages, gate: str, seen: Awaitable[float]) -> float:
    """Milliseconds from the moment the model may go on until it is *seen*."""
    waiting = asyncio.ensure_future(seen)
    await asyncio.sleep(0)
    opened = time.monotonic()
    api.release(gate)
    return (await waiting - opened) * 1000


def since(moment: float) -> float:
    return (time.monotonic() - moment) * 1000


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(what: str, ours: Sequence[float], alone: Sequence[float]) -> None:
    p50, p99 = quantile(ours, 0.5), quantile(ours, 0.99)
    base = quantile(alone, 0.5)
    print(
        f"{what:46} {len(ours):3} {p50:8.1f} {p99:8.1f} "
        f"{base:9.1f} {p50 - base:8.1f} {p50 / base:7.2f}"
    )


def table(platform: str, ours: Times, alone: Times) -> None:
    print(f"{platform + ', milliseconds':46} {'n':>3} {'p50':>8} {'p99':>8} ", end="")
    print(f"{'CLI alone':>9} {'added':>8} {'ratio':>7}")
    row("message said → model called (warm agent)", ours.prompt, alone.prompt)
    row("model's first token → first words asked", ours.first, alone.first)
    row("model's last token → final asked", ours.last, alone.last)
    print(
        f"{'API calls per turn':46} {len(ours.calls):3} "
        f"{quantile(ours.calls, 0.5):8.1f} {quantile(ours.calls, 0.99):8.1f}"
    )


def memory(pid: int) -> str:
    info = psutil.Process(pid).memory_full_info()
    return f"{info.rss / 2**20:.0f} MB resident, {info.uss / 2**20:.0f} MB its own"


async def measured(platform: str, place: Place, alone: Times) -> None:
    """Run the turns in a program that is up, and print what they took."""
    await asyncio.sleep(1)
    idle = memory(place.program.pid)
    ours = await bridged(place)
    table(platform, ours, alone)
    print(f"memory, idle before the first message: {idle}")
    print(f"memory, after {TURNS + WARM_UP} turns: {memory(place.program.pid)}")


async def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        folders = [Path(root, name) for name in ("alone", "telegram", "slack")]
        for folder in folders:
            folder.mkdir()
        alone = await direct(folders[0])
        async with world(folders[1]) as parley:
            await parley.start()
            await parley.telegram.wait_for(lambda: parley.telegram.calls("getUpdates"))
            await measured("Telegram", OnTelegram(parley), alone)
        async with slack_world(folders[2]) as on_slack:
            await on_slack.start()
            await on_slack.slack.until(lambda: on_slack.slack.sockets)
            await measured("Slack", OnSlack(on_slack), alone)


if __name__ == "__main__":
    asyncio.run(main())
