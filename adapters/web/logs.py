"""What sessions did and what their agents use, over HTTP."""

import asyncio
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from adapters.web import replies
from adapters.web.bodies import SessionId
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented

NEWEST = 200  # lines of the log
RAW = 5_000_000  # bytes of recorded lines, the newest


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["operations"])

    @routes.get(
        "/sessions/{session}/log",
        summary="What a session did: tools, errors, tokens, cost, time",
        responses=documented(404),
    )
    async def log(session: SessionId) -> replies.Log:
        """Sums of all turns, and the newest of what was done in the last 30 days."""
        return replies.Log.of(await desk.log(session, limit=NEWEST))

    @routes.get(
        "/sessions/{session}/log/raw",
        summary="The lines between Parley and the agent's process",
        response_class=PlainTextResponse,
        responses=documented(404, 409),
    )
    async def raw(session: SessionId) -> Response:
        """A JSON object a line, without secrets. 409: they are not recorded; the
        command `debug on` begins that.
        """
        path = await desk.raw_log(session)
        if path is None:
            raise Problem(409, "Not recorded", "Send the command debug with “on”.")
        text = await asyncio.to_thread(_newest, path)
        return PlainTextResponse(text)

    @routes.get(
        "/processes",
        summary="What each agent that is up uses now",
        responses=documented(),
    )
    async def processes() -> list[replies.Usage]:
        """Of its process and all that it started, together."""
        return [replies.Usage.of(usage) for usage in await desk.processes()]

    return routes


def _newest(path: Path) -> str:
    """Whole lines; "" if nothing was recorded yet."""
    try:
        with path.open("rb") as file:
            skipped = max(0, path.stat().st_size - RAW)
            file.seek(skipped)
            lines = file.read(RAW)
    except FileNotFoundError:
        return ""
    if skipped:
        lines = lines.partition(b"\n")[2]
    return lines.decode(errors="replace")
