"""One Socket Mode connection: Slack's client, and what it lacks.

It tells when it is up, when it last heard anything, and whether it is refused for good;
it ends after its last answer.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.pace import Pace
from adapters.slack.errors import LOGGED_OUT

log = structlog.get_logger()

#: Slack gives few addresses a minute; however often it sends us away, we ask no more.
ADDRESS_PINGS, ADDRESSES_AT_ONCE = 3, 6
ANSWERING_S = 3.0  # after that, Slack does not wait for an answer any more
GOODBYE_S = 2.0  # a frozen connection never says it

REFUSED = (
    "Slack does not accept the app-level token ({}): copy the one that begins with "
    "xapp- from api.slack.com/apps, Basic Information, App-Level Tokens, into "
    "[slack] app_token. It needs the scope connections:write"
)
SWITCHED_OFF = (
    "Socket Mode is switched off for the app: switch it on at api.slack.com/apps, "
    "Socket Mode"
)
TOO_MANY = (
    "Slack allows ten connections for an app, and others have them all: stop the other "
    "programs that use this app-level token"
)
REFUSALS = LOGGED_OUT | {
    "not_allowed_token_type",
    "missing_scope",
    "no_permission",
    "access_denied",
}

#: While offline it logs a traceback every few seconds. `Sockets` says it once.
QUIET = logging.getLogger("slack_sdk.socket_mode.quiet")
QUIET.setLevel(logging.CRITICAL)

Answer = Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]


class Line(SocketModeClient):
    """*answer* serves one envelope; *on_up* is called whenever it is connected anew.

    `heard_at` is then still what it was before.
    """

    def __init__(
        self,
        app_token: str,
        web_client: AsyncWebClient,
        *,
        answer: Answer,
        on_up: Callable[[], object],
        ping_s: float,
    ) -> None:
        super().__init__(
            app_token, logger=QUIET, web_client=web_client, ping_interval=ping_s
        )
        self.socket_mode_request_listeners.append(self._serve)
        self._answer = answer
        self._on_up = on_up
        self._answering: set[asyncio.Task[Any]] = set()
        self._ending = False
        self._heard_at = 0.0
        self._addresses = Pace(ADDRESS_PINGS * ping_s, ADDRESSES_AT_ONCE)
        self.trouble = ""  # for the operator: why it is not up, if Slack said so
        self.refused = asyncio.Event()
        self.refusal = ""  # once `refused`: what the operator has to do

    @property
    def up(self) -> bool:
        """As far as it knows; it may be frozen."""
        session = self.current_session
        return not (self.stale or session is None or session.closed)

    @property
    def heard_at(self) -> float:
        """When Slack was certainly there, epoch seconds; 0: never yet."""
        return max(self._heard_at, self.last_ping_pong_time or 0.0)

    async def is_ping_pong_failing(self) -> bool:
        self._heard_at = self.heard_at  # if it is, the time is forgotten
        return await super().is_ping_pong_failing()

    async def connect(self) -> None:
        await super().connect()  # type: ignore[no-untyped-call]
        if self.up:
            self.trouble = ""
            self._on_up()
            self._heard_at = time.time()

    async def issue_new_wss_url(self) -> str:
        await self._wait_for_address()
        try:
            return await super().issue_new_wss_url()
        except SlackApiError as error:
            code = str(error.response.get("error"))
            self.trouble = TOO_MANY if code == "too_many_websockets" else code
            if code in REFUSALS:
                self._refuse(REFUSED.format(code))
            raise
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.trouble = str(error) or type(error).__name__
            raise

    async def _wait_for_address(self) -> None:
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._addresses.free_at() - now))
        self._addresses.take(asyncio.get_running_loop().time())

    async def enqueue_message(self, message: str) -> None:
        self._heard_at = time.time()
        await super().enqueue_message(message)

    async def run_message_listeners(
        self, message: dict[str, Any], raw_message: str
    ) -> None:
        if message.get("reason") == "link_disabled":
            self._refuse(SWITCHED_OFF)
        else:
            if message.get("reason") == "too_many_websockets":
                self.trouble = TOO_MANY
            await super().run_message_listeners(message, raw_message)

    async def end(self) -> None:
        """Serve nothing new; close once what is being served is answered."""
        self._ending = True
        if self._answering:
            await asyncio.wait(self._answering, timeout=ANSWERING_S)
        tasks = (
            self.message_processor,
            self.current_session_monitor,
            self.message_receiver,
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self.close()  # type: ignore[no-untyped-call]
        for task in filter(None, tasks):
            task.cancel()
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)
        await self.aiohttp_client_session.close()

    async def _serve(
        self, client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        if self._ending:
            return  # Slack sends it again, to whoever is there then
        task = asyncio.current_task()
        assert task
        self._answering.add(task)
        try:
            await self._answer(client, request)
        except Exception:
            log.exception("envelope.not_answered", kind=request.type)
        finally:
            self._answering.discard(task)

    def _refuse(self, why: str) -> None:
        self.refusal = why
        self.refused.set()
