"""The fake's HTTP side: requests in, answers out, faults in between."""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from aiohttp import web

from tests.fake_server import Strikes, dropped
from tests.telegram_server_flood import too_many
from tests.telegram_server_methods import perform
from tests.telegram_server_rules import METHODS, Refused, read_parameters
from tests.telegram_server_world import World

FaultKind: TypeAlias = Literal[
    "drop_before",  # the connection breaks, nothing has happened
    "drop_after",  # it has happened, and the connection breaks before the answer
    "hang",  # nothing happens, and no answer ever comes
    "429",
    "5xx",
    "error",  # any other refusal: `code`, `description`, `parameters`
    "garbage",  # status 200, and a login page in place of an answer
]


@dataclass
class Fault(Strikes):
    kind: FaultKind
    code: int = 400
    description: str = "Bad Request: as the test wished"
    parameters: dict[str, Any] = field(default_factory=dict)
    retry_after: int = 1
    chat: int = 0  # only there; 0: everywhere

    def strikes(self, method: str, chat: object = None) -> bool:
        there = not self.chat or str(chat) == str(self.chat)
        return there and super().strikes(method)

    @property
    def refusal(self) -> Refused | None:
        match self.kind:
            case "429":
                return too_many(self.retry_after)
            case "5xx":
                return Refused("Bad Gateway", 502)
            case "error":
                return Refused(self.description, self.code, self.parameters)
            case _:
                return None


@dataclass
class Call:
    """A request that arrived. *status* is 0 as long as it got no answer."""

    at: float  # time.monotonic
    method: str
    params: dict[str, Any]
    uploads: dict[str, tuple[str, bytes]]
    status: int = 0
    description: str = ""  # why it was refused


class HttpSide:
    def __init__(self, world: World, token: str, latency_s: float) -> None:
        self.token = token
        self.latency_s = latency_s
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.refusals: list[str] = []
        self.url = ""
        self._world = world
        self._closing = asyncio.Event()
        self._poll: asyncio.Event | None = None  # set to end it
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def open(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        self._closing.set()
        if self._poll:
            self._poll.set()
        await self._runner.cleanup()

    # --- one call

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            sent, uploads = await _body(request)
        except ConnectionResetError:  # who said it is gone: nobody waits for an answer
            raise web.HTTPBadRequest from None
        call = Call(time.monotonic(), method, dict(sent), uploads)
        self.calls.append(call)
        self._world.change()
        await asyncio.sleep(self.latency_s)
        chat = sent.get("chat_id")
        fault = next((f for f in self.faults if f.strikes(method, chat)), None)
        if fault and fault.kind == "hang":
            await self._closing.wait()
        if fault and fault.kind in {"hang", "drop_before"}:
            return dropped(request)
        if fault and fault.kind == "garbage":
            return web.Response(text="<html>Please log in</html>")
        answer = await self._answered(request.match_info["token"], call, fault)
        if fault and fault.kind == "drop_after":
            return dropped(request)
        call.status = answer.status
        self._world.change()
        return answer

    async def _answered(
        self, token: str, call: Call, fault: Fault | None
    ) -> web.Response:
        try:
            if fault and fault.refusal:
                raise fault.refusal
            return _ok(await self._result(token, call))
        except Refused as refused:
            call.description = refused.description
            if refused.fault:
                self.refusals.append(f"{call.method}: {refused.description}")
            return _error(refused)
        except Exception as error:  # noqa: BLE001 - a test must hear of it
            self.refusals.append(f"{call.method}: the fake itself failed: {error!r}")
            return _error(Refused("Internal Server Error", 500))

    async def _result(self, token: str, call: Call) -> Any:
        self._authorise(token)
        if call.method.lower() not in METHODS:
            raise Refused("Not Found: method not found", 404)
        call.params = read_parameters(call.method, call.params, list(call.uploads))
        if call.method.lower() == "getupdates":
            return await self._get_updates(**call.params)
        return perform(self._world, call.method, call.params, call.uploads)

    def _authorise(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise Refused("Not Found", 404)
        if token != self.token:
            raise Refused("Unauthorized", 401)

    # --- long polls

    async def _get_updates(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109 - it is Telegram's name
        allowed_updates: list[str] | None = None,
    ) -> list[Any]:
        if self._world.webhook:
            raise Refused(
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
                409,
            )
        if offset < 0:
            raise Refused("a negative offset: updates are lost", fault=True)
        if allowed_updates is not None:
            self._world.allowed = set(allowed_updates)
        self._world.confirm(offset)
        token = self.token
        await self._wait_for_updates(min(timeout, 50))
        self._authorise(token)  # it may have been taken back meanwhile
        return [update for _, update in self._world.updates[:limit]]

    async def _wait_for_updates(self, seconds: float) -> None:
        """Until there is one. Ends whoever waited before."""
        if self._poll:
            self._poll.set()
        over = self._poll = asyncio.Event()
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._world.updates and not over.is_set():
            changed = self._world.changed
            waits = {asyncio.ensure_future(event.wait()) for event in (over, changed)}
            left = deadline - asyncio.get_running_loop().time()
            done, _ = await asyncio.wait(
                waits, timeout=max(0, left), return_when=asyncio.FIRST_COMPLETED
            )
            for wait in waits:
                wait.cancel()
            if not done:
                break
        if self._poll is not over:
            raise Refused(
                "Conflict: terminated by other getUpdates request; make sure that "
                "only one bot instance is running",
                409,
            )
        self._poll = None

    # --- files

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        call = Call(time.monotonic(), "(download)", {"path": path}, {})
        self.calls.append(call)
        fault = next((f for f in self.faults if f.strikes("(download)")), None)
        file = next((f for f in self._world.files.values() if f.path == path), None)
        if fault:
            return await self._broken_file(request, fault, file.data if file else b"")
        if file is None or request.match_info["token"] != self.token:
            return web.Response(status=404, text="Not Found")
        call.status = 200
        return web.Response(body=file.data)

    async def _broken_file(
        self, request: web.Request, fault: Fault, data: bytes
    ) -> web.StreamResponse:
        if fault.refusal:
            return _error(fault.refusal)
        if fault.kind == "hang":
            await self._closing.wait()
        if fault.kind == "drop_after":  # half of it
            answer = web.StreamResponse(headers={"Content-Length": str(len(data))})
            await answer.prepare(request)
            await answer.write(data[: len(data) // 2])
        return dropped(request)


async def _body(
    request: web.Request,
) -> tuple[Mapping[str, Any], dict[str, tuple[str, bytes]]]:
    """Parameters, and uploads by name: file name, data."""
    sent: dict[str, Any] = dict(request.query)
    uploads: dict[str, tuple[str, bytes]] = {}
    if request.content_type == "application/json":
        sent.update(await request.json())
        return sent, uploads
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = (value.filename, value.file.read())
        else:
            sent[name] = value
    return sent, uploads


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(refused: Refused) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.json_response(body, status=refused.code)


def pretty(calls: list[Call]) -> str:
    return "\n".join(
        f"  {call.method} {call.status} {json.dumps(call.params)[:200]}"
        for call in calls
    )
