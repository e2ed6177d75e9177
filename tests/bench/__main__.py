"""`python -m tests.bench [part…]`: measure, print the table, keep it as JSON."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tests.bench import acks, chaos, flood, many, memory, streaming, turns, work
from tests.bench.figures import Row, machine, report, table
from tests.bench.surfaces import claude_version

OUT = Path("build/bench.json")
PARTS: dict[str, Callable[[Path], Awaitable[list[Row]]]] = {
    "turns": turns.measure,
    "work": work.measure,
    "acks": acks.measure,
    "memory": memory.measure,
    "many": many.measure,
    "flood": flood.measure,
    "streaming": streaming.measure,
    "chaos": chaos.measure,
}


async def main(wanted: Sequence[str]) -> None:
    about = machine(await claude_version())
    rows: list[Row] = []
    for name in wanted or PARTS:
        print(f"measuring: {name}", file=sys.stderr)
        with tempfile.TemporaryDirectory() as root:
            rows += await PARTS[name](Path(root))
        # After each: the next may fail, or somebody has no more time.
        OUT.parent.mkdir(exist_ok=True)
        OUT.write_text(json.dumps(report(about, rows), indent=2) + "\n")
    print(", ".join(f"{key} {value}" for key, value in about.items()))
    print(f"\n{table(rows)}")


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(PARTS):
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    asyncio.run(main(sys.argv[1:]))
