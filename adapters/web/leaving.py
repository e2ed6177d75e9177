"""Waiting on behalf of a client, for as long as it is there."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

_T = TypeVar("_T")


async def unless_gone(request: Request, waiting: Coroutine[Any, Any, _T]) -> _T | None:
    """What *waiting* comes to; None if the client leaves first. Then nobody waits."""
    answer = asyncio.ensure_future(waiting)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else None
    finally:
        answer.cancel()
        leaving.cancel()
        await asyncio.wait({answer, leaving})


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
