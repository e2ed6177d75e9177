"""Events over HTTP as server-sent events.

Rule: a reader that takes nothing for long is dropped; it goes on by `Last-Event-ID`.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import structlog
from sse_starlette import ServerSentEvent
from sse_starlette.sse import EventSourceResponse, SendTimeoutError
from starlette.types import Receive, Scope, Send

from adapters.web.agui import Sent
from adapters.web.port import UnknownConversation

log = structlog.get_logger()

PING_S = 15
STALLED_S = 30.0

#: For the OpenAPI description of a route that answers with a `Stream`.
CONTENT: dict[str, Any] = {
    "text/event-stream": {
        "schema": {"type": "string", "description": "AG-UI 1.0 events, one each"}
    }
}


class Frames(EventSourceResponse):
    """Sends what it is given as it comes. Not stored by anybody, nor held back by a
    proxy.
    """

    def __init__(
        self,
        frames: AsyncIterator[bytes] | AsyncIterator[ServerSentEvent],
        *,
        stalled_s: float = STALLED_S,
    ) -> None:
        super().__init__(frames, ping=PING_S, send_timeout=stalled_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("web.reader_dropped", path=scope["path"])


class Stream(Frames):
    def __init__(
        self, events: AsyncGenerator[Sent, None], *, stalled_s: float = STALLED_S
    ) -> None:
        super().__init__(_frames(events), stalled_s=stalled_s)


def frame(sent: Sent) -> bytes:
    """One event. Half a surrogate pair, which no UTF-8 can say, becomes "?"."""
    place = f"id: {sent.id}\n" if sent.id else ""
    return f"{place}data: {sent.json}\n\n".encode(errors="replace")


async def _frames(events: AsyncGenerator[Sent, None]) -> AsyncIterator[bytes]:
    try:
        async with aclosing(events):
            async for sent in events:
                yield frame(sent)
    except UnknownConversation:
        return  # deleted while it was read
