"""Usage limits: an account's turns wait until the limit ends, and go on by themselves.

Rule: no turn begins while `until` says a time. What is parked survives a restart.
"""

import asyncio
import math
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.moments import moment
from runner.events import Phrase
from store.parking import ParkRecord

log = structlog.get_logger()

#: Waits one after another where nobody says when the limit ends, or it was not true.
BACK_OFF_S = (300.0, 900.0, 1800.0, 3600.0)
#: An end that far back is over by the time we hear of it; an earlier one says nothing.
JUST_OVER_S = 60.0
#: No limit lasts longer (the longest is a week's): a later end is a wrong clock's.
LONGEST_S = 8 * 24 * 3600.0
#: The clock may be set, and a machine may sleep: it is looked at again so often.
LOOK_S = 30.0
#: Between two conversations that go on: the first shows whether the limit is over.
STAGGER_S = 1.0


class ParkStore(Protocol):
    async def park_account(self, account: str, until: float, reason: str) -> None: ...
    async def parked_accounts(self) -> Mapping[str, ParkRecord]: ...
    async def unpark_account(self, account: str) -> None: ...


@dataclass(slots=True)
class _Park:
    """From the first refusal until a turn goes well, through any number of waits."""

    since: float
    until: float
    ends: float  # the same by a clock that nobody sets
    waits: int = 0  # before this one
    kept: bool = True  # on disk
    told: set[object] = field(default_factory=set)


def account(agent: str, billing: str) -> str:
    """Whose limits they are."""
    return f"{agent}:{billing}"


def continues(until: float, now: float) -> Phrase:
    """For a turn that waits: "continues at 15:40"."""
    return Phrase("limits-continues", moment(until, now))


def parked(until: float, now: float) -> Phrase:
    """Said once in each conversation."""
    return Phrase("limits-parked", moment(until, now))


class Parking:
    """*clock*: epoch seconds; *monotonic*: nobody sets it; *jitter*: seconds."""

    def __init__(
        self,
        store: ParkStore,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = lambda: random.uniform(1, 10),  # noqa: S311
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._jitter = jitter
        self._parks: dict[str, _Park] = {}
        self._waiting: dict[str, dict[object, Callable[[], None]]] = {}
        self._changed = asyncio.Event()
        self._next_wake = -math.inf

    async def load(self) -> None:
        """Take up what an earlier run has parked. Call before anything else."""
        now = self._clock()
        for account, record in (await self._store.parked_accounts()).items():
            if record.until > now:
                self._parks[account] = self._begin(now, record.until)
            else:
                await self._store.unpark_account(account)

    def until(self, account: str) -> float | None:
        """When its turns go on, epoch seconds; None: now."""
        park = self._parks.get(account)
        return park.until if park and self._lasts(park) else None

    def parked(self) -> dict[str, float]:
        """Accounts that wait now, and until when."""
        return {
            account: park.until
            for account, park in self._parks.items()
            if self._lasts(park)
        }

    async def park(
        self, account: str, *, until: float | None, reason: str = ""
    ) -> float:
        """A turn was refused; when its account goes on.

        *until* is what the agent says of it, if anything. The conversations that meet
        the same limit at the same time lengthen one wait, and do not count as several.
        """
        now = self._clock()
        told = until is not None and until > now - JUST_OVER_S
        known = max(until or 0.0, now) + self._jitter() if told else None
        park = self._parks.get(account)
        if park and self._lasts(park):
            waits, ends = park.waits, max(park.until, known or 0.0)
        else:
            waits = park.waits + 1 if park else 0
            ends = max(known or 0.0, now + _least_s(waits, known))
        following = self._begin(now, ends)
        following.waits = waits
        following.told = park.told if park else set()
        self._parks[account] = following
        await self._store.park_account(account, following.until, reason)
        log.warning("account.parked", account=account, until=following.until)
        self._changed.set()
        return following.until

    async def succeeded(self, account: str, *, began_at: float) -> None:
        """A turn went well: the limit is over, unless the turn is older than it."""
        park = self._parks.get(account)
        if park and began_at >= park.since:
            await self.release(account)

    async def release(self, account: str) -> None:
        """Go on now."""
        park = self._parks.pop(account, None)
        if park and park.kept:
            await self._store.unpark_account(account)
        self._changed.set()

    def wait(self, account: str, key: object, wake: Callable[[], None]) -> None:
        """Call *wake* once, when the account's turns may go on."""
        self._waiting.setdefault(account, {})[key] = wake
        self._changed.set()

    def leave(self, key: object) -> None:
        """It does not wait any more."""
        for waiting in self._waiting.values():
            waiting.pop(key, None)

    def first_told(self, account: str, key: object) -> bool:
        """True once for each conversation, until a turn of the account goes well."""
        park = self._parks.get(account)
        if park is None or key in park.told:
            return False
        park.told.add(key)
        return True

    async def run(self) -> None:
        """Wake who waits, when it is time. Until cancelled."""
        while True:
            self._changed.clear()
            pause_s = await self._look()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._changed.wait()

    async def _look(self) -> float:
        """Free what is over; seconds until it pays to look again."""
        pauses = [LOOK_S]
        for account, park in list(self._parks.items()):
            if self._lasts(park):
                pauses.append(self._left(park))
            elif park.kept:
                park.kept = False  # how often it was refused is still remembered
                await self._store.unpark_account(account)
                log.info("account.goes_on", account=account)
        for account, waiting in self._waiting.items():
            if waiting and self.until(account) is None:
                pauses.append(self._wake_one(waiting))
        return min(pauses)

    def _wake_one(self, waiting: dict[object, Callable[[], None]]) -> float:
        """The next, unless one was woken just before; seconds until another."""
        now = self._monotonic()
        if now < self._next_wake:
            return self._next_wake - now
        self._next_wake = now + STAGGER_S
        waiting.pop(next(iter(waiting)))()
        return STAGGER_S

    def _begin(self, now: float, until: float) -> _Park:
        lasts_s = min(until - now, LONGEST_S)
        return _Park(now, now + lasts_s, self._monotonic() + lasts_s)

    def _left(self, park: _Park) -> float:
        return max(0.0, min(park.until - self._clock(), park.ends - self._monotonic()))

    def _lasts(self, park: _Park) -> bool:
        return self._left(park) > 0


def _least_s(waits: int, known: float | None) -> float:
    """A first word on when the limit ends is trusted; a second one no more."""
    step = waits if known is None else waits - 1
    return BACK_OFF_S[min(step, len(BACK_OFF_S) - 1)] if step >= 0 else 0.0
