"""Socket Mode: two connections to Slack, so that one is there while the other is not.

Rule: an envelope that was not answered comes again, on whichever connection is up.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import structlog
from slack_bolt.adapter.socket_mode.async_internals import (
    run_async_bolt_app,
    send_async_response,
)
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.base import Health, HealthState, LoggedOut
from adapters.slack.api import SlackApi
from adapters.slack.line import Line

log = structlog.get_logger()

CONNECTIONS = 2
AGAIN = "{}. Nothing is lost; it is tried again every minute"


class Sockets:
    """Keeps them up, whatever happens, and knows how it is going.

    *on_connected* is told when there was nobody to send events to: since when, or None
    at the start. It must return at once.
    """

    def __init__(
        self,
        app: AsyncApp,
        api: SlackApi,
        app_token: str,
        *,
        on_connected: Callable[[float | None], object],
        ping_s: float = 3.0,
        watch_s: float = 5.0,
        stuck_s: float = 30.0,
        dead_s: float = 120.0,
        refused_s: float = 60.0,
        gap_s: float = 2.0,
    ) -> None:
        self._app = app
        self._api = api
        self._app_token = app_token
        self._on_connected = on_connected
        self._ping_s = ping_s
        self._watch_s = watch_s
        self._stuck_s = stuck_s
        self._dead_s = dead_s
        self._refused_s = refused_s
        self._gap_s = gap_s
        self._lines: list[Line] = []
        self._heard_at = 0.0  # by lines that are no more
        self._began_at = time.time()
        self._refusal = ""  # of a line that was refused after others were not
        self._logged = ("starting", "")

    @property
    def health(self) -> Health:
        heard_at = self._last_heard_at
        up = sum(line.up for line in self._lines)
        if up == CONNECTIONS:
            return Health("ok", last_contact=heard_at)
        if up:
            reason = self._why("one of the two connections to Slack is being restored")
            return Health("degraded", reason, heard_at)
        if self._refusal:
            return Health("down", AGAIN.format(self._refusal), heard_at or None)
        reason = self._why("no connection to Slack")
        if time.time() - (heard_at or self._began_at) >= self._stuck_s:
            return Health("down", reason, heard_at or None)
        state: HealthState = "degraded" if heard_at else "starting"
        return Health(state, reason if heard_at else "", heard_at or None)

    def _why(self, what: str) -> str:
        trouble = next((line.trouble for line in self._lines if line.trouble), "")
        return f"{what} ({trouble})" if trouble else what

    async def run(self) -> NoReturn:
        """Until cancelled; what is being answered then is still answered.

        Raises `LoggedOut` if Slack does not let us in to begin with. Later it may be
        a matter of time: what was taken back is often given again.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(CONNECTIONS):
                    tasks.create_task(self._hold())
        except* LoggedOut as refusals:
            raise LoggedOut(str(refusals.exceptions[0])) from None
        raise AssertionError("connections are held for ever")

    async def _hold(self) -> NoReturn:
        """Keep up one connection, with a new client whenever one is beyond help."""
        while True:
            line = Line(
                self._app_token,
                self._api.client,
                answer=self._answer,
                on_up=self._came_up,
                ping_s=self._ping_s,
            )
            self._lines.append(line)
            connecting = asyncio.create_task(line.connect())
            try:
                await self._watch(line)
            finally:
                self._heard_at = self._last_heard_at
                self._lines.remove(line)
                connecting.cancel()
                await line.end()
            if line.refusal:
                await self._refused(line.refusal)

    async def _refused(self, why: str) -> None:
        if not self._last_heard_at:
            raise LoggedOut(why)
        self._refusal = why
        self._log_change()
        await asyncio.sleep(self._refused_s)

    async def _watch(self, line: Line) -> None:
        """Return once it has been down for too long, or is refused."""
        ticks = asyncio.get_running_loop().time
        up_at = ticks()
        renew_at = up_at + self._stuck_s
        while (now := ticks()) - up_at < self._dead_s:
            if line.up:
                up_at, renew_at = now, now + self._stuck_s
            elif now >= renew_at:
                # It tries the same address for ever, and Slack gives it for one try.
                line.wss_uri = None
                renew_at = now + self._stuck_s
            await self._look(line)
            if line.refusal:
                return
        log.warning("line.replaced")

    async def _look(self, line: Line) -> None:
        """Wait until it is time to look again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._watch_s):
                await line.refused.wait()
        self._log_change()

    def _log_change(self) -> None:
        health = self.health
        if (health.state, health.reason) != self._logged:
            self._logged = (health.state, health.reason)
            tell = log.info if health.state == "ok" else log.warning
            tell("sockets.changed", state=health.state, reason=health.reason)

    @property
    def _last_heard_at(self) -> float:
        return max(self._heard_at, *(line.heard_at for line in self._lines), 0.0)

    def _came_up(self) -> None:
        self._refusal = ""
        heard_at = self._last_heard_at
        if not heard_at:
            self._on_connected(None)
        elif time.time() - heard_at > self._gap_s:
            self._on_connected(heard_at)

    async def _answer(
        self, client: AsyncBaseSocketModeClient, request: SocketModeRequest
    ) -> None:
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, response, time.time())
