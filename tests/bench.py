"""`make bench`: what Parley adds to the agent's own time. Prints; asserts nothing.

The same turns run twice in one go: through Telegram and Parley, and straight into the
CLI. The difference is the bridge's own share. The model is a fake that waits for a sign
before its first word and before its last, so that what is measured is the way of the
words, not their making.
"""

import asyncio
import json
import tempfile
import time
import uuid
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.e2e.parley import Parley, world
from tests.messages_api import FakeMessages

TURNS = 20
WARM_UP = 2
REST_S = 3.5  # Telegram's pace: a chat takes three calls at once, then one a second
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
    calls: list[float] = field(default_factory=list)  # of the Bot API

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


async def bridged(parley: Parley) -> Times:
    """The same turns, typed into the chat."""
    times = Times()
    telegram, api = parley.telegram, parley.api
    for turn in range(TURNS + WARM_UP):
        before = len(telegram.calls())
        asked = time.monotonic()
        telegram.say(order(turn))
        await api.arrived(turn + 1)
        times.prompt.append(since(asked))
        await asyncio.sleep(0.3)  # the placeholder is out
        times.first.append(await after(api, f"a{turn}", shown(parley, f"alpha{turn}")))
        await asyncio.sleep(0.3)
        times.last.append(await after(api, f"b{turn}", shown(parley, f"omega{turn}")))
        await asyncio.sleep(REST_S)
        made = [c for c in telegram.calls()[before:] if c.method != "getUpdates"]
        times.calls.append(len(made))
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


async def shown(parley: Parley, wanted: str) -> float:
    """When Telegram was asked to show it."""
    return await parley.telegram.wait_for(
        lambda: next(
            (c.at for c in parley.telegram.calls() if wanted in str(c.params)), None
        ),
        timeout_s=30,
    )


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


def memory(pid: int) -> str:
    info = psutil.Process(pid).memory_full_info()
    return f"{info.rss / 2**20:.0f} MB resident, {info.uss / 2**20:.0f} MB its own"


async def main() -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        alone = await direct(Path(one))
        async with world(Path(other)) as parley:
            await parley.start()
            await parley.telegram.wait_for(lambda: parley.telegram.calls("getUpdates"))
            await asyncio.sleep(1)
            idle = memory(parley.pid)
            ours = await bridged(parley)
            warm = memory(parley.pid)
            guards = [p for p in parley.family() if p not in parley.agents()]
            around = [memory(p.pid) for p in guards]
    print(f"{'milliseconds':46} {'n':>3} {'p50':>8} {'p99':>8} ", end="")
    print(f"{'CLI alone':>9} {'added':>8} {'ratio':>7}")
    row("message said → model called (warm agent)", ours.prompt, alone.prompt)
    row("model's first token → first words asked", ours.first, alone.first)
    row("model's last token → final asked", ours.last, alone.last)
    print(
        f"{'Bot API calls per turn':46} {len(ours.calls):3} "
        f"{quantile(ours.calls, 0.5):8.1f} {quantile(ours.calls, 0.99):8.1f}"
    )
    print(f"memory, idle before the first message: {idle}")
    print(f"memory, after {TURNS + WARM_UP} turns: {warm}; each guard: {around}")


if __name__ == "__main__":
    asyncio.run(main())
