"""The program, with everything it asks of the disk and the system noted.

Run as `python -m tests.bench.counted run` in place of `python -m bot run`; the notes
lie beside the store. They are counted, never timed: to note costs, too.
"""

import json
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import aiosqlite

from bot.__main__ import main

NOTES = "counted.jsonl"  # one line each: when, what kind, what


def note(kind: str, what: str) -> None:
    _FILE.write(json.dumps([time.monotonic(), kind, what]) + "\n")


def connect(*given: Any, **options: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = _connect(*given, **options)
    connection.set_trace_callback(lambda statement: note("statement", statement))
    return connection


async def execute(self: Any, *given: Any, **options: Any) -> Any:
    note("hop", getattr(given[0], "__name__", ""))
    return await _execute(self, *given, **options)


def watch(event: str, given: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        note("subprocess", " ".join(map(str, given[1])))


if __name__ == "__main__":
    _FOLDER = Path(os.environ["PARLEY_STORE__PATH"]).parent
    _FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)
    _FILE = (_FOLDER / NOTES).open("w", buffering=1)
    _connect: Any = sqlite3.connect
    _execute: Any = aiosqlite.Connection._execute
    sqlite3.connect = connect  # type: ignore[assignment]
    aiosqlite.Connection._execute = execute  # type: ignore[method-assign]
    sys.addaudithook(watch)
    main()
