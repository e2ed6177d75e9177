"""What agents did, in short: the log of a conversation, and its summary."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from aiosqlite import Row

from store.database import fetch
from store.part import Part
from store.records import ConversationId, Record, TurnId, TurnState

ActivityKind: TypeAlias = Literal["tool", "error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRecord(Record):
    conversation_id: ConversationId
    turn_id: TurnId | None = None
    session_id: str = ""
    kind: ActivityKind
    name: str = ""  # of the tool; of what went wrong
    text: str = ""  # short
    ok: bool = True
    at: float
    duration_s: float | None = None

    @classmethod
    def _made(cls, row: Row) -> dict[str, Any]:
        return {"ok": bool(row["ok"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySummary:
    """Of one conversation; its turns are all counted, its activity while it is kept."""

    turns: dict[TurnState, int]
    tools: dict[str, tuple[int, int]]  # the most used first: how often, and in vain
    errors: int
    warnings: int
    tokens: int
    cost_usd: float
    duration_s: float  # that its turns took
    first_at: float | None  # None: there was no turn
    last_at: float | None


class Activity(Part):
    async def note_activity(self, rows: Sequence[ActivityRecord]) -> None:
        if not rows:
            return  # most turns only talk, and an empty commit holds up the others
        async with self._database.transaction() as db:
            await db.executemany(
                """
                INSERT INTO activity (
                    conversation_id, turn_id, session_id, kind, name, text, ok, at,
                    duration_s
                )
                VALUES (
                    :conversation_id, :turn_id, :session_id, :kind, :name, :text, :ok,
                    :at, :duration_s
                )
                """,
                [asdict(row) for row in rows],
            )

    async def activity(
        self, conversation: ConversationId, *, limit: int
    ) -> list[ActivityRecord]:
        """The newest, in the order they were noted."""
        rows = await self._database.run(
            """
            SELECT * FROM activity WHERE conversation_id = :id
            ORDER BY id DESC LIMIT :limit
            """,
            {"id": conversation, "limit": limit},
        )
        return [ActivityRecord.from_row(row) for row in reversed(rows)]

    async def activity_summary(self, conversation: ConversationId) -> ActivitySummary:
        values = {"id": conversation}
        async with self._database.transaction() as db:
            turns = await fetch(db, _TURNS, values)
            done = await fetch(db, _DONE, values)
        return ActivitySummary(
            turns={TurnState(row["state"]): row["count"] for row in turns},
            tools={
                row["name"]: (row["count"], row["failed"])
                for row in done
                if row["kind"] == "tool"
            },
            errors=_count(done, "error"),
            warnings=_count(done, "warning"),
            tokens=sum(row["tokens"] for row in turns),
            cost_usd=sum(row["cost_usd"] for row in turns),
            duration_s=sum(row["duration_s"] for row in turns),
            first_at=min((row["first_at"] for row in turns), default=None),
            last_at=max((row["last_at"] for row in turns), default=None),
        )


# What joined another turn took none of its own time.
_TURNS = """
    SELECT state, count(*) AS count,
        coalesce(sum(tokens), 0) AS tokens,
        coalesce(sum(cost_usd), 0.0) AS cost_usd,
        coalesce(sum(finished_at - submitted_at)
            FILTER (WHERE state <> 'joined'), 0.0) AS duration_s,
        min(queued_at) AS first_at,
        max(coalesce(finished_at, queued_at)) AS last_at
    FROM turn WHERE conversation_id = :id
    GROUP BY state ORDER BY state
    """
_DONE = """
    SELECT kind, name, count(*) AS count, count(*) FILTER (WHERE NOT ok) AS failed
    FROM activity WHERE conversation_id = :id
    GROUP BY kind, name ORDER BY count DESC, name
    """


def _count(rows: Sequence[Row], kind: ActivityKind) -> int:
    return sum(row["count"] for row in rows if row["kind"] == kind)
