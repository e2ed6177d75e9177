"""How the machine is, as far as Parley depends on it: room on the disk, time to act."""

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

log = structlog.get_logger()

#: Less is nearly full: an agent's build or a long log takes as much in a minute.
LEAST_FREE = 256 * 1024 * 1024
LOOK_S = 0.5
LOOKS = 120  # of which the slowest counts: a minute's


class Vitals:
    """Of the disk that *folder* is on, and of the event loop. `run` looks at both."""

    def __init__(
        self,
        folder: Path = Path(),
        *,
        free: Callable[[Path], int] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._folder = folder
        self._free = free or room_on
        self._sleep = sleep
        self._late_s = deque([0.0], maxlen=LOOKS)
        self._tight = False

    @property
    def lag_s(self) -> float:
        """How late the loop was at worst, within the last minute."""
        return max(self._late_s)

    def free(self) -> int:
        """Bytes that we may still write; 0 if nobody can tell."""
        try:
            return self._free(self._folder)
        except OSError:
            return 0

    @property
    def nearly_full(self) -> str:
        """What is wrong and what to do; "" if there is room."""
        free = self.free()
        return "" if free >= LEAST_FREE else tight(self._folder, free)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOK_S
            await self._sleep(LOOK_S)
            self._late_s.append(max(0.0, loop.time() - due))
            self._tell()

    def _tell(self) -> None:
        words = self.nearly_full
        if bool(words) != self._tight:
            self._tight = bool(words)
            if words:
                log.warning("disk.nearly_full", reason=words)
            else:
                log.info("disk.has_room", free_bytes=self.free())


def room_on(folder: Path) -> int:
    """Bytes that somebody who is not root may still write there. Raises `OSError`."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def tight(folder: Path, free: int) -> str:
    return (
        f"only {free / 1e6:.0f} MB are left on the disk of {folder}: free some, "
        "or nothing more can be kept"
    )
