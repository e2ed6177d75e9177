"""What the fakes of platforms share: changes to wait for, and faults on request."""

import asyncio
import re
from dataclasses import dataclass

from aiohttp import web


class Changes:
    """A world in which one may wait until something changes."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    @property
    def changed(self) -> asyncio.Event:
        """Set at the next change. Take it before looking at the state."""
        return self._changed


@dataclass
class Strikes:
    """Which calls something is to happen to."""

    method: str  # a regular expression for the whole name
    left: int
    kind: str
    skip: int = 0

    def strikes(self, method: str) -> bool:
        if not self.left or not re.fullmatch(self.method, method):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.left -= 1
        return True


def dropped(request: web.Request) -> web.Response:
    """Break the connection; what is returned goes nowhere."""
    if request.transport:
        request.transport.abort()
    return web.Response()
