"""The same turns through every lane, turn about, and what each step of them took.

The model waits for a sign before its first word and before its last, so that what is
measured is the way of the words, not their making.
"""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import Row, row
from tests.bench.heard import NOTES
from tests.bench.lanes import Lane, OnSlack, OnTelegram, alone
from tests.bench.surfaces import surfaces, tapped
from tests.e2e.parley import eventually

TURNS = 20
WARM_UP = 2
SETTLED_S = 0.3  # the placeholder is out, the CLI is quiet
REST_S = 1.5  # a chat on Telegram takes three calls at once, then one a second


@dataclass
class Times:
    """Milliseconds, one entry a turn."""

    written: list[float] = field(default_factory=list)  # come in → at the agent's stdin
    called: list[float] = field(default_factory=list)  # said → the model is called
    first: list[float] = field(default_factory=list)  # first token → first words out
    last: list[float] = field(default_factory=list)  # last token → the end is out


async def measure(root: Path) -> list[Row]:
    notes = {name: root / f"{name}.prompts" for name in ("alone", "parley")}
    for name in ("alone", "telegram"):
        (root / name).mkdir()
    async with (
        surfaces(root / "telegram", agent=tapped(notes["parley"])) as program,
        alone(root / "alone", tapped(notes["alone"]), notes["alone"]) as cli,
    ):
        program.module = "tests.bench.heard"
        await program.ready()
        heard = program.state / NOTES
        telegram = OnTelegram(program, notes["parley"], heard)
        slack = OnSlack(program, notes["parley"], heard)
        times: dict[str, Times] = {}
        for number in range(TURNS + WARM_UP):
            for lane in (cli, telegram, slack):
                taken = await turn(lane, f"{lane.name[:1]}{number}")
                if number >= WARM_UP:
                    keep(times.setdefault(lane.name, Times()), taken)
            await asyncio.sleep(REST_S)
    base = times[cli.name]
    return [
        each
        for lane in (telegram, slack)
        for each in rows(lane.name, times[lane.name], base)
    ]


async def turn(lane: Lane, name: str) -> Sequence[float]:
    """One turn; what each of `Times` takes of it."""
    calls, prompts = len(lane.api.requests), len(written(lane.note))
    asked = time.monotonic()
    lane.say(f"WAIT[a{name}] HOLD[b{name}] SAY[alpha{name} omega{name}]")
    await lane.api.arrived(calls + 1, within_s=60)
    called = time.monotonic()
    await eventually(lambda: len(written(lane.note)) > prompts)
    await asyncio.sleep(SETTLED_S)
    first = await after(lane, f"a{name}", lane.first(f"alpha{name}"))
    await asyncio.sleep(SETTLED_S)
    last = await after(lane, f"b{name}", lane.last(f"omega{name}"))
    at = written(lane.note)[prompts]
    heard = written(lane.heard) if lane.heard else [asked]
    came_in = next(one for one in heard if one >= asked)
    return (at - came_in) * 1000, (called - asked) * 1000, first, last


def keep(times: Times, taken: Sequence[float]) -> None:
    columns = (times.written, times.called, times.first, times.last)
    for column, value in zip(columns, taken, strict=True):
        column.append(value)


def written(note: Path) -> list[float]:
    """When each prompt reached the agent, or each message us."""
    return [float(line) for line in note.read_text().split()] if note.exists() else []


async def after(lane: Lane, gate: str, seen: Awaitable[float]) -> float:
    """Milliseconds from the moment the model may go on until it is *seen*."""
    waiting = asyncio.ensure_future(seen)
    await asyncio.sleep(0)
    opened = time.monotonic()
    lane.api.release(gate)
    return (await waiting - opened) * 1000


def rows(name: str, ours: Times, base: Times) -> list[Row]:
    return [
        row(
            f"{name}: update received → prompt at a warm agent",
            ours.written,
            target="5 / 20",
            alone=base.written,
        ),
        row(f"{name}: said → model called", ours.called, alone=base.called),
        row(
            f"{name}: first token → first visible text asked",
            ours.first,
            target="30",
            alone=base.first,
        ),
        row(
            f"{name}: last token → final asked",
            ours.last,
            target="50",
            alone=base.last,
        ),
    ]
