"""What one turn costs and how long it works, measured while it runs.

Rule: it only says that a limit is reached; whoever runs the turn interrupts it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bot.budgets import Exceeded, Spending
from bot.moments import span
from bot.waits import Waits
from runner.errors import RunnerError
from runner.events import Limit, Phrase, RunnerEvent, ToolFinished

log = structlog.get_logger()

#: The agent is asked what it has cost at most so often.
LOOK_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLimits:
    """Of one turn; 0: none."""

    cost_usd: float = 0.0
    seconds: float = 0.0  # of work: the time it waits for people is theirs

    def __bool__(self) -> bool:
        return bool(self.cost_usd or self.seconds)


@dataclass(frozen=True, slots=True)
class Reached:
    """Why a turn has to end, and what people read."""

    limit: Limit
    words: Phrase


class Meter:
    """*cost*: all that the agent's process has cost so far. *check*: of the budgets.

    *spending* is kept up to date; None if no budget is to be kept to.
    """

    def __init__(
        self,
        limits: TurnLimits,
        *,
        cost: Callable[[], Awaitable[float]],
        over: Callable[[Reached], None],
        spending: Spending | None = None,
        check: Callable[[], Awaitable[Exceeded | None]] | None = None,
    ) -> None:
        self._limits = limits
        self._cost = cost
        self._over = over
        self._spending = spending
        self._check = check
        self._waits = Waits()
        self._news = asyncio.Event()
        self._before: float | None = None  # what the process had cost before
        self._tool_ended = False
        self._next_look = 0.0
        self._worked = 0.0  # seconds, up to the last time it began to wait
        self._since: float | None = None  # works since; None: it waits for people

    def heard(self, event: RunnerEvent) -> None:
        self._waits.heard(event)
        if isinstance(event, ToolFinished):
            self._tool_ended = True
        self._note()

    def answered(self, request_id: str) -> None:
        self._waits.answered(request_id)
        self._note()

    async def run(self) -> None:
        """From the prompt on, until a limit is reached, or until cancelled."""
        self._since = _now()
        if self._counts_money:
            self._before = await self._spent_by_process()
        while True:
            self._news.clear()
            if reached := self._too_long() or await self._too_dear():
                self._over(reached)
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._news.wait()

    @property
    def _counts_money(self) -> bool:
        return bool(self._limits.cost_usd or self._check)

    def _note(self) -> None:
        """Text streams in by the thousand pieces: only what matters wakes `run`."""
        if self._since is None and not self._waits:
            self._since = _now()
        elif self._since is not None and self._waits:
            self._worked += _now() - self._since
            self._since = None
        elif not self._tool_ended:
            return
        self._news.set()

    def _working_s(self) -> float:
        return self._worked + (0.0 if self._since is None else _now() - self._since)

    def _too_long(self) -> Reached | None:
        limit = self._limits.seconds
        if not limit or self._working_s() < limit:
            return None
        return Reached("time", Phrase("limits-reached-time", span(limit)))

    async def _too_dear(self) -> Reached | None:
        if not (self._counts_money and self._tool_ended) or _now() < self._next_look:
            return None
        self._tool_ended = False
        self._next_look = _now() + LOOK_S
        total = await self._spent_by_process()
        if total is None:
            return None
        if self._before is None:
            self._before = total
        spent, limit = total - self._before, self._limits.cost_usd
        if self._spending:
            self._spending.usd = spent
        if limit and spent >= limit:
            values = {"spent": spent, "limit": limit}
            return Reached("cost", Phrase("limits-reached-cost", values))
        exceeded = await self._check() if self._check else None
        return Reached("budget", exceeded.words) if exceeded else None

    async def _spent_by_process(self) -> float | None:
        try:
            return await self._cost()
        except RunnerError as error:
            log.warning("turn.cost_unknown", reason=str(error))
            return None

    def _pause_s(self) -> float | None:
        pauses = []
        if self._limits.seconds and self._since is not None:
            pauses.append(self._limits.seconds - self._working_s())
        if self._counts_money and self._tool_ended:
            pauses.append(self._next_look - _now())
        return max(0.0, min(pauses)) if pauses else None


def _now() -> float:
    return asyncio.get_running_loop().time()
