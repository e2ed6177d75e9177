"""Answers that are asked for once and believed for a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")

BELIEVED_S = 3600.0
REMEMBERED = 1000


class Lookups(Generic[T]):
    """Those who ask for the same together share one question, and its failure."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()  # until when
        self._asking: dict[str, asyncio.Task[T]] = {}

    def known(self, key: str) -> T | None:
        """What was last heard, however long ago."""
        return self._known[key][1] if key in self._known else None

    async def get(self, key: str, ask: Callable[[str], Coroutine[Any, Any, T]]) -> T:
        until, answer = self._known.get(key, (0.0, None))
        if answer is not None and self._now() < until:
            return answer
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(ask(key))
            asking.add_done_callback(lambda done: self._heard(key, done))
        # The others still want to know if this one does not any more.
        return await asyncio.shield(asking)

    def _heard(self, key: str, asked: asyncio.Task[T]) -> None:
        del self._asking[key]
        if asked.cancelled() or asked.exception():
            return
        self._known.pop(key, None)
        self._known[key] = (self._now() + BELIEVED_S, asked.result())
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
