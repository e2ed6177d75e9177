"""What is kept of a turn: what it did, what it cost, how it ended; and the counting.

Rule: how it ended is committed before it is counted.
"""

from collections.abc import Callable

import structlog

from adapters.views import TurnStatus
from bot.activity import Activity
from bot.audit import Trail
from bot.codec import TURN_VIEW
from bot.metrics import Metrics
from bot.turn import Turn
from runner.events import RunnerEvent, TextDelta, ToolStarted, TurnFinished, Usage
from store.activity import ActivityRecord
from store.records import TurnRecord, TurnState
from store.store import Store

log = structlog.get_logger()

STATES = {
    TurnStatus.DONE: TurnState.ANSWERED,
    TurnStatus.FAILED: TurnState.FAILED,
    TurnStatus.CANCELLED: TurnState.CANCELLED,
}


class Books:
    """Of one turn."""

    def __init__(
        self,
        record: TurnRecord,
        *,
        store: Store,
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        self._turn = record.id
        self._origin = record.origin
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._activity = Activity(clock)
        self.trail = Trail(store, record.id)
        self.spoke = False  # its first words were counted

    def hear(self, event: RunnerEvent, *, asked_at: float) -> None:
        if not self.spoke and isinstance(event, TextDelta | ToolStarted):
            self.spoke = True
            self._metrics.first_words(self._origin, self._clock() - asked_at)
        self._activity.hear(event)

    def done(self, record: TurnRecord) -> list[ActivityRecord]:
        """What the agent did, for the log; each row once."""
        return self._activity.rows(record, record.session_id or "")

    async def charge(self, event: TurnFinished) -> None:
        """What it cost until it was stopped, which the agent says at the end."""
        await self._store.add_cost(self._turn, event.cost_usd, _tokens(event.usage))

    async def close(
        self,
        record: TurnRecord,
        turn: Turn,
        *,
        usage: Usage | None = None,
        structured: str = "",
        stopped_by: str = "",
    ) -> None:
        """Commit how it ended. *stopped_by*: "platform:id"."""
        view = turn.view()
        assert view.final
        await self.trail.write()
        await self._store.finish_turn(
            record.id,
            state=STATES[view.status],
            view=TURN_VIEW.dump(view),
            answer=turn.answer,
            cost_usd=view.cost_usd,
            tokens=_tokens(usage),
            structured=structured or None,
            stopped_by=stopped_by,
        )
        lasted_s = (view.ended_at or 0) - (view.started_at or 0)
        self._metrics.turn_ended(
            record.origin,
            view.status,
            duration_s=lasted_s if view.started_at else None,
            usage=usage,
            cost_usd=view.cost_usd,
        )
        log.info(
            "turn.finished",
            turn=record.id,
            status=view.status.value,
            attempts=record.attempts,
            duration_s=round(lasted_s, 3),
            parts=len(view.parts),
            cost_usd=view.cost_usd,
        )


def _tokens(usage: Usage | None) -> int | None:
    return None if usage is None else usage.input + usage.output
