"""The ledger: what is asked of agents, and how far each of it has come.

Rule: a turn changes by compare-and-set. What is final never changes its answer; only
a person's wish (`requeue_turn`) takes up again what failed.
"""

from store.errors import TurnOver
from store.part import Part
from store.records import TurnId, TurnRecord, TurnState


class Ledger(Part):
    async def submit_turn(
        self, turn: TurnId, *, prompt_uuid: str, session_id: str
    ) -> TurnRecord:
        """An agent is about to get it, under this uuid. Raises `TurnOver` if final."""
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'submitted', attempts = attempts + 1, joined_to = NULL,
                prompt_uuids = prompt_uuids || ' ' || :prompt_uuid,
                session_id = :session_id, submitted_at = :now,
                project = (
                    SELECT project FROM conversation WHERE id = conversation_id
                )
            WHERE id = :id AND state IN ('queued', 'submitted', 'consumed')
            RETURNING *
            """,
            {
                "id": turn,
                "prompt_uuid": prompt_uuid,
                "session_id": session_id,
                "now": self._clock(),
            },
        )
        if not rows:
            raise TurnOver(f"turn {turn} is final")
        return TurnRecord.from_row(rows[0])

    async def consume_turn(self, turn: TurnId) -> None:
        """The agent has shown that it took up what was submitted.

        What was steered came too late, then: this is an attempt of its own.
        """
        await self._database.run(
            """
            UPDATE turn
            SET state = 'consumed', attempts = attempts + (joined_to IS NOT NULL),
                joined_to = NULL
            WHERE id = :id AND state = 'submitted'
            """,
            {"id": turn},
        )

    async def finish_turn(
        self,
        turn: TurnId,
        *,
        state: TurnState,
        view: str,
        answer: str,
        cost_usd: float | None,
        tokens: int | None,
        structured: str | None = None,
        stopped_by: str = "",
    ) -> bool:
        """Answered, failed or cancelled; False, and nothing changes, if final already.

        Cost and tokens are added to those of earlier endings. *stopped_by*: a person,
        as "platform:id".
        """
        assert state in {TurnState.ANSWERED, TurnState.FAILED, TurnState.CANCELLED}
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = :state, joined_to = NULL, view = :view, answer = :answer,
                structured = :structured, stopped_by = :stopped_by, finished_at = :now,
                spent_at = iif(:cost_usd IS NULL, spent_at, :now),
                cost_usd = coalesce(cost_usd + :cost_usd, :cost_usd, cost_usd),
                tokens = coalesce(tokens + :tokens, :tokens, tokens)
            WHERE id = :id AND state IN ('queued', 'submitted', 'consumed')
            RETURNING id
            """,
            {
                "id": turn,
                "state": state.value,
                "view": view,
                "answer": answer,
                "structured": structured,
                "stopped_by": stopped_by,
                "cost_usd": cost_usd,
                "tokens": tokens,
                "now": self._clock(),
            },
        )
        return bool(rows)

    async def deliver_turn(self, turn: TurnId) -> None:
        """Every screen shows how it ended."""
        await self._database.run(
            """
            UPDATE turn
            SET delivered_at = :now,
                state = CASE state WHEN 'answered' THEN 'delivered' ELSE state END
            WHERE id = :id AND delivered_at IS NULL
              AND state IN ('answered', 'failed', 'cancelled', 'joined')
            """,
            {"id": turn, "now": self._clock()},
        )

    async def requeue_turn(self, turn: TurnId, *, forgive: bool) -> TurnRecord | None:
        """A person wants it tried again; *forgive* its attempts, or count on.

        None if it is answered, or was part of another turn. The uuids it had are
        remembered either way.
        """
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'queued', joined_to = NULL, view = NULL, answer = NULL,
                finished_at = NULL, delivered_at = NULL,
                attempts = CASE WHEN :forgive THEN 0 ELSE attempts END
            WHERE id = :id AND state NOT IN ('answered', 'delivered', 'joined')
            RETURNING *
            """,
            {"id": turn, "forgive": forgive},
        )
        return TurnRecord.from_row(rows[0]) if rows else None

    async def hold_turn(self, turn: TurnId) -> TurnRecord | None:
        """Queued again: a usage limit ended the attempt, which does not count.

        None if no agent has it.
        """
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'queued', attempts = max(0, attempts - (joined_to IS NULL)),
                joined_to = NULL
            WHERE id = :id AND state IN ('submitted', 'consumed')
            RETURNING *
            """,
            {"id": turn},
        )
        return TurnRecord.from_row(rows[0]) if rows else None

    async def set_tree(self, turn: TurnId, tree: str) -> None:
        """What the workspace was like before it began."""
        await self._database.run(
            "UPDATE turn SET tree = :tree WHERE id = :id", {"id": turn, "tree": tree}
        )

    async def set_tree_after(self, turn: TurnId, tree: str) -> None:
        """What the workspace was like when it had ended."""
        await self._database.run(
            "UPDATE turn SET tree_after = :tree WHERE id = :id",
            {"id": turn, "tree": tree},
        )
