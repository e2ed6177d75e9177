"""Long turns are drawn in a thread: to lay out 50,000 characters takes a third of a
second, and nobody else is to wait for it.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from adapters.document import length
from adapters.views import TurnView, View

LONG = 5_000  # characters

T = TypeVar("T")


async def aside(views: Iterable[View], draw: Callable[[], T]) -> T:
    """What *draw* makes of *views*."""
    if sum(length(view) for view in views if isinstance(view, TurnView)) > LONG:
        return await asyncio.to_thread(draw)
    return draw()
