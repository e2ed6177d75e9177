"""A process that has a store, for tests that need a second one, or one to kill.

`python -m tests.store.child WHAT PATH`: says "ready", then waits for a line.
"""

import asyncio
import os
import sys
from pathlib import Path

from store.database import connect
from store.errors import StoreError
from store.store import Store


async def hold(path: Path) -> None:
    async with Store.open(path):
        _wait()


async def tear(path: Path) -> None:
    """Keep one event, and get half-way through keeping a second."""
    async with connect(path) as database:
        await Store(database, clock=lambda: 0.0).keep("telegram", [("whole", "{}")])
        async with database.transaction() as db:
            await db.execute(
                "INSERT INTO inbox (platform, event_id, payload, kept_at) "
                "VALUES ('telegram', 'half', '{}', 0)"
            )
            _wait()


async def fail(path: Path) -> None:
    async with Store.open(path):
        raise SystemExit(3)


async def humble(path: Path) -> None:
    """As a user who may not write there."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        async with Store.open(path):
            print("opened", flush=True)
    except StoreError as error:
        print(type(error).__name__, error, flush=True)


def _wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    _, what, path = sys.argv
    deeds = {"hold": hold, "tear": tear, "fail": fail, "humble": humble}
    asyncio.run(deeds[what](Path(path)))
