"""What one turn makes the bridge ask of the disk and the system: counts, no times.

They are the same on every machine, however busy, and what most of the bridge's own
share of a turn is made of.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from tests.bench.counted import NOTES
from tests.bench.figures import Row, row
from tests.bench.lanes import OnTelegram
from tests.bench.surfaces import surfaces, tapped
from tests.bench.turns import WARM_UP, turn, written

TURNS = 8
SETTLED_S = 4.0  # the last thing a turn does is done, and no timer of ours is due

WRITES = ("INSERT", "UPDATE", "DELETE")
Note: TypeAlias = Sequence[Any]  # when, what kind, what


async def measure(root: Path) -> list[Row]:
    note = root / "prompts"
    before: dict[str, list[float]] = {}
    whole: dict[str, list[float]] = {}
    async with surfaces(root, agent=tapped(note)) as program:
        program.module = "tests.bench.counted"
        await program.ready()
        lane = OnTelegram(program, note)
        for number in range(TURNS + WARM_UP):
            await asyncio.sleep(SETTLED_S)
            begun = time.monotonic()
            await turn(lane, f"w{number}")
            await asyncio.sleep(SETTLED_S)
            if number >= WARM_UP:
                noted = notes(program.state / NOTES, begun)
                prompt_at = written(note)[-1]
                add(whole, noted)
                add(before, [one for one in noted if one[0] < prompt_at])
    return [
        row(f"a turn on Telegram, {when}: {what}", values, unit="")
        for when, counted in (("to the prompt", before), ("whole", whole))
        for what, values in counted.items()
    ]


def notes(file: Path, since: float) -> list[Note]:
    """Those of the turn."""
    every = [json.loads(line) for line in file.read_text().splitlines()]
    return [one for one in every if one[0] >= since]


def add(counted: dict[str, list[float]], noted: Sequence[Note]) -> None:
    kinds = Counter(kind for _, kind, _ in noted)
    statements = [what.strip() for _, kind, what in noted if kind == "statement"]
    for what, count in (
        ("trips to the store's thread", kinds["hop"]),
        ("commits", commits(statements)),
        ("processes started", kinds["subprocess"]),
    ):
        counted.setdefault(what, []).append(count)


def commits(statements: Sequence[str]) -> int:
    """A write outside a transaction is one by itself.

    What a trigger does is traced below its statement, as that again or as a comment.
    """
    count, inside, last = 0, False, ""
    for statement in statements:
        if statement.startswith("--") or statement == last:
            continue
        last = statement
        if statement.startswith("BEGIN"):
            inside = True
        elif statement.startswith("COMMIT"):
            count, inside = count + 1, False
        elif statement.startswith(WRITES) and not inside:
            count += 1
    return count
