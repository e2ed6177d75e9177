"""Rows of the table, and how they are printed and kept. Pure, but for the machine."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

#: What a figure of ours rests on.
LIBRARIES = ("python-telegram-bot", "slack-bolt", "fastapi", "uvicorn", "aiosqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured thing. *alone*: the same without Parley, at the median."""

    what: str
    unit: str
    n: int
    p50: float
    p99: float
    target: str = ""
    alone: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.p50 / self.alone if self.alone else None


def row(
    what: str,
    values: Sequence[float],
    *,
    unit: str = "ms",
    target: str = "",
    alone: Sequence[float] | None = None,
) -> Row:
    return Row(
        what=what,
        unit=unit,
        n=len(values),
        p50=quantile(values, 0.5),
        p99=quantile(values, 0.99),
        target=target,
        alone=None if alone is None else quantile(alone, 0.5),
    )


def once(what: str, value: float, *, unit: str, target: str = "") -> Row:
    """Of what is counted once."""
    return row(what, [value], unit=unit, target=target)


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was measured, never one between two."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(rows: Iterable[Row]) -> str:
    """As Markdown, so that it goes into a document as it is."""
    head = ("what", "unit", "n", "p50", "p99", "target", "CLI alone", "ratio")
    lines = [head, ("---", "---", *["---:"] * 3, "---", "---:", "---:")]
    lines += [_cells(each) for each in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(each: Row) -> tuple[str, ...]:
    p99 = _number(each.p99) if each.n > 1 else ""
    return (
        *(each.what, each.unit, str(each.n), _number(each.p50), p99, each.target),
        *("" if x is None else _number(x) for x in (each.alone, each.ratio)),
    )


def _number(value: float) -> str:
    return (
        f"{value:,.0f}"
        if abs(value) >= 100
        else f"{value:,.2f}".rstrip("0").rstrip(".")
    )


def machine(claude: str) -> Mapping[str, Any]:
    """What the figures hold for. *claude*: its version."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 2),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "claude": claude,
        **{name: version(name) for name in LIBRARIES},
    }


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [x.partition(":")[2].strip() for x in lines if x.startswith("model name")]
    return names[0] if names else platform.machine()


def report(about: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """For `build/bench.json`."""
    return {
        "machine": dict(about),
        "rows": [{**asdict(each), "ratio": each.ratio} for each in rows],
    }
