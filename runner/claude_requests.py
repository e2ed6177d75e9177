"""What we ask a Claude Code beside its turns, and its answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from runner import claude
from runner.claude_decode import Answered
from runner.cli import Note
from runner.errors import Refused, RunnerError

ANSWER_S = 10.0

T = TypeVar("T")


class Requests:
    def __init__(
        self,
        write: Callable[[Note, Mapping[str, Any]], Awaitable[None]],
        number: Callable[[], int],
    ) -> None:
        self._write = write
        self._number = number
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._over = False

    async def tell(self, subtype: str, **fields: object) -> None:
        """Without waiting for the answer."""
        request_id = f"parley-{self._number()}"
        await self._ask(request_id, subtype, fields)

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
        request_id = f"parley-{self._number()}"
        asking = partial(self._ask, request_id, subtype, fields)
        return await self.await_answer(request_id, wait_s, asking)

    async def await_answer(
        self,
        request_id: str,
        wait_s: float,
        asking: Callable[[], Awaitable[None]] | None = None,
    ) -> Mapping[str, Any]:
        """As `answer`, of a request that was asked before, or is by *asking*."""
        if self._over:
            raise RunnerError("session-over")
        waiting: asyncio.Future[Mapping[str, Any]]
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = waiting
        try:
            async with asyncio.timeout(wait_s):
                if asking:
                    await asking()
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

    async def _ask(
        self, request_id: str, subtype: str, fields: Mapping[str, Any]
    ) -> None:
        note = {"asked": request_id, "for": subtype, **fields}
        await self._write(note, claude.request(request_id, subtype, **fields))
