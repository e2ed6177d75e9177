"""The ledger: what is asked of agents, and how far each of it has come.

Rule: a turn changes by compare-and-set. What is final never changes its answer; only
a person's wish (`requeue_turn`) takes up again what failed.
"""

from collections.abc import Sequence

from store.database import fetch
from store.errors import TurnOver
from store.inbox import SETTLE, settling
from store.part import Part
from store.records import (
    AddressRecord,
    ConversationId,
    TurnId,
    TurnRecord,
    TurnState,
)


class Ledger(Part):
    # --- how a turn comes about -----------------------------------------------

    async def queue_turn(
        self,
        conversation: ConversationId,
        *,
        platform: str,
        events: Sequence[str],
        prompt: str,
        asked_by: str,
        address: AddressRecord,
        reply_to: str | None,
        prompt_uuid: str,
    ) -> TurnRecord | None:
        """Make a turn of these events (not empty), which are done with that.

        None if the first of them is part of a turn already.
        """
        async with self._database.transaction() as db:
            added = await fetch(
                db,
                """
                INSERT INTO turn (
                    conversation_id, origin_platform, origin_event, state, prompt,
                    prompt_uuid, asked_by, platform, team, chat, thread, reply_to,
                    queued_at
                )
                SELECT
                    :conversation, :origin_platform, :origin_event, 'queued', :prompt,
                    :prompt_uuid, :asked_by, :platform, :team, :chat, :thread,
                    :reply_to, :now
                WHERE NOT EXISTS (
                    SELECT 1 FROM inbox
                    WHERE platform = :origin_platform AND event_id = :origin_event
                      AND turn_id IS NOT NULL
                )
                ON CONFLICT (origin_platform, origin_event) DO NOTHING
                RETURNING *
                """,
                {
                    **address.values,
                    "conversation": conversation,
                    "origin_platform": platform,
                    "origin_event": events[0],
                    "prompt": prompt,
                    "prompt_uuid": prompt_uuid,
                    "asked_by": asked_by,
                    "reply_to": reply_to,
                    "now": self._clock(),
                },
            )
            turn = TurnRecord.from_row(added[0]) if added else None
            await db.execute(
                SETTLE, settling(platform, events, turn.id if turn else None)
            )
        return turn

    async def begin_unasked_turn(
        self,
        conversation: ConversationId,
        *,
        prompt: str,
        prompt_uuid: str,
        address: AddressRecord,
    ) -> TurnRecord:
        """A turn that the agent has begun by itself."""
        [row] = await self._database.run(
            """
            INSERT INTO turn (
                conversation_id, state, prompt, prompt_uuid, asked_by,
                platform, team, chat, thread, queued_at
            )
            VALUES (
                :conversation, 'consumed', :prompt, :prompt_uuid, '',
                :platform, :team, :chat, :thread, :now
            )
            RETURNING *
            """,
            {
                **address.values,
                "conversation": conversation,
                "prompt": prompt,
                "prompt_uuid": prompt_uuid,
                "now": self._clock(),
            },
        )
        return TurnRecord.from_row(row)

    # --- how it goes on -------------------------------------------------------

    async def amend_turn(
        self,
        turn: TurnId,
        *,
        prompt: str,
        prompt_uuid: str,
        platform: str,
        events: Sequence[str],
    ) -> TurnRecord | None:
        """Other words, as *events* wish: queued anew, as if never submitted.

        None, and the events are not done, if the turn is final.
        """
        async with self._database.transaction() as db:
            changed = await fetch(
                db,
                """
                UPDATE turn
                SET state = 'queued', prompt = :prompt, prompt_uuid = :prompt_uuid,
                    prompt_uuids = '', attempts = 0
                WHERE id = :id AND state IN ('queued', 'submitted', 'consumed')
                RETURNING *
                """,
                {"id": turn, "prompt": prompt, "prompt_uuid": prompt_uuid},
            )
            if not changed:
                return None
            await db.execute(SETTLE, settling(platform, events, turn))
        return TurnRecord.from_row(changed[0])

    async def submit_turn(
        self, turn: TurnId, *, prompt_uuid: str, session_id: str
    ) -> TurnRecord:
        """An agent is about to get it, under this uuid. Raises `TurnOver` if final."""
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'submitted', attempts = attempts + 1,
                prompt_uuids = prompt_uuids || ' ' || :prompt_uuid,
                session_id = :session_id, submitted_at = :now
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
        """The agent has shown that it took up what was submitted."""
        await self._database.run(
            "UPDATE turn SET state = 'consumed' WHERE id = :id AND state = 'submitted'",
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
    ) -> bool:
        """Answered, failed or cancelled; False, and nothing changes, if final already.

        Cost and tokens are added to those of earlier endings.
        """
        assert state in {TurnState.ANSWERED, TurnState.FAILED, TurnState.CANCELLED}
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = :state, view = :view, answer = :answer,
                structured = :structured, finished_at = :now,
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
              AND state IN ('answered', 'failed', 'cancelled')
            """,
            {"id": turn, "now": self._clock()},
        )

    async def requeue_turn(self, turn: TurnId, *, forgive: bool) -> TurnRecord | None:
        """A person wants it tried again; *forgive* its attempts, or count on.

        None if it is answered. The uuids it had are remembered either way.
        """
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'queued', view = NULL, answer = NULL,
                finished_at = NULL, delivered_at = NULL,
                attempts = CASE WHEN :forgive THEN 0 ELSE attempts END
            WHERE id = :id AND state NOT IN ('answered', 'delivered')
            RETURNING *
            """,
            {"id": turn, "forgive": forgive},
        )
        return TurnRecord.from_row(rows[0]) if rows else None
