"""HTTP instead of sockets: Slack calls us, and signs what it sends.

Rule: nothing is read of a request before its signature is found to be right.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from adapters.base import Health
from adapters.slack.manifest import PATH

log = structlog.get_logger()

LARGEST = 1 << 20  # bytes
GOODBYE_S = 3.0  # Slack waits no longer for an answer
FRESH_S = 300.0  # what was signed longer ago, or will be, may be somebody's recording
CLOCKS = (
    "what Slack sends is signed {:+.0f} s away from this machine's clock, so none of "
    "it is taken: set the clock right (timedatectl set-ntp true)"
)


class Web:
    """Listens for one app. *on_connected* is called once it does; Slack itself repeats
    what was not answered later on.
    """

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        *,
        host: str,
        port: int,
        on_connected: Callable[[float | None], object],
        retry_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        assert signing_secret, "anybody could sign"
        self._app = app
        self._signatures = SignatureVerifier(signing_secret)
        self._host = host
        self._port = port
        self._on_connected = on_connected
        self._retry_s = retry_s
        self._clock = clock
        self._listening = Health("starting")
        self._heard_at: float | None = None
        self._differs_s = 0.0  # Slack's clock from ours, as the newest request has it

    @property
    def health(self) -> Health:
        if self._differs_s:
            return Health("down", CLOCKS.format(self._differs_s), self._heard_at)
        return replace(self._listening, last_contact=self._heard_at)

    @property
    def port(self) -> int:
        """Where it listens, if it was asked to choose a port (0) itself."""
        return self._port

    async def run(self) -> NoReturn:
        """Until cancelled; what is being answered then is still answered."""
        server = web.Application(client_max_size=LARGEST)
        server.router.add_post(PATH, self._receive)
        runner = web.AppRunner(server, access_log=None, shutdown_timeout=GOODBYE_S)
        await runner.setup()
        try:
            await self._listen(runner)
            self._on_connected(None)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
        raise AssertionError("nobody sets that event")

    async def _listen(self, runner: web.AppRunner) -> None:
        while True:
            try:
                await web.TCPSite(runner, self._host, self._port).start()
            except OSError as error:
                self._listening = Health("down", str(error))
                log.error("web.not_listening", reason=str(error))  # noqa: TRY400
                await asyncio.sleep(self._retry_s)
            else:
                break
        self._port = runner.addresses[0][1]
        self._listening = Health("ok")
        log.info("web.listening", host=self._host, port=self._port)

    async def _receive(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if (signed_at := self._signed_at(request, raw)) is None:
            log.warning("web.bad_signature", size=len(raw))
            return web.Response(status=401)
        if not self._in_time(signed_at):
            return web.Response(status=401)
        try:
            body = read_body(raw, request.content_type)
        except ValueError:
            return web.Response(status=400)
        # Bolt reads a form that has "payload" anywhere in its words as an empty one.
        # It is given ours, as a socket would: `_genuine` has done what that leaves out.
        asked = AsyncBoltRequest(mode="socket_mode", body=body)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _signed_at(self, request: web.Request, raw: bytes) -> float | None:
        """When Slack signed it, epoch seconds; None: it did not."""
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        given = request.headers.get("X-Slack-Signature", "")
        try:
            right = self._signatures.generate_signature(timestamp=stamp, body=raw)
            genuine = bool(right) and hmac.compare_digest(right or "", given)
            return float(int(stamp)) if genuine else None
        except (ValueError, TypeError):  # no number; no ASCII
            return None

    def _in_time(self, signed_at: float) -> bool:
        """Whether it is no recording, by our clock. If that is wrong, it is told."""
        now = self._clock()
        differs_s = signed_at - now
        if abs(differs_s) <= FRESH_S:
            self._heard_at, self._differs_s = now, 0.0
            return True
        log.warning("web.not_of_now", differs_s=round(differs_s))
        if self._heard_at is None or now - self._heard_at > FRESH_S:
            self._differs_s = differs_s  # else it was our clock that is right
        return False


def read_body(raw: bytes, content_type: str) -> dict[str, Any]:
    """Raises `ValueError` if it is nothing Slack would send."""
    words = raw.decode()
    try:
        if content_type == "application/json":
            body = json.loads(words)
        else:
            form = dict(parse_qsl(words, keep_blank_values=True))
            body = json.loads(form["payload"]) if "payload" in form else form
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(body, dict):
        raise ValueError("no object")  # noqa: TRY004 - it is not for a programmer
    return body
