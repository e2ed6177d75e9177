"""What keeps Parley from remembering: waited for, told once, and told when it is over.

Rule: nothing that was to be written is given up. Whoever writes waits where it is, and
goes on when the trouble is mended; no restart is needed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from store.database import Passing

log = structlog.get_logger()

T = TypeVar("T")
PAUSE_S = 1.0


class Trouble:
    """The store's `Patience`. *words* say what is wrong, and what to do; "": nothing.

    *listener* is called when a trouble begins, and when it is over.
    """

    def __init__(
        self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.words = ""
        self.listener: Callable[[], None] = _nobody
        self._sleep = sleep
        self._waiting = 0
        self._asking = asyncio.Lock()

    async def __call__(self, trouble: Passing, ask: Callable[[], Awaitable[T]]) -> T:
        self.met(trouble)
        self._waiting += 1
        try:
            # One at a time: an answer may take seconds, and reading goes on between.
            async with self._asking:
                while True:
                    if self.words:
                        await self._sleep(PAUSE_S)
                    try:
                        done = await ask()
                    except Passing as again:
                        self.met(again)
                    else:
                        self._over()
                        return done
        finally:
            self._waiting -= 1

    def met(self, trouble: Passing) -> None:
        """Something could not be written."""
        before, self.words = self.words, str(trouble)
        if before != self.words:
            log.error("store.unwritable", reason=self.words)
        if not before:
            self.listener()

    def kept(self) -> None:
        """Something was written, by somebody who does not wait."""
        if self.words and not self._waiting:
            self._over()

    def _over(self) -> None:
        if self.words:
            self.words = ""
            log.info("store.writable")
            self.listener()


def _nobody() -> None:
    """Nobody listens yet."""
