"""Files as answers: fetched, never run.

Rule: what an agent wrote is data. No browser is to show it as a page of ours.
"""

import os
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_CHUNK = 1 << 16


def described(what: str) -> dict[str, Any]:
    """The 200 of a route that gives a file."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"description": what, "content": {"*/*": binary}}


class Download(StreamingResponse):
    """Sends an open file, as long as it was when it was opened, and closes it.

    *inline*: it may be looked at where it is linked; else it is to be saved.
    """

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        media_type: str,
        *,
        inline: bool = False,
        caching: str = "no-store",
    ) -> None:
        size = os.fstat(file.fileno()).st_size
        how = "inline" if inline else "attachment"
        super().__init__(
            _chunks(file, size),
            media_type=media_type,
            headers={
                "Content-Length": str(size),
                "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": caching,
            },
        )
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (chunk := file.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk
