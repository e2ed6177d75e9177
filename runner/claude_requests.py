"""What we ask a Claude Code beside its turns, and its answers."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from runner import claude
from runner.base import Refused, RunnerError
from runner.claude_decode import Answered

ANSWER_S = 10.0

T = TypeVar("T")


class Requests:
    def __init__(self, write: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        self._write = write
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._over = False

    async def tell(self, subtype: str, **fields: object) -> None:
        """Without waiting for the answer."""
        await self._write(claude.request(self._next_id(), subtype, **fields))

    async def ask(self, subtype: str, **fields: object) -> Mapping[str, Any]:
        """Raises `Refused`."""
        try:
            return await self.answer(subtype, ANSWER_S, **fields)
        except TimeoutError:
            raise Refused("session-no-answer", seconds=round(ANSWER_S)) from None
        except Refused:
            raise
        except RunnerError:
            raise Refused("session-over") from None

    async def learn(self, subtype: str, read: Callable[[Mapping[str, Any]], T]) -> T:
        """Ask for what *read* can read. Raises `Refused`."""
        given = await self.ask(subtype)
        try:
            return read(given)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Refused("session-not-understood") from error

    async def answer(
        self, subtype: str, wait_s: float, **fields: object
    ) -> Mapping[str, Any]:
        """Raises `TimeoutError`, and `RunnerError` if it refuses or ends."""
        if self._over:
            raise RunnerError("session-over")
        request_id = self._next_id()
        waiting: asyncio.Future[Mapping[str, Any]]
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = waiting
        try:
            async with asyncio.timeout(wait_s):
                await self._write(claude.request(request_id, subtype, **fields))
                return await waiting
        finally:
            del self._waiting[request_id]

    def answered(self, answered: Answered) -> None:
        waiting = self._waiting.get(answered.request_id)
        if waiting is None or waiting.done():
            return  # an echo of an answer of ours, or nobody waits any more
        if answered.error:
            waiting.set_exception(Refused("session-refused", words=answered.error))
        else:
            waiting.set_result(answered.response)

    def end(self, error: RunnerError) -> None:
        """Nothing will be answered any more."""
        self._over = True
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)
                waiting.exception()  # perhaps nobody looks

    def _next_id(self) -> str:
        return f"parley-{next(self._ids)}"
