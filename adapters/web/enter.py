"""The one-time link: trades a code for a cookie."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from adapters.language import nearest, say
from adapters.web import plain
from adapters.web.doorman import COOKIE_S, Doorman
from adapters.web.entrance import PATH
from adapters.web.tongues import heard


def router(doorman: Doorman) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    async def enter(
        request: Request, code: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        # The code is spent even if the visitor is known: it was in an address bar.
        if not doorman.redeem(code) and not request.state.signed_in:
            return HTMLResponse(plain.spent(nearest(heard(request))), 403)
        answer = _onwards(request)
        answer.set_cookie(
            doorman.cookie_name,
            doorman.new_cookie(),
            max_age=COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer

    return router


def _onwards(request: Request) -> Response:
    """To the page. A redirect keeps being another site's doing, for the browser."""
    if plain.from_outside(request.headers):
        language = nearest(heard(request))
        words = say(language, "web-enter-signed-in")
        title = say(language, "web-enter-welcome")
        return HTMLResponse(plain.page(title, words, language, go_to="/"))
    return RedirectResponse("/", 303)
