"""`parley audit`: whether the record of what was done is whole, and what it says."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from adapters.scrub import one_line
from store.audit_log import AuditLog, Entry, Sound, Wanted

Print = Callable[[str], object]

DIGEST = re.compile(r"[0-9a-f]{64}")
_AGO = re.compile(r"(\d+)\s*([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 24 * 3600}
_WIDTH = 160  # characters of what an entry says
_SHORT = 12  # characters of a digest


def moment(text: str) -> float:
    """`2026-01-31`, `2026-01-31T12:30`, or so long ago: `90m`, `24h`, `7d`.

    As epoch seconds. Raises `ValueError`.
    """
    if ago := _AGO.fullmatch(text):
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    return datetime.fromisoformat(text).astimezone().timestamp()


def verify(store: Path, print_: Print, *, head: str = "") -> bool:
    """Whether it is as it was written. Raises `StoreError`, as the others do."""
    with AuditLog.open(store) as audit:
        verdict = audit.verify(head)
    if not isinstance(verdict, Sound):
        print_(f"NOT SOUND at entry {verdict.number}. {verdict.words}")
        return False
    if verdict.entries:
        reach = f"{verdict.entries} entries, {verdict.first} to {verdict.last}"
    else:
        reach = "no entries yet"
    print_(f"sound: {reach}\nhead: {verdict.head}")
    return True


def show(store: Path, print_: Print, *, wanted: Wanted, limit: int) -> None:
    with AuditLog.open(store) as audit:
        entries = audit.newest(wanted, limit)
    if not entries:
        print_("nothing matches")
        return
    rows = [("entry", "time", "kind", "where", "who", "what"), *map(_row, entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        print_("  ".join((*cells, row[5])).rstrip())


def export(store: Path, print_: Print) -> None:
    """JSON Lines: all there is to check it with another program."""
    with AuditLog.open(store) as audit:
        for entry in audit.entries():
            print_(json.dumps(asdict(entry), separators=(",", ":")))


def _row(entry: Entry) -> tuple[str, ...]:
    when = datetime.fromtimestamp(entry.at).astimezone()
    conversation = f"c{entry.conversation}" if entry.conversation else ""
    turn = f"t{entry.turn}" if entry.turn else ""
    return (
        str(entry.number),
        f"{when:%Y-%m-%d %H:%M:%S}",
        entry.kind,
        f"{conversation} {turn}".strip(),
        one_line(entry.actor, _WIDTH),
        one_line(_what(json.loads(entry.body)), _WIDTH),
    )


def _what(body: dict[str, Any]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in body.items())


def _value(value: Any) -> str:
    match value:
        case list():
            return ",".join(map(_value, value))
        case dict():
            return "/".join(filter(None, map(_value, value.values())))
        case str() if DIGEST.fullmatch(value):
            return value[:_SHORT]
        case str():
            return value
        case _:
            return json.dumps(value)
