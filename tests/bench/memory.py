"""How much memory the bridge holds: idle, after work, and for each conversation.

RSS counts every page that is mapped; PSS divides those that others map too; USS is what
would come back if the bridge ended. Agents and their supervisors are not in it.
"""

import asyncio
import gc
import sys
from pathlib import Path

import psutil

from tests.bench.figures import Row, once
from tests.bench.surfaces import Surfaces, surfaces

TURNS = 50
CONVERSATIONS = 2000
AT_ONCE = 5
PATIENCE_S = 120.0  # for one request, on a busy machine
SETTLED_S = 3.0
MB, KB = 2**20, 2**10


async def measure(root: Path) -> list[Row]:
    # One agent is enough for the turns; else each conversation would warm up its own.
    async with surfaces(root, {"PARLEY_AGENT__MAX_PROCESSES": "1"}) as program:
        await program.warm()
        await program.ready()
        await asyncio.sleep(SETTLED_S)
        rows = held("idle, all surfaces", program.pid, target="80")
        await talk(program)
        rows += held(f"after {TURNS} turns", program.pid)
        await opened(program, AT_ONCE)  # what the first of them bring with them
        before = own(program.pid)
        await opened(program, CONVERSATIONS)
        each = (own(program.pid) - before) / CONVERSATIONS / KB
        about = f"memory: each of {CONVERSATIONS} idle conversations"
        rows.append(once(about, each, unit="kB", target="10"))
    return rows


def held(when: str, pid: int, *, target: str = "") -> list[Row]:
    info = psutil.Process(pid).memory_full_info()
    kinds = {"resident": info.rss, "its own": info.uss}
    if sys.platform == "linux":
        kinds["proportional"] = info.pss
    return [
        once(
            f"memory, {kind}: {when}",
            size / MB,
            unit="MB",
            target=target if kind == "resident" else "",
        )
        for kind, size in kinds.items()
    ]


def own(pid: int) -> int:
    gc.collect()  # ours: the fakes share the machine
    return int(psutil.Process(pid).memory_full_info().uss)


async def talk(program: Surfaces) -> None:
    async with program.client() as client:
        client.timeout = PATIENCE_S
        made = (await client.post("/api/sessions", json={})).json()["id"]
        for number in range(TURNS):
            answer = await client.post(
                f"/api/sessions/{made}/execute", json={"text": f"SAY[said {number}]"}
            )
            answer.raise_for_status()


async def opened(program: Surfaces, count: int) -> None:
    """Conversations in which somebody only asked how it is: alive, without agent."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with program.client() as client, asyncio.TaskGroup() as tasks:
        client.timeout = PATIENCE_S

        async def one() -> None:
            async with gate:
                made = await client.post("/api/sessions", json={})
                number = made.raise_for_status().json()["id"]
                told = await client.post(
                    f"/api/sessions/{number}/commands", json={"name": "status"}
                )
                told.raise_for_status()

        for _ in range(count):
            tasks.create_task(one())
