"""What waits to be shown: the newest view wins, the urgent goes first.

Rule: every chat, or thread, has a lane of its own, and nothing one lane waits for
delays another. Whether our token is good is judged by who takes in, not here.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from math import inf, isinf
from typing import Protocol

import structlog

from adapters.base import (
    Ambiguous,
    Busy,
    Health,
    LoggedOut,
    RateLimited,
    Rejected,
    Unavailable,
    Unreachable,
)
from adapters.inbound import Address
from adapters.lane import Cadence, Entry, Lane, Now, Urgency
from adapters.views import View

log = structlog.get_logger()

EARLY_S = 0.001  # a timer may fire a moment before its time
LONG_S = 30.0  # whoever is kept waiting for longer is told of to the operator


class Canvas(Protocol):
    """A platform's screens, drawn upon one call at a time."""

    async def ready(self, lane: str, urgency: Callable[[], Urgency]) -> None:
        """Return once a call may be made; the right to it is kept for `draw`.

        *urgency* is what the lane waits with: asked late, since it may rise meanwhile.
        """
        ...

    async def draw(self, address: Address, view: View) -> bool:
        """Make one call that brings the screen closer to *view*; True: it is there.

        Never asked twice at once for one lane. Raises `AdapterError`.
        """
        ...


def chat_of(address: Address) -> str:
    return address.chat


class Outbox:
    """Holds at most one unseen view per id, and draws them lane by lane.

    Nothing is rendered before a call may be made, so a flood of views costs little.
    *lane_of* names the lane of an address.
    """

    def __init__(
        self,
        *,
        lane_of: Callable[[Address], str] = chat_of,
        cadence: Cadence = Cadence(),  # noqa: B008 - frozen
        now: Callable[[], float] = time.time,
    ) -> None:
        self._lane_of = lane_of
        self._cadence = cadence
        self._epoch = now
        self._lanes: dict[str, _Worker] = {}
        self._running: tuple[asyncio.TaskGroup, Canvas] | None = None
        self._serial = 0
        self._progress = asyncio.Event()

    def put(self, address: Address, view: View) -> None:
        """Replace whatever is unseen of this view. Never blocks; waits for `run`."""
        self._serial += 1
        lane = self._lane_of(address)
        worker = self._lanes.get(lane) or self._open(lane, address.chat)
        if worker.lane.put(address, view, self._serial):
            self._start(worker)
            worker.look()

    def revive(self, chat: str) -> None:
        """The chat may accept messages again, in all of its lanes."""
        for worker in self._lanes.values():
            if worker.chat == chat:
                worker.lane.unreachable = False
                self._start(worker)

    async def run(self, canvas: Canvas) -> None:
        """Draw until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._running = (tasks, canvas)
            for worker in self._lanes.values():
                self._start(worker)
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._running = None

    async def flush(self) -> None:
        """Return once all that was put so far is on the screen. Edits do not pause."""
        mark = self._serial
        for worker in self._lanes.values():
            worker.lane.hurry_until = mark
            worker.woken.set()
        while any(worker.lane.unseen(mark) for worker in self._lanes.values()):
            self._progress.clear()
            await self._progress.wait()

    def told(self, health: Health) -> Health:
        """*health*, and how many are kept waiting, if it has no other trouble."""
        if not self._lanes or health.reason:
            return health
        waits = [worker.kept_waiting_s for worker in self._lanes.values()]
        limited = [wait_s for wait_s in waits if LONG_S < wait_s < inf]
        reasons = []
        if limited:
            reasons.append(
                f"{len(limited)} kept waiting by a limit or an outage, the longest for "
                f"{max(limited):.0f} s more"
            )
        if unreachable := sum(map(isinf, waits)):
            reasons.append(f"{unreachable} not accepting messages (blocked, gone)")
        if not reasons:
            return health
        return replace(health, reason=f"chats: {'; '.join(reasons)}; nothing is lost")

    def _open(self, lane: str, chat: str) -> "_Worker":
        worker = self._lanes[lane] = _Worker(
            lane, chat, Lane(self._cadence), self._epoch, self._progress
        )
        return worker

    def _start(self, worker: "_Worker") -> None:
        if self._running and not worker.running and not worker.lane.unreachable:
            tasks, canvas = self._running
            worker.running = True
            tasks.create_task(self._work(worker, canvas))

    async def _work(self, worker: "_Worker", canvas: Canvas) -> None:
        await worker.run(canvas)
        if worker.forgettable:
            del self._lanes[worker.name]


class _Worker:
    """Draws one lane; its task ends when nothing is due any more."""

    def __init__(
        self,
        name: str,
        chat: str,
        lane: Lane,
        epoch: Callable[[], float],
        progress: asyncio.Event,
    ) -> None:
        self.name = name
        self.chat = chat
        self.lane = lane
        self.running = False
        self.woken = asyncio.Event()
        self._rests_until = -inf  # while it does not rest, it looks around by itself
        self._epoch = epoch
        self._progress = progress

    @property
    def forgettable(self) -> bool:
        return not self.lane.entries and not self.lane.halvings(self._now())

    @property
    def kept_waiting_s(self) -> float:
        return self.lane.kept_waiting_s(self._now())

    def look(self) -> None:
        """There is news: get up if it cannot wait."""
        if self.lane.due(self._now()) < self._rests_until:
            self.woken.set()

    async def run(self, canvas: Canvas) -> None:
        try:
            while (due := self.lane.due(now := self._now())) < inf:
                if due > now.ticks:
                    await self._rest(due)
                    continue
                await canvas.ready(self.name, self._urgency)
                await self._draw(canvas, self.lane.next(self._now()))
        finally:
            self.running = False

    async def _rest(self, until: float) -> None:
        self._rests_until = until
        self.woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self.woken.wait()
        self._rests_until = -inf

    def _urgency(self) -> Urgency:
        return self.lane.next(self._now()).urgency

    async def _draw(self, canvas: Canvas, entry: Entry) -> None:
        """One call. A failure stays where it happened: in the lane, or in the view."""
        view = entry.view
        try:
            finished = await canvas.draw(entry.address, view)
        except RateLimited as limit:
            self.lane.slow_down(self._now(), limit.retry_after_s)
            log.warning(
                "outbox.rate_limited", lane=self.name, retry_after_s=limit.retry_after_s
            )
        except Busy as busy:
            entry.retry_at = self._now().ticks + busy.wait_s
        except Unreachable as error:
            self.lane.unreachable = True
            log.warning("outbox.unreachable", lane=self.name, reason=str(error))
        except (Unavailable, Ambiguous, LoggedOut) as error:
            self.lane.fail(self._now())
            log.warning("outbox.unavailable", lane=self.name, reason=str(error))
        except Rejected:
            log.exception("outbox.rejected", view=view.id)  # asking again cannot help
            self._seen(entry, view)
        except Exception:
            entry.fail(self._now())
            log.exception("outbox.failed", view=view.id)
        else:
            self.lane.failures = entry.failures = 0
            entry.half_drawn = not finished
            if finished:
                self._seen(entry, view)

    def _seen(self, entry: Entry, view: View) -> None:
        self.lane.seen(entry, view, self._now())
        self._progress.set()

    def _now(self) -> Now:
        ticks = asyncio.get_running_loop().time() + EARLY_S
        return Now(ticks, self._epoch())
