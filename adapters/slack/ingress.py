"""What Slack sends: judged, on disk, and only then acknowledged.

Rule: what is not acknowledged comes again, and what comes again is known by its id. So
nothing is ever dropped for being a repetition.
"""

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, assert_never

import structlog
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse

from adapters.base import AdapterError, Intake
from adapters.inbound import Kept
from adapters.slack.api import SlackApi
from adapters.slack.gate import Gate
from adapters.slack.keeper import Keeper
from adapters.slack.payload import Payload, text
from adapters.slack.verdict import Drop, Expected, Joined, Keep, Now, Revoked
from adapters.slack.whisper import Whisper, phrase, whisper_to
from adapters.strangers import Hints

log = structlog.get_logger()

UNINSTALLED = (
    "the app has been removed from the workspace ({}): install it again and copy the "
    "new bot token"
)


class Ingress:
    """The one door for everything Slack sends, whichever way it comes.

    *on_kept* gets rows that are new, *on_now* what must be served within seconds,
    *on_stranger* what to say to somebody who does not get in, *on_joined* a channel we
    may write to now; *on_revoked* is told that our token may be no good any more. All
    must return at once.
    """

    def __init__(
        self,
        api: SlackApi,
        intake: Intake,
        gate: Gate,
        *,
        on_kept: Callable[[list[Kept]], object],
        on_now: Callable[[Mapping[str, Any]], object],
        on_stranger: Callable[[Whisper], object],
        on_joined: Callable[[str], object],
        on_revoked: Callable[[], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._intake = intake
        self._gate = gate
        self._keeper = Keeper(intake, on_kept)
        self._on_now = on_now
        self._on_stranger = on_stranger
        self._on_joined = on_joined
        self._hints = Hints(clock)
        self._on_revoked = on_revoked
        self.app = self._bolt(api)

    async def keep(self, key: str, body: Payload) -> None:
        """Return once it is on disk. Raises `NotKept`."""
        await self._keeper.keep(key, json.dumps(body))

    async def take(self, body: Payload) -> bool:
        """Whether it is dealt with, so that Slack may forget it."""
        try:
            verdict = await self._gate.judge(body)
        except AdapterError as error:
            return self._unsure(body, error)
        match verdict:
            case Keep(key):
                await self.keep(key, body)
                # Where people can write, we may be able to again.
                self._on_joined(text(body, "event", "channel"))
            case Now():
                self._on_now(body)
            case Expected(address, user):
                self._intake.expect(address, user)
            case Drop(reason, whisper):
                log.debug("inbound.dropped", reason=reason)
                if whisper and self._hints.due(whisper.user):
                    self._on_stranger(whisper)
            case Joined(channel):
                self._on_joined(channel)
            case Revoked(reason):
                log.error("slack.revoked", hint=UNINSTALLED.format(reason))
                self._on_revoked()
            case _:
                assert_never(verdict)
        return True

    def _unsure(self, body: Payload, error: AdapterError) -> bool:
        """Events come again by themselves; the rest only if people are told to."""
        log.warning("gate.not_sure", reason=str(error))
        if text(body, "type") == "event_callback":
            return False
        self._on_stranger(whisper_to("", phrase("slack-unsure"), body))
        return True

    def _bolt(self, api: SlackApi) -> AsyncApp:
        # Below errors, Bolt logs whole requests: what people say, and their tokens.
        quiet = logging.getLogger("slack_bolt")
        quiet.setLevel(logging.ERROR)
        token = api.client.token

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

        return AsyncApp(
            name="parley",
            logger=quiet,
            client=api.client,
            # Given, it has the last word: SLACK_* in the environment changes nothing.
            authorize=authorize,
            before_authorize=_Door(self.take),  # no listeners are behind it
            request_verification_enabled=False,  # `web` has done it
            ssl_check_enabled=False,
            ignoring_self_events_enabled=False,  # the gate knows better
            attaching_function_token_enabled=False,
        )


class _Door(AsyncMiddleware):
    """Bolt's one middleware of ours: first, for the others take longer than it does."""

    def __init__(self, take: Callable[[Payload], Awaitable[bool]]) -> None:
        self._take = take

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name for it
    ) -> BoltResponse:
        if text(req.body, "type") == "url_verification":
            return await next()
        try:
            dealt_with = await self._take(req.body)
        except Exception:
            log.exception("inbound.not_kept")
            dealt_with = False
        # An empty answer acknowledges, and closes the form if it is one.
        return BoltResponse(status=200 if dealt_with else 503)
