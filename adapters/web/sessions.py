"""Sessions over HTTP: begin, find, read and forget them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status
from fastapi.responses import PlainTextResponse

from adapters.document import NAME, document
from adapters.language import ENGLISH
from adapters.web import replies
from adapters.web.bodies import SessionId, Start, ViewId
from adapters.web.keys import GivenKey, key
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented

Limit = Annotated[int, Query(ge=1, le=100)]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["sessions"])

    @routes.get(
        "/projects", summary="What a session can work in", responses=documented()
    )
    async def projects() -> list[replies.Project]:
        return [replies.Project.of(project) for project in desk.projects()]

    @routes.post(
        "/sessions",
        status_code=status.HTTP_201_CREATED,
        summary="Begin a session",
        responses=documented(409, 413, 415),
    )
    async def begin(start: Start, idempotency: GivenKey = None) -> replies.Session:
        """Without a project it works in a folder of its own. 409: no such project."""
        card = await desk.begin(
            start.settings(), key=key("sessions", "new", idempotency)
        )
        return replies.Session.of(card)

    @routes.get(
        "/sessions", summary="All sessions, newest first", responses=documented()
    )
    async def sessions(
        limit: Limit = 50,
        before: Annotated[
            float | None,
            Query(allow_inf_nan=False, description="*next* of the page before"),
        ] = None,
    ) -> replies.Sessions:
        """Those of every platform."""
        cards = await desk.conversations(limit=limit, before=before)
        return replies.Sessions(
            sessions=[replies.Session.of(card) for card in cards],
            next=cards[-1].updated_at if len(cards) == limit else None,
        )

    @routes.get("/sessions/{session}", summary="One session", responses=documented(404))
    async def session(session: SessionId) -> replies.OneSession:
        card = await desk.conversation(session)
        budgets = await desk.budgets(session, ENGLISH)
        return replies.OneSession.of(card, budgets=list(budgets))

    @routes.delete(
        "/sessions/{session}",
        status_code=status.HTTP_204_NO_CONTENT,
        summary="End a session and forget it",
        responses=documented(404, 409),
    )
    async def delete(session: SessionId) -> None:
        """Its own folder goes with it; a project's stays."""
        await desk.delete(session)

    @routes.get(
        "/sessions/{session}/turns",
        summary="What was asked and answered",
        responses=documented(404),
    )
    async def turns(
        session: SessionId,
        limit: Limit = 30,
        before: Annotated[
            str | None,
            Query(
                pattern="^[A-Za-z0-9_-]{1,64}$",
                description="a turn's id: those before it; left out: the newest",
            ),
        ] = None,
    ) -> replies.Turns:
        """The newest turns, oldest first. Those under way are as they are now."""
        entries = await desk.history(session, before=before, limit=limit)
        return replies.Turns(
            turns=[replies.Turn.at(session, entry) for entry in entries]
        )

    @routes.get(
        "/sessions/{session}/turns/{turn}/answer",
        summary="All that was said and done in a turn, as Markdown",
        response_class=PlainTextResponse,
        responses=documented(404),
    )
    async def answer(session: SessionId, turn: ViewId) -> Response:
        """To be saved: what is too long for the page."""
        entry = await desk.entry(session, turn)
        if entry is None:
            raise Problem(404, "No such turn", "It is not in this session.")
        headers = {"Content-Disposition": f"attachment; filename={NAME}"}
        return PlainTextResponse(document(entry.view), headers=headers)

    @routes.get("/search", summary="Find words in all sessions", responses=documented())
    async def search(
        q: Annotated[str, Query(min_length=1, max_length=500)], limit: Limit = 30
    ) -> list[replies.Found]:
        found = await desk.search(q, limit=limit)
        return [replies.Found.of(place) for place in found]

    return routes
