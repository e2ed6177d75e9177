"""The one gate before every answer: HTTP, event streams and WebSockets alike.

Rule: no code behind it runs before host, origin, kind, size and visitor are judged.
"""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.web.doorman import Doorman
from adapters.web.hosts import Listen, same_place
from adapters.web.inflow import PATIENCE_S, Inflow, has_body, limit_of
from adapters.web.outflow import HEADERS, Outflow
from adapters.web.refusals import (
    STRANGE_HOST,
    STRANGE_KIND,
    STRANGE_ORIGIN,
    STRANGER,
    Refusal,
    too_long,
)

#: Anybody may ask for these; what they tell a stranger helps nobody.
OPEN = frozenset({"/enter", "/healthz", "/livez", "/readyz"})
STATIC = "/static/"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Wraps *app*, whole: what it refuses, *app* never sees."""

    def __init__(
        self,
        app: ASGIApp,
        doorman: Doorman,
        listen: Listen,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._app = app
        self._doorman = doorman
        self._listen = listen
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        inflow = Inflow(scope, receive, patience_s=self._patience_s)
        outflow = Outflow(scope, send, inflow)
        if refusal := self._judge(HTTPConnection(scope)):
            await outflow.refuse(refusal)
            return
        try:
            await self._app(scope, inflow.receive, outflow.send)
        except Exception:
            if not inflow.refused:
                raise  # else it only says that the body ended early
        await outflow.refuse_late()

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal := self._judge(HTTPConnection(scope)):
            await receive()
            start = {"status": refusal.status, "headers": list(HEADERS)}
            await send({"type": "websocket.http.response.start", **start})
            await send({"type": "websocket.http.response.body", "body": b""})
            return
        await self._app(scope, receive, send)

    def _judge(self, request: HTTPConnection) -> Refusal | None:
        return (
            self._misled(request)
            or self._sent_by_a_stranger(request)
            or _of_a_strange_kind(request)
            or self._unknown(request)
        )

    def _misled(self, request: HTTPConnection) -> Refusal | None:
        hosts = request.headers.getlist("host")
        if len(hosts) == 1 and self._listen.answers_to(hosts[0]):
            return None
        return STRANGE_HOST

    def _sent_by_a_stranger(self, request: HTTPConnection) -> Refusal | None:
        if request.scope.get("method") in READING:
            return None
        headers = request.headers
        foreign = headers.get("sec-fetch-site") == "cross-site"
        origin = headers.get("origin")
        if foreign or (origin and not same_place(origin, headers["host"])):
            return STRANGE_ORIGIN
        return None

    def _unknown(self, request: HTTPConnection) -> Refusal | None:
        scope = request.scope
        known = self._knows(request)
        scope.setdefault("state", {})["signed_in"] = known
        path: str = scope["path"]
        if known or path in OPEN or path.startswith(STATIC):
            return None
        return STRANGER

    def _knows(self, request: HTTPConnection) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._doorman.knows_token(token.strip())
        cookie = request.cookies.get(self._doorman.cookie_name, "")
        return self._doorman.knows_cookie(cookie)


def _of_a_strange_kind(request: HTTPConnection) -> Refusal | None:
    """Nothing here takes what plain forms of other sites send."""
    headers = request.headers
    if not has_body(headers) or request.scope.get("method") in READING:
        return None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/json", "multipart/form-data"}:
        return STRANGE_KIND
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > limit_of(request.scope):
        return too_long(limit_of(request.scope))
    return None
