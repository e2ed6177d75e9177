"""How a turn comes about: of the events that ask for it, or by an agent itself."""

from collections.abc import Sequence

from store.database import fetch
from store.inbox import SETTLE, settling
from store.part import Part
from store.records import AddressRecord, ConversationId, TurnId, TurnRecord


class Queueing(Part):
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
                    conversation_id, project, origin_platform, origin_event, state,
                    prompt, prompt_uuid, asked_by, platform, team, chat, thread,
                    reply_to, queued_at
                )
                SELECT
                    id, project, :origin_platform, :origin_event, 'queued',
                    :prompt, :prompt_uuid, :asked_by, :platform, :team, :chat, :thread,
                    :reply_to, :now
                FROM conversation
                WHERE id = :conversation AND NOT EXISTS (
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
        session_id: str,
        address: AddressRecord,
    ) -> TurnRecord:
        """A turn that the agent has begun by itself; that of this uuid, once begun."""
        values = {
            **address.values,
            "conversation": conversation,
            "prompt": prompt,
            "prompt_uuid": prompt_uuid,
            "session": session_id,
            "now": self._clock(),
        }
        async with self._database.transaction() as db:
            known = await fetch(db, _BEGUN_BY_ITSELF, values)
            [row] = known or await fetch(db, _BEGIN_BY_ITSELF, values)
        return TurnRecord.from_row(row)

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
                    prompt_uuids = '', attempts = 0, joined_to = NULL
                WHERE id = :id AND state IN ('queued', 'submitted', 'consumed')
                RETURNING *
                """,
                {"id": turn, "prompt": prompt, "prompt_uuid": prompt_uuid},
            )
            if not changed:
                return None
            await db.execute(SETTLE, settling(platform, events, turn))
        return TurnRecord.from_row(changed[0])


_BEGUN_BY_ITSELF = """
    SELECT * FROM turn
    WHERE conversation_id = :conversation AND prompt_uuid = :prompt_uuid
    """
_BEGIN_BY_ITSELF = """
    INSERT INTO turn (
        conversation_id, project, state, prompt, prompt_uuid, session_id, asked_by,
        platform, team, chat, thread, queued_at
    )
    SELECT
        id, project, 'consumed', :prompt, :prompt_uuid, :session, '',
        :platform, :team, :chat, :thread, :now
    FROM conversation WHERE id = :conversation
    RETURNING *
    """
