"""The folder a session works in, over HTTP: looked through and fetched, never run.

Rule: what an agent wrote is data. No browser is to show it as a page of ours.
"""

import asyncio
import mimetypes
import os
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from adapters.web import replies
from adapters.web.bodies import SessionId
from adapters.web.confined import MOST, NotThere, listing, opened
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented

_CHUNK = 1 << 16
_CONTENT: dict[str, Any] = {
    "description": "The file, as an attachment",
    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
}


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["files"])

    @routes.get(
        "/sessions/{session}/storage",
        summary="Look into the session's own folder",
        responses=documented(404, 409),
    )
    async def look(
        session: SessionId,
        folder: Annotated[
            str, Query(max_length=4000, description="one inside; left out: all of it")
        ] = "",
    ) -> replies.Listing:
        """Files and folders right inside, no links. 409: it works in a project."""
        root = await desk.storage(session)
        try:
            found = await asyncio.to_thread(listing, root, folder)
        except (NotThere, NotADirectoryError) as error:
            raise Problem(404, "No such folder") from error
        return replies.Listing(
            files=[
                replies.Stored(
                    path=str(PurePosixPath(folder, each.name)),
                    name=each.name,
                    kind=each.kind,
                    size=each.size,
                    modified_at=each.modified_at,
                )
                for each in found[:MOST]
            ],
            complete=len(found) <= MOST,
        )

    @routes.get(
        "/sessions/{session}/storage/{path:path}",
        summary="Fetch a file of the session's own folder",
        response_class=Response,
        responses=documented(404, 409) | {200: _CONTENT},
    )
    async def fetch(
        session: SessionId, path: Annotated[str, Path(max_length=4000)]
    ) -> Response:
        root = await desk.storage(session)
        try:
            file = await asyncio.to_thread(opened, root, path)
        except NotThere as error:
            raise Problem(404, "No such file") from error
        return _Download(file, PurePosixPath(path).name)

    return routes


class _Download(StreamingResponse):
    """Sends an open file, as long as it was when it was opened, and closes it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        size = os.fstat(file.fileno()).st_size
        super().__init__(
            _chunks(file, size),
            media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            headers={
                "Content-Length": str(size),
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
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
