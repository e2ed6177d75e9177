"""Agents an earlier run left behind: found by a mark in their environment, and ended.

Rule: only who holds the state folder's lock ends anything, and never its own agents.
"""

import fcntl
import itertools
import os
import uuid
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from runner.environment import MARK

GONE_S = 5.0


class Marks:
    """The marks of the agents of one run: of one state folder, in one process."""

    def __init__(self, state: Path) -> None:
        self._state = state.absolute()
        self._folder = f"{self._state}#"
        self._run = f"{self._folder}{uuid.uuid4().hex}#"
        self._numbers = itertools.count(1)
        self._locked = False

    def new(self) -> str:
        """For one agent and all it starts."""
        self._lock()
        return f"{self._run}{next(self._numbers)}"

    def sweep(self) -> int:
        """End what earlier runs left; how many processes. 0 while one still lives."""
        if not self._lock():
            return 0
        return end_marked(
            lambda mark: (
                mark.startswith(self._folder) and not mark.startswith(self._run)
            )
        )

    def _lock(self) -> bool:
        """Whether no other living Parley uses the folder. Held until we are gone."""
        if not self._locked:
            self._state.mkdir(parents=True, exist_ok=True)
            file = os.open(self._state / "agents.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            else:
                weakref.finalize(self, os.close, file)
                self._locked = True
        return self._locked


def end_marked(wanted: Callable[[str], bool]) -> int:
    """Kill until none is left: what they start meanwhile carries the mark, too."""
    ended: set[int] = set()
    while found := _marked(wanted):
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        ended |= {process.pid for process in found}
        _, alive = psutil.wait_procs(found, timeout=GONE_S)
        if alive:
            break  # stuck in the kernel: it will die when it comes out
    return len(ended)


def _marked(wanted: Callable[[str], bool]) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # another user's, or gone meanwhile
            mark = process.environ().get(MARK, "")
            zombie = process.status() == psutil.STATUS_ZOMBIE
            if mark and wanted(mark) and not zombie and process.pid != os.getpid():
                found.append(process)
    return found
