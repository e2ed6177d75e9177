"""Files that agents sent to people, over HTTP."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Response

from adapters.web.bodies import SessionId, ViewId
from adapters.web.confined import NotThere, opened
from adapters.web.downloads import Download, described
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented
from adapters.web.sent import is_picture

#: A copy that nobody changes, under an id of its own.
_KEPT = "private, max-age=86400, immutable"


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["files"])

    @routes.get(
        "/sessions/{session}/files/{file}",
        summary="Fetch a file that the agent sent",
        response_class=Response,
        responses=documented(404) | {200: described("The file; pictures inline")},
    )
    async def fetch(session: SessionId, file: ViewId) -> Response:
        """As it was when it was sent. 404 once it was pruned, a month later."""
        sent = await desk.file(session, file)
        if sent is None:
            raise Problem(404, "No such file")
        path = Path(sent.path)
        try:
            copy = await asyncio.to_thread(opened, path.parent, path.name)
        except NotThere as error:
            raise Problem(404, "No such file") from error
        picture = is_picture(sent)
        return Download(copy, sent.name, sent.media_type, inline=picture, caching=_KEPT)

    return routes
