"""A process that has a store, for tests that need a second one, or one to kill.

`python -m tests.store.child WHAT PATH`: says "ready", then waits for a line.
"""

import asyncio
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path

from store.database import connect
from store.errors import StoreError
from store.store import Store
from tests.store.audited import story


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


async def _live(path: Path, statements: int) -> None:
    """A turn with all that is audited; killed as it begins the one after these."""
    async with connect(path) as database:
        left = count(statements, -1)

        def at(statement: str) -> None:
            # What triggers do is told, too, as a comment.
            if not statement.startswith("--") and next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        async with database.transaction() as db:
            await db.set_trace_callback(at)
        store = Store(database, clock=lambda: 1_800_000_000.0)
        await story(store)
        await store.trim_audit(3)


def live_and_die(path: Path) -> None:
    """Once for each statement, each time with a store below this folder."""
    for statements in count():
        if not (child := os.fork()):
            asyncio.run(_live(path / f"{statements:03}" / "parley.db", statements))
            os._exit(0)
        if os.WIFEXITED(os.waitpid(child, 0)[1]):
            return


async def fail(path: Path) -> None:
    async with Store.open(path):
        raise SystemExit(3)


async def linger(path: Path) -> None:
    """With a child that has yet to become another program: it has our lock, too."""
    async with Store.open(path):
        _fork(lives_s=0.5)
        _wait()


async def humble(path: Path) -> None:
    """As a user who may not write there."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        async with Store.open(path):
            print("opened", flush=True)
    except StoreError as error:
        print(type(error).__name__, error, flush=True)


def _fork(lives_s: float) -> None:
    if os.fork() == 0:
        time.sleep(lives_s)
        os._exit(0)


def _wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    _, what, path = sys.argv
    deeds = {
        "hold": hold,
        "tear": tear,
        "fail": fail,
        "humble": humble,
        "linger": linger,
    }
    if what == "live and die":
        live_and_die(Path(path))
    else:
        asyncio.run(deeds[what](Path(path)))
