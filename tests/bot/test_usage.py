import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.usage import Processes

#: More than Linux ever gives out.
GONE = 2**22 + 1
HOLDS = "held = bytearray(50_000_000); print('ready', flush=True); input()"
BURNS = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.readline(), os._exit(0))).start()
files = [open('/dev/null') for _ in range(20)]
print('ready', flush=True)
while True: pass
"""


@asynccontextmanager
async def agent(tool: str) -> AsyncIterator[int]:
    """The pid of a process of a few MB, whose child runs *tool*."""
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", '"$0" -c "$1"; true', sys.executable, tool),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    try:
        yield process.pid
    finally:
        await process.communicate(b"\n")


async def test_what_a_tool_uses_is_its_agents() -> None:
    async with agent(HOLDS) as pid:
        usage = (await Processes().usage([pid]))[pid]

    assert usage.memory_bytes > 50_000_000
    assert usage.share_bytes is None or usage.share_bytes > 50_000_000
    assert usage.processes == 2
    assert usage.threads == 2
    assert usage.cpu_s > 0
    assert usage.cpu_percent < 50
    assert usage.state == "sleeping"


async def test_the_load_is_seen_at_the_first_look_and_at_the_next() -> None:
    processes = Processes()
    async with agent(BURNS) as pid:
        first = (await processes.usage([pid]))[pid]
        await asyncio.sleep(0.2)
        second = (await processes.usage([pid]))[pid]

    for usage in (first, second):
        assert 5 < usage.cpu_percent < 130
        assert usage.threads == 3
        assert usage.open_files >= 20
        assert usage.state == "running"
    assert second.cpu_s > first.cpu_s


async def test_each_agent_is_told_apart_and_the_dead_are_left_out() -> None:
    async with agent(HOLDS) as one, agent(BURNS) as other:
        usages = await Processes().usage([one, GONE, other])

    assert usages.keys() == {one, other}
    assert usages[one].memory_bytes > usages[other].memory_bytes
    assert usages[one].cpu_percent < usages[other].cpu_percent


async def test_an_agent_that_ended_between_two_looks_is_forgotten() -> None:
    processes = Processes()
    async with agent(HOLDS) as pid:
        assert await processes.usage([pid])

    assert await processes.usage([pid]) == {}
    assert await processes.usage([]) == {}


async def test_a_look_at_one_does_not_forget_the_others() -> None:
    processes = Processes()
    async with agent(HOLDS) as one, agent(BURNS) as other:
        await processes.usage([one, other])
        await processes.usage([one])
        usages = await processes.usage([one, other])

    assert usages[other].cpu_percent > 5
