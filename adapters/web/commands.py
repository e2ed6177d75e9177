"""The commands there are, over HTTP; and how somebody wants to be spoken to."""

from typing import Annotated

from fastapi import APIRouter, Request, status
from pydantic import Field

from adapters.language import languages
from adapters.web import replies
from adapters.web.bodies import Body, SessionId
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented
from adapters.web.tongues import language_of


class Wish(Body):
    language: Annotated[
        str, Field(max_length=20, description="empty: as the browser says")
    ]


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["conversation"])

    @routes.get(
        "/sessions/{session}/commands",
        summary="What can be told to the bot, and to its agent",
        responses=documented(404),
    )
    async def commands(request: Request, session: SessionId) -> list[replies.Offer]:
        """The agent's own are there while it is up. In the language of who asks."""
        language = await language_of(request, desk)
        return [replies.Offer.of(one) for one in await desk.commands(session, language)]

    @routes.get(
        "/commands",
        summary="What can be told to the bot in a new session",
        responses=documented(),
    )
    async def first_commands(request: Request) -> list[replies.Offer]:
        language = await language_of(request, desk)
        return [replies.Offer.of(one) for one in await desk.commands(None, language)]

    @routes.put(
        "/language",
        status_code=status.HTTP_204_NO_CONTENT,
        summary="Choose the language that the owner is spoken to in",
        responses=documented(413, 415),
    )
    async def language(wish: Wish) -> None:
        """The same choice as by the command `language`."""
        if wish.language not in ("", *languages()):
            known = ", ".join(languages())
            raise Problem(422, "No such language", f"There are: {known}.")
        await desk.choose_language(wish.language)

    return routes
