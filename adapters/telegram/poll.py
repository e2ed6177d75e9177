"""Fetches updates by long polling. Nothing is confirmed before it is on disk.

Rule: the offset lives in memory only, for as long as there is something to confirm.
What was fetched and not kept comes again, and what comes again is known by its id.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, Protocol

import structlog

from adapters.base import (
    AdapterError,
    Ambiguous,
    Health,
    HealthState,
    Intake,
    LoggedOut,
    RateLimited,
)
from adapters.inbound import Kept
from adapters.telegram.errors import Conflict, WebhookSet
from adapters.telegram.gate import Strangers, comes_in

log = structlog.get_logger()

#: Always sent in full: Telegram remembers the last list it was given.
ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "stopped_message_generation",
)


class Updates(Protocol):
    """The part of `TelegramApi` that is needed here."""

    async def updates(
        self, offset: int | None, *, timeout_s: int, allowed: Sequence[str]
    ) -> list[Any]: ...

    async def call(self, method: str, **params: Any) -> Any: ...

    async def reconnect(self) -> None: ...


REFUSED = (
    "Telegram does not accept the token any more: copy the one that holds from "
    "@BotFather (/mybots) into [telegram] token and start Parley again; nothing is lost"
)
MAX_NUMBER = 2**31 - 1  # of an update; Telegram takes no offset above it
#: Building the next request takes a millisecond or two: what came in goes first.
GIVE_WAY_S = 0.02


class Poller:
    """Keeps polling for one bot, whatever happens, and knows how it is going.

    *on_kept* gets rows that are new, *on_stranger* the chat of somebody who may not
    come in and what to tell them. Both must return at once.
    """

    def __init__(
        self,
        api: Updates,
        intake: Intake,
        *,
        on_kept: Callable[[list[Kept]], object],
        on_stranger: Callable[[str, str], object],
        timeout_s: int = 30,
        stale_s: float = 120.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._api = api
        self._intake = intake
        self._on_kept = on_kept
        self._on_stranger = on_stranger
        self._timeout_s = timeout_s
        self._stale_s = stale_s
        self._clock = clock
        self._sleep = sleep
        self._strangers = Strangers(clock)
        self._trouble = _Pause(1.0, 30.0, jitter)
        self._conflict = _Pause(3.0, 30.0, jitter)
        self._refused = _Pause(5.0, 60.0, jitter)
        self._offset: int | None = None
        self._connected_at = clock()
        self._cautious = True  # whether to look if Telegram is there before waiting
        self.health = Health("starting")

    async def run(self) -> NoReturn:
        """Poll until cancelled. Raises `LoggedOut` if the token was never good.

        One that was is asked for again: turns go on, and it may be given back.
        """
        while True:
            pause_s = await self._round()
            if pause_s:
                await self._sleep(pause_s)

    async def _round(self) -> float:
        """Poll once; how long to wait before the next time."""
        try:
            batch = await self._fetch()
        except LoggedOut:
            self._tell("down", REFUSED)
            if self.health.last_contact is None:
                raise
            return self._refused.next()
        except WebhookSet:
            self._contact()
            return await self._take_back()
        except Conflict:
            self._contact()
            self._tell(
                "degraded",
                "another program polls with this token: stop one of the two",
            )
            return self._conflict.next()
        except RateLimited as limit:
            self._contact()
            self._tell("degraded", f"Telegram asks for a pause ({limit})")
            return limit.retry_after_s
        except AdapterError as error:
            return await self._no_answer(error)
        return await self._take(batch)

    async def _take_back(self) -> float:
        """Somebody had updates sent elsewhere: they are to come here again."""
        self._tell(
            "degraded",
            "a webhook was set on the bot, so what people write goes there: taking it "
            "away. If this comes again, another program sets it: stop one of the two",
        )
        try:
            # Updates are kept: what was sent meanwhile is still to be done.
            await self._api.call("deleteWebhook", drop_pending_updates=False)
        except AdapterError as error:
            log.warning("poll.webhook_stays", reason=str(error))
        return self._conflict.next()

    async def _fetch(self) -> list[Any]:
        wait_s = 0 if self._cautious else self._timeout_s
        try:
            async with asyncio.timeout(self._stale_s):
                return await self._api.updates(
                    self._offset, timeout_s=wait_s, allowed=ALLOWED
                )
        except TimeoutError:
            raise Ambiguous("the connection hangs") from None

    async def _take(self, batch: list[Any]) -> float:
        """Keep what may come in, then let it be confirmed by the next poll."""
        updates = [update for update in batch if _number(update) is not None]
        if batch and not updates:
            return await self._no_answer(Ambiguous("this is not the Bot API"))
        self._contact()
        try:
            kept = await self._keep(updates)
        except Exception as error:  # noqa: BLE001 - whatever it is: nothing is confirmed
            self._tell("degraded", f"messages cannot be kept: {error!r}")
            return self._trouble.next()
        # Once nothing more comes, all is confirmed: a number out of the way of those
        # that follow must not hide them.
        numbers = [update["update_id"] for update in updates]
        self._offset = max(numbers) + 1 if numbers else None
        self._cautious = False
        self._trouble.reset()
        self._conflict.reset()
        self._refused.reset()
        self._tell("ok")
        if not kept:
            return 0.0
        self._on_kept(kept)
        return GIVE_WAY_S

    async def _keep(self, updates: list[dict[str, Any]]) -> list[Kept]:
        events = []
        for update in updates:
            if comes_in(update, self._intake.allows):
                events.append((str(update["update_id"]), json.dumps(update)))
            elif hint := self._strangers.hint(update):
                self._on_stranger(*hint)
        return await self._intake.keep(events) if events else []

    async def _no_answer(self, error: AdapterError) -> float:
        self._cautious = True
        self._tell("degraded", f"no connection to Telegram ({error})")
        now = self._clock()
        self._connected_at = min(self._connected_at, now)  # it may have been set back
        if now - self._connected_at >= self._stale_s:
            self._connected_at = now
            await self._api.reconnect()
        return self._trouble.next()

    def _contact(self) -> None:
        self._connected_at = self._clock()
        health = self.health
        self.health = Health(health.state, health.reason, self._connected_at)

    def _tell(self, state: HealthState, reason: str = "") -> None:
        if (state, reason) != (self.health.state, self.health.reason):
            tell = log.info if state == "ok" else log.warning
            tell("poll.changed", state=state, reason=reason)
        self.health = Health(state, reason, self.health.last_contact)


class _Pause:
    """A wait that doubles from *first_s* to *most_s*, never quite the same twice."""

    def __init__(
        self, first_s: float, most_s: float, jitter: Callable[[], float]
    ) -> None:
        self._first_s = self._next_s = first_s
        self._most_s = most_s
        self._jitter = jitter

    def next(self) -> float:
        now_s = self._next_s
        self._next_s = min(self._most_s, now_s * 2)
        return now_s * (1 + self._jitter() / 4)

    def reset(self) -> None:
        self._next_s = self._first_s


def _number(update: object) -> int | None:
    """Its id; None if it is not an update at all."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if type(number) is int and 0 < number < MAX_NUMBER else None
