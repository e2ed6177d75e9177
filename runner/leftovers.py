"""What an earlier run left behind: agents to take up, and others, which are ended.

Agents are found by a mark in their environment; those that can be taken up also by the
folder of their supervisor (`runner.homes`).

Rule: only who holds the state folder's lock ends anything, and never its own agents.
"""

import fcntl
import itertools
import os
import time
import uuid
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from runner.environment import MARK
from runner.homes import Home, Homes

GONE_S = 5.0
LOOK_S = 0.01


class Marks:
    """The marks of the agents of one run: of one state folder, in one process."""

    def __init__(self, state: Path) -> None:
        self._state = state.absolute()
        self._folder = f"{self._state}#"
        self._run = f"{self._folder}{uuid.uuid4().hex}#"
        self._numbers = itertools.count(1)
        self.homes = Homes(state)
        #: Which run of Parley on this folder we are; 0: another one holds its lock.
        self.claim = 0

    def new(self) -> str:
        """For one agent and all it starts."""
        self._lock()
        return f"{self._run}{next(self._numbers)}"

    def living(self) -> Mapping[str, Home]:
        """Agents of earlier runs that can be taken up, by their session ids."""
        if not self._lock():
            return {}
        return {
            home.about.session_id: home
            for home in self.homes.all()
            if self._left(home.about.mark) and home.takes(self.claim)
        }

    def sweep(self) -> int:
        """End what earlier runs left and nobody can take up; how many processes.

        0 while an earlier one still lives.
        """
        if not self._lock():
            return 0
        living = {home.folder: home.about.mark for home in self.living().values()}
        spared = frozenset(living.values())
        ended = end_marked(lambda mark: self._left(mark) and mark not in spared)
        for home in self.homes.all():
            if home.folder not in living and not self._ours(home.about.mark):
                home.remove()
        return ended

    def end(self, home: Home) -> None:
        """An agent of an earlier run that nobody wants any more, and its supervisor."""
        end_marked(home.about.mark.__eq__)
        home.remove()

    def _left(self, mark: str) -> bool:
        return mark.startswith(self._folder) and not self._ours(mark)

    def _ours(self, mark: str) -> bool:
        return mark.startswith(self._run)

    def _lock(self) -> bool:
        """Whether no other living Parley uses the folder. Held until we are gone."""
        if not self.claim:
            self._state.mkdir(parents=True, exist_ok=True)
            file = os.open(self._state / "agents.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            else:
                weakref.finalize(self, os.close, file)
                self.claim = _next(file)
        return bool(self.claim)


def _next(file: int) -> int:
    """One more than any run before; kept in *file*."""
    before = os.pread(file, 20, 0).strip()
    number = int(before) + 1 if before.isdigit() else 1
    os.pwrite(file, f"{number}\n".encode(), 0)
    os.fsync(file)
    return number


def end_marked(wanted: Callable[[str], bool]) -> int:
    """Kill until none is left: what they start meanwhile carries the mark, too.

    One that nobody reaps is gone all the same.
    """
    ended: set[int] = set()
    until = time.monotonic() + GONE_S
    while True:
        found, nameless = _marked(wanted)
        for process in found:
            with suppress(psutil.Error):
                process.kill()
        ended |= {process.pid for process in found}
        if not (found or nameless) or time.monotonic() > until:
            return len(ended)  # or stuck in the kernel: it will die when it comes out
        time.sleep(LOOK_S)


def _marked(wanted: Callable[[str], bool]) -> tuple[list[psutil.Process], bool]:
    """Those with a mark, and whether another one may get it this moment."""
    found, nameless = [], False
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # another user's, or gone meanwhile
            environment = process.environ()
            mark = environment.get(MARK, "")
            zombie = process.status() == psutil.STATUS_ZOMBIE
            if mark and wanted(mark) and not zombie and process.pid != os.getpid():
                found.append(process)
            nameless |= not environment and _between_programs(process)
    return found, nameless


def _between_programs(process: psutil.Process) -> bool:
    """Whether it is in the middle of an `exec`.

    Linux has then dropped the old memory and not yet told where the new one has its
    arguments and environment: both read as empty, and a mark would be missed. A thread
    of the kernel has none, either, but it runs no program.
    """
    return not process.cmdline() and bool(process.exe())
