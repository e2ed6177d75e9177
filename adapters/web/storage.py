"""The folder a session works in, over HTTP: looked through and fetched."""

import asyncio
import mimetypes
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from adapters.kinds import UNKNOWN
from adapters.web import replies
from adapters.web.bodies import SessionId
from adapters.web.confined import MOST, NotThere, listing, opened
from adapters.web.downloads import Download, described
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented


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
        responses=documented(404, 409) | {200: described("The file, as an attachment")},
    )
    async def fetch(
        session: SessionId, path: Annotated[str, Path(max_length=4000)]
    ) -> Response:
        root = await desk.storage(session)
        try:
            file = await asyncio.to_thread(opened, root, path)
        except NotThere as error:
            raise Problem(404, "No such file") from error
        name = PurePosixPath(path).name
        return Download(file, name, mimetypes.guess_type(name)[0] or UNKNOWN)

    return routes
