"""The row that `make chaos` earned, if it has run: taken from its report."""

import json
from pathlib import Path

from tests.bench.figures import Row, once

REPORT = Path("build/chaos.json")


async def measure(_root: Path) -> list[Row]:
    if not REPORT.exists():
        return []
    told = json.loads(REPORT.read_text())
    about = f"{sum(told['kills'].values()):,} random SIGKILLs (seed {told['seed']})"
    return [
        once(f"{about}: {name.replace('_', ' ')}", count, unit="", target="0")
        for name, count in told["faults"].items()
    ]
