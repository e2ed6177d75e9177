"""`parley restart`: a Parley that runs begins anew, and its agents go on meanwhile."""

import os
import signal
import time
from pathlib import Path

from store.place import Holder, holder, last_holder

#: Asks a running Parley to replace itself (`bot.main.run`).
REPLACE = signal.SIGUSR2
WAIT_S = 30.0
LOOK_S = 0.05


class NotRestarted(Exception):
    """Why, and what to do about it."""


def restart(database: Path) -> int:
    """Ask the Parley that holds *database*, and wait for its next run; its process id.

    Raises `NotRestarted`.
    """
    before = holder(database)
    if before is None:
        raise NotRestarted("No Parley runs here: start one with `parley run`.")
    try:
        os.kill(before.pid, REPLACE)
    except PermissionError:
        raise NotRestarted(
            f"Parley runs as process {before.pid} of another user: ask as that user."
        ) from None
    except ProcessLookupError:
        raise _ended(before) from None
    return _next_run(database, before)


def _next_run(database: Path, before: Holder) -> int:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        now = last_holder(database)
        if now is not None and now != before:
            return now.pid
        if not _lives(before.pid):
            raise _ended(before)
        time.sleep(LOOK_S)
    raise NotRestarted(
        f"Process {before.pid} has not begun anew within {WAIT_S:.0f} s; its log says "
        "what it waits for."
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _ended(before: Holder) -> NotRestarted:
    return NotRestarted(
        f"Process {before.pid} has ended instead of beginning anew; its log says why. "
        "Start it with `parley run`."
    )
