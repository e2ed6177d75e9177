"""More than anybody reads: a running bridge under floods of three kinds.

Many messages of one person, as many of strangers, and an answer in a great many pieces,
while somebody else's turns go on. A process of its own looks from outside, so that what
the fakes take is in no figure.
"""

import asyncio
import json
import re
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench.figures import Row, once, row
from tests.bench.look import MB, resident
from tests.bench.surfaces import Surfaces, surfaces
from tests.e2e.parley import eventually

MESSAGES = 10_000
STRANGERS = 1_000  # each writes ten of them
PIECES = 200_000
WITHIN_S = 600.0  # each flood
PAUSE_S = 3.0  # between somebody else's turns: twenty a minute are allowed

KEPT = "SELECT count(*) FROM inbox WHERE platform = 'telegram'"
TURNS = "SELECT count(*) FROM turn WHERE platform = 'telegram'"


async def measure(root: Path) -> list[Row]:
    rows: list[Row] = []
    async with surfaces(root) as program:
        await program.ready()
        async with program.client() as client:
            made = await client.post("/api/sessions", json={})
        session: int = made.json()["id"]
        async with going_on(program, session):
            pass  # its agent is warm
        for about, flood in (
            (f"{MESSAGES:,} messages of one person", by_one_person),
            (f"{MESSAGES:,} messages of strangers", by_strangers),
            (f"an answer in {PIECES:,} pieces", of_one_answer),
        ):
            rows += await flooded(program, session, about, flood)
    return rows


async def flooded(
    program: Surfaces,
    session: int,
    about: str,
    flood: Callable[[Surfaces, str], Awaitable[list[Row]]],
) -> list[Row]:
    before = resident(program.pid)
    async with looking(program) as seen, going_on(program, session) as turns:
        async with asyncio.timeout(WITHIN_S):
            rows = await flood(program, about)
        worst_s = await told(program, "parley_loop_lag_seconds")
    return [
        *rows,
        row(f"{about}: GET /livez", seen["ms"]),
        once(f"{about}: the slowest of them", max(seen["ms"]), unit="ms"),
        once(f"{about}: how late the loop was", worst_s * 1000, unit="ms"),
        row(f"{about}: somebody else's turn", turns),
        once(f"{about}: resident before", before, unit="MB"),
        once(f"{about}: at most", max(seen["mb"]), unit="MB"),
        once(f"{about}: after", resident(program.pid), unit="MB"),
    ]


# --- the floods -----------------------------------------------------------------


async def by_one_person(program: Surfaces, about: str) -> list[Row]:
    """Who is allowed twenty a minute, and is told so."""
    begun = time.monotonic()
    for number in range(MESSAGES):
        program.telegram.say(f"SAY[said {number}]")
    await until(program, MESSAGES, KEPT)
    kept_s = time.monotonic() - begun
    await until(program, 0, f"{KEPT} AND state = 'kept'")
    await until(program, 0, f"{TURNS} AND finished_at IS NULL")  # showing takes longer
    done_s = time.monotonic() - begun
    [(answered,)] = program.rows(f"{TURNS} AND state IN ('answered', 'delivered')")
    refused = await told(program, 'parley_messages_too_fast_total{platform="telegram"}')
    notes = [m for m in program.telegram.chat() if "That was too fast" in m.text]
    assert isinstance(answered, int)
    return [
        once(f"{about}: until all were kept", kept_s, unit="s"),
        once(f"{about}: until all were dealt with", done_s, unit="s"),
        once(f"{about}: answered", answered, unit=""),
        once(f"{about}: refused", refused, unit=""),
        once(f"{about}: times that it was said", len(notes), unit=""),
        once(f"{about}: lost", MESSAGES - answered - refused, unit="", target="0"),
    ]


async def by_strangers(program: Surfaces, about: str) -> list[Row]:
    [(before,)] = program.rows(KEPT)
    sent, begun = len(program.telegram.calls("sendMessage")), time.monotonic()
    for number in range(MESSAGES):
        program.telegram.say("let me in", user=900_000 + number % STRANGERS)
    await eventually(lambda: not program.telegram.pending, timeout_s=WITHIN_S)
    took_s = time.monotonic() - begun
    [(after,)] = program.rows(KEPT)
    hints = len(program.telegram.calls("sendMessage")) - sent
    assert after == before
    return [
        once(f"{about}: until all were dropped", took_s, unit="s"),
        once(f"{about}: hints to them meanwhile", hints, unit=""),
    ]


async def of_one_answer(program: Surfaces, about: str) -> list[Row]:
    """In Slack: it begins as a stream and ends as a file."""
    begun = time.monotonic()
    asked = program.slack.say(f"WORDS[{PIECES}]")
    await eventually(lambda: files(program, asked), timeout_s=WITHIN_S)
    took_s = time.monotonic() - begun
    [whole] = files(program, asked)
    lost = PIECES - len(set(re.findall(rb"word\d+", whole)))
    return [
        once(f"{about}: until it was there", took_s, unit="s"),
        once(f"{about}: its size", len(whole) / MB, unit="MB"),
        once(f"{about}: messages", len(program.slack.thread(asked)) - 2, unit=""),
        once(f"{about}: words lost", lost, unit="", target="0"),
    ]


def files(program: Surfaces, asked: Any) -> list[bytes]:
    return [file.data for m in program.slack.thread(asked) for file in m.files]


async def until(program: Surfaces, wanted: int, sql: str) -> None:
    await eventually(lambda: program.rows(sql) == [(wanted,)], timeout_s=WITHIN_S)


# --- beside them ----------------------------------------------------------------


async def told(program: Surfaces, name: str) -> float:
    """A figure of its own, from `/metrics`."""
    async with program.client() as client:
        page = (await client.get("/metrics")).raise_for_status().text
    found = re.search(rf"^{re.escape(name)} (\S+)", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


@asynccontextmanager
async def going_on(program: Surfaces, session: int) -> AsyncIterator[Sequence[float]]:
    """Turns on the page, one after another, and at least one: how long each took."""
    took: list[float] = []
    over = asyncio.Event()

    async def talk() -> None:
        async with program.client() as client:
            client.timeout = WITHIN_S
            for number in count():
                begun, words = time.monotonic(), f"turn {number}"
                answer = await client.post(
                    f"/api/sessions/{session}/execute", json={"text": f"SAY[{words}]"}
                )
                assert words in answer.raise_for_status().text
                took.append((time.monotonic() - begun) * 1000)
                with suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), PAUSE_S)
                if over.is_set():
                    return

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(talk())
        yield took
        over.set()


@asynccontextmanager
async def looking(program: Surfaces) -> AsyncIterator[dict[str, list[float]]]:
    """Milliseconds of each request, and the megabytes meanwhile: once it is over."""
    seen: dict[str, list[float]] = {}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.look", program.url, str(program.pid)),
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdout
    await process.stdout.readline()
    try:
        yield seen
    finally:
        said, _ = await process.communicate(b"")  # ends its stdin
    seen.update(json.loads(said))
