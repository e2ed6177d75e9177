"""Conversations, and the addresses at which they live."""

from collections.abc import Sequence

from aiosqlite import Connection

from store.database import fetch
from store.inbox import SETTLE, settling
from store.part import Part
from store.records import AddressRecord, ConversationId, ConversationRecord


class Conversations(Part):
    async def conversation_at(
        self, address: AddressRecord, *, project: str, agent: str, session_id: str
    ) -> ConversationRecord:
        """The conversation that lives there, begun with these if there is none."""
        async with self._database.transaction() as db:
            if found := await _find(db, address):
                return found
            [row] = await fetch(
                db,
                """
                INSERT INTO conversation
                    (project, agent, session_id, created_at, changed_at)
                VALUES (:project, :agent, :session_id, :now, :now)
                RETURNING *
                """,
                {
                    "project": project,
                    "agent": agent,
                    "session_id": session_id,
                    "now": self._clock(),
                },
            )
            await db.execute(
                """
                INSERT INTO address (platform, team, chat, thread, conversation_id)
                VALUES (:platform, :team, :chat, :thread, :conversation)
                """,
                {**address.values, "conversation": row["id"]},
            )
            return ConversationRecord.from_row(row)

    async def lives_at(self, address: AddressRecord) -> bool:
        """Whether a conversation has begun there."""
        rows = await self._database.run(
            """
            SELECT 1 FROM address
            WHERE platform = :platform AND team = :team
              AND chat = :chat AND thread = :thread
            """,
            address.values,
        )
        return bool(rows)

    async def active(
        self, platform: str, since: float
    ) -> list[tuple[AddressRecord, str | None]]:
        """Addresses where somebody asked something after *since*, the latest first.

        Each with the newest message there that asked; None if none is known.
        """
        rows = await self._database.run(
            """
            SELECT platform, team, chat, thread, max(reply_to) AS newest
            FROM turn
            WHERE platform = :platform AND origin_event IS NOT NULL
              AND queued_at > :since
            GROUP BY team, chat, thread
            ORDER BY max(queued_at) DESC
            """,
            {"platform": platform, "since": since},
        )
        return [(AddressRecord.from_row(row), row["newest"]) for row in rows]

    async def addresses(self, conversation: ConversationId) -> list[AddressRecord]:
        rows = await self._database.run(
            """
            SELECT * FROM address WHERE conversation_id = :id
            ORDER BY platform, team, chat, thread
            """,
            {"id": conversation},
        )
        return [AddressRecord.from_row(row) for row in rows]

    async def begin_session(
        self,
        conversation: ConversationId,
        session_id: str,
        *,
        platform: str,
        events: Sequence[str],
    ) -> ConversationRecord:
        """Another agent session from now on, as *events* asked for."""
        async with self._database.transaction() as db:
            [row] = await fetch(
                db,
                """
                UPDATE conversation SET session_id = :session_id WHERE id = :id
                RETURNING *
                """,
                {"session_id": session_id, "id": conversation},
            )
            await db.execute(SETTLE, settling(platform, events))
        return ConversationRecord.from_row(row)


async def _find(db: Connection, address: AddressRecord) -> ConversationRecord | None:
    found = await fetch(
        db,
        """
        SELECT conversation.* FROM conversation
        JOIN address ON address.conversation_id = conversation.id
        WHERE platform = :platform AND team = :team
          AND chat = :chat AND thread = :thread
        """,
        address.values,
    )
    return ConversationRecord.from_row(found[0]) if found else None
