"""Files over HTTP: the second step of an upload, and downloads."""

import asyncio
import time
from dataclasses import dataclass

from aiohttp import web

from tests import slack_server_files
from tests.fake_server import dropped
from tests.slack_server_faults import LOGIN_PAGE, Call, Fault
from tests.slack_server_world import World


@dataclass
class Tokens:
    """The program's; others open nothing."""

    bot: str
    app: str
    error: str = ""  # what Slack says to them now: token_revoked, account_inactive


class Downloads:
    def __init__(
        self, world: World, tokens: Tokens, faults: list[Fault], calls: list[Call]
    ) -> None:
        self._world = world
        self._tokens = tokens
        self._faults = faults
        self._calls = calls
        self._closing = asyncio.Event()
        self._elsewhere_base = ""
        there = web.Application()
        there.router.add_get("/cdn/{id}", self._elsewhere)
        self._there = web.AppRunner(there, access_log=None, shutdown_timeout=0.1)

    def serve(self, app: web.Application) -> None:
        app.router.add_post("/upload/{id}", self._upload)
        app.router.add_get("/files/{id}/{name}", self._download)
        app.router.add_get("/login", self._login)

    async def open(self) -> None:
        self._elsewhere_base = await listen(self._there)

    async def close(self) -> None:
        self._closing.set()
        await self._there.cleanup()

    async def _upload(self, request: web.Request) -> web.Response:
        data = await request.read()
        self._note("(upload)", request)
        if slack_server_files.receive(self._world, request.match_info["id"], data):
            return web.Response(status=400, text="bad upload")
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A login page, with status 200, for whoever may not read files."""
        self._note("(download)", request)
        file = self._world.files.get(request.match_info["id"])
        if fault := next((f for f in self._faults if f.strikes("(download)")), None):
            return await self._broken(request, fault, file.data if file else b"")
        if request.headers.get("Authorization") != f"Bearer {self._tokens.bot}":
            raise web.HTTPFound("/login")
        if "files:read" not in self._world.options.scopes:
            return await self._login(request)
        if file is None:
            return web.Response(status=404, text="file_not_found")
        if file.elsewhere:
            raise web.HTTPFound(f"{self._elsewhere_base}/cdn/{file.id}")
        return web.Response(body=file.data, content_type=file.mimetype)

    async def _broken(
        self, request: web.Request, fault: Fault, data: bytes
    ) -> web.StreamResponse:
        if fault.refusal:
            return web.Response(status=fault.refusal.status)
        if fault.kind.startswith("hang"):
            await self._closing.wait()
        if fault.kind == "garbage":
            return await self._login(request)
        if fault.kind == "drop_after":  # half of it
            answer = web.StreamResponse(headers={"Content-Length": str(len(data))})
            await answer.prepare(request)
            await answer.write(data[: len(data) // 2])
        return dropped(request)

    async def _login(self, request: web.Request) -> web.Response:
        return web.Response(text=LOGIN_PAGE, content_type="text/html")

    async def _elsewhere(self, request: web.Request) -> web.Response:
        """Another server, which is none of Slack's: it must not see the token."""
        if "Authorization" in request.headers:
            self._world.refusals.append("(download): the token went to another server")
        file = self._world.files[request.match_info["id"]]
        return web.Response(body=file.data, content_type=file.mimetype)

    def _note(self, method: str, request: web.Request) -> None:
        params = dict(request.match_info)
        self._calls.append(Call(time.monotonic(), method, params, 200))
        self._world.change()


async def listen(runner: web.AppRunner) -> str:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"
