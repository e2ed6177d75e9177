"""A request's body on its way in: not too long, and not too slow."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from adapters.web.refusals import MEGABYTE, TOO_SLOW, Refusal, too_long

LIMIT = MEGABYTE
#: Where files come in: 20 MB of one, and what goes round it (base64 adds a third).
LIMITS = {
    "/files": 21 * MEGABYTE,
    "/v1/chat/completions": 28 * MEGABYTE,
    "/api/agui": 28 * MEGABYTE,
}
#: A body may take this long, and the time that it needs at SLOWEST bytes a second.
PATIENCE_S = 20.0
SLOWEST = 8 * 1024
GONE: Message = {"type": "http.disconnect"}


def limit_of(scope: Scope) -> int:
    path: str = scope["path"]
    return next((size for end, size in LIMITS.items() if path.endswith(end)), LIMIT)


class Inflow:
    """Stands before `receive`. Once *refused* is set, the rest of the body is not read
    and the application sees a client that left.
    """

    def __init__(
        self, scope: Scope, receive: Receive, *, patience_s: float = PATIENCE_S
    ) -> None:
        self._receive = receive
        self._limit = limit_of(scope)
        self._patience_s = patience_s
        self._begun = asyncio.get_running_loop().time()
        self._got = 0
        self.refused: Refusal | None = None
        self.whole = not has_body(Headers(scope=scope))

    async def receive(self) -> Message:
        if self.refused:
            return GONE
        if self.whole:
            return await self._receive()  # that the client leaves, at any time
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self.refused = TOO_SLOW
            return GONE
        self._got += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self._got > self._limit:
            self.refused = too_long(self._limit)
            return GONE
        return message

    async def drain(self, *, for_s: float) -> None:
        """Throw away what still comes: a client that is cut off reads no answer."""
        try:
            async with asyncio.timeout(for_s):
                while not self.whole:
                    message = await self._receive()
                    self.whole = not message.get("more_body", False)
        except TimeoutError:
            return

    @property
    def _deadline(self) -> float:
        return self._begun + self._patience_s + self._got / SLOWEST


def has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
