"""The fake's HTTP side: requests in, answers out, faults in between."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests import (
    slack_server_chat,
    slack_server_files,
    slack_server_rooms,
    slack_server_streams,
    slack_server_users,
)
from tests.fake_server import dropped
from tests.slack_server_downloads import Downloads, Tokens, listen
from tests.slack_server_faults import LOGIN_PAGE, Call, Fault, FaultKind
from tests.slack_server_pace import Pace
from tests.slack_server_responses import Responses
from tests.slack_server_rooms import missing_scope
from tests.slack_server_rules import (
    Refused,
    bad,
    read_arguments,
    scopes_of,
)
from tests.slack_server_sockets import Sockets
from tests.slack_server_world import World

__all__ = ["FaultKind", "HttpSide"]

METHODS: dict[str, Callable[[World, dict[str, Any]], dict[str, Any]]] = {
    **slack_server_chat.METHODS,
    **slack_server_files.METHODS,
    **slack_server_rooms.METHODS,
    **slack_server_streams.METHODS,
    **slack_server_users.METHODS,
}


class HttpSide:
    def __init__(self, world: World, sockets: Sockets, tokens: Tokens) -> None:
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.tokens = tokens
        self.responses = Responses(world)
        self._world = world
        self._sockets = sockets
        self._pace = Pace()
        self._closing = asyncio.Event()
        self._downloads = Downloads(world, tokens, self.faults, self.calls)
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/link", sockets.connect)
        app.router.add_post("/response/{id}", self.responses.take)
        self._downloads.serve(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def open(self) -> None:
        self._world.base = await listen(self._runner)
        await self._downloads.open()

    async def close(self) -> None:
        self._closing.set()
        await self._sockets.close()
        await self._runner.cleanup()
        await self._downloads.close()

    # --- one call

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        sent, as_json = await _body(request)
        token = _token(request, sent)
        call = Call(time.monotonic(), method, sent)
        self.calls.append(call)
        self._world.change()
        await asyncio.sleep(self._world.options.latency_s)
        fault = next((f for f in self.faults if f.strikes(method)), None)
        kind = fault.kind if fault else ""
        if kind == "hang":
            await self._closing.wait()
        if kind in {"hang", "drop_before"}:
            return dropped(request)
        if kind == "garbage":
            return web.Response(text=LOGIN_PAGE, content_type="text/html")
        refusal = fault.refusal if fault else None
        answer = self._answered(token, call, as_json, refusal)
        if kind == "hang_after":
            await self._closing.wait()
        if kind in {"hang_after", "drop_after"}:
            return dropped(request)
        if fault and kind == "error_after":
            answer = self._refusal(Refused(fault.code))
        call.status = answer.status
        self._world.change()
        return answer

    def _answered(
        self, token: str, call: Call, as_json: bool, refusal: Refused | None
    ) -> web.Response:
        try:
            if refusal:
                raise refusal
            return self._answer({"ok": True, **self._result(token, call, as_json)})
        except Refused as refused:
            call.error = refused.error
            if refused.fault:
                self._world.refusals.append(f"{call.method}: {refused}")
            return self._refusal(refused)
        except Exception as error:  # noqa: BLE001 - a test must hear of it
            failure = f"{call.method}: the fake itself failed: {error!r}"
            self._world.refusals.append(failure)
            return self._refusal(Refused("internal_error", status=500))

    def _result(self, token: str, call: Call, as_json: bool) -> dict[str, Any]:
        self._authorise(token, call.method)
        if self._world.options.paced:
            self._pace.admit(call.method, call.params)
        call.params = read_arguments(call.method, call.params, as_json=as_json)
        if call.method == "apps.connections.open":
            return {"url": self._sockets.new_url()}
        if call.method not in METHODS:
            raise bad("unknown_method", "this fake does not have it")
        needed = scopes_of(call.method)
        if needed and not self._world.options.scopes & set(needed):
            raise missing_scope(self._world, needed)
        return METHODS[call.method](self._world, call.params)

    def _authorise(self, token: str, method: str) -> None:
        if not token:
            raise Refused("not_authed")
        if self.tokens.error:
            raise Refused(self.tokens.error)
        wanted, other = "xoxb-", "xapp-"
        if method == "apps.connections.open":
            wanted, other = other, wanted
        if token.startswith(other):
            raise bad("not_allowed_token_type")
        if token not in {self.tokens.bot, self.tokens.app}:
            raise Refused("invalid_auth")

    def _answer(self, body: Mapping[str, Any], status: int = 200) -> web.Response:
        scopes = ",".join(sorted(self._world.options.scopes))
        headers = {"x-oauth-scopes": scopes}
        return web.json_response(body, status=status, headers=headers)

    def _refusal(self, refused: Refused) -> web.Response:
        body = {"ok": False, "error": refused.error, **refused.details}
        if refused.why:
            body["response_metadata"] = {"messages": [f"[ERROR] {refused.why}"]}
        answer = self._answer(body, refused.status)
        if refused.retry_after_s is not None:
            answer.headers["Retry-After"] = str(refused.retry_after_s)
        return answer


# --- small things -------------------------------------------------------------


async def _body(request: web.Request) -> tuple[dict[str, Any], bool]:
    """The arguments, and whether they came as JSON."""
    sent: dict[str, Any] = dict(request.query)
    if request.content_type != "application/json":
        return {**sent, **await request.post()}, False
    body = await request.text()
    return {**sent, **(json.loads(body) if body else {})}, bool(body)


def _token(request: web.Request, sent: dict[str, Any]) -> str:
    header = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return str(sent.pop("token", "")) or header
