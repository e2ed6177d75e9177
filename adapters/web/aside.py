"""Long turns are drawn in a thread: to lay out 50,000 characters takes a third of a
second, and nobody else is to wait for it.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from adapters.document import length
from adapters.web.port import Entry

LONG = 5_000  # characters

T = TypeVar("T")


async def aside(entries: Iterable[Entry], draw: Callable[[], T]) -> T:
    """What *draw* makes of *entries*."""
    if sum(length(entry.view) for entry in entries) > LONG:
        return await asyncio.to_thread(draw)
    return draw()
