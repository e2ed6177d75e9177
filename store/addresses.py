"""Where conversations live: each at one address, at several, or at none any more."""

from collections.abc import Sequence
from itertools import groupby

from store.audit import NOTE, access
from store.database import fetch
from store.inbox import CARRY_OUT, settling
from store.part import Part
from store.records import AddressRecord, ConversationId

#: A conversation lives there. The rows keep the order of moving in.
MOVE_IN = """
    INSERT INTO address (platform, team, chat, thread, conversation_id)
    VALUES (:platform, :team, :chat, :thread, :conversation)
    """


class Addresses(Part):
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

    async def addresses(self, conversation: ConversationId) -> list[AddressRecord]:
        """Where it lives, where longest first."""
        rows = await self._database.run(
            """
            SELECT * FROM address WHERE conversation_id = :id ORDER BY rowid
            """,
            {"id": conversation},
        )
        return [AddressRecord.from_row(row) for row in rows]

    async def leave(
        self, address: AddressRecord, *, platform: str, events: Sequence[str]
    ) -> None:
        """Nothing lives there any more; the next words there begin something new."""
        async with self._database.transaction() as db:
            await db.execute(
                """
                DELETE FROM address
                WHERE platform = :platform AND team = :team
                  AND chat = :chat AND thread = :thread
                """,
                address.values,
            )
            await db.execute(CARRY_OUT, settling(platform, events))

    async def linked(self) -> dict[ConversationId, list[AddressRecord]]:
        """Conversations that live at more than one address, where longest first."""
        rows = await self._database.run(
            """
            SELECT * FROM address
            WHERE conversation_id IN (
                SELECT conversation_id FROM address
                GROUP BY conversation_id HAVING count(*) > 1
            )
            ORDER BY conversation_id, rowid
            """
        )
        return {
            ConversationId(number): [AddressRecord.from_row(row) for row in homes]
            for number, homes in groupby(rows, lambda row: int(row["conversation_id"]))
        }

    async def move_address(
        self,
        address: AddressRecord,
        conversation: ConversationId,
        *,
        platform: str,
        events: Sequence[str],
        by: str = "",
    ) -> bool:
        """The address is this conversation's from now on, as *events* asked for.

        *by*: who, as "platform:id".

        Whatever lived there goes on, at its other addresses if it has any. False, and
        the events are not done, if this conversation is forgotten.
        """
        values = {**address.values, "conversation": conversation}
        async with self._database.transaction() as db:
            if not await fetch(
                db,
                """
                SELECT 1 FROM conversation
                WHERE id = :conversation AND deleted_at IS NULL
                """,
                values,
            ):
                return False
            await db.execute(
                """
                DELETE FROM address
                WHERE platform = :platform AND team = :team
                  AND chat = :chat AND thread = :thread
                  AND conversation_id <> :conversation
                """,
                values,
            )
            await db.execute(f"{MOVE_IN} ON CONFLICT DO NOTHING", values)
            told = access(self._clock(), conversation, by, shown_at=address.values)
            await db.execute(NOTE, told)
            await db.execute(CARRY_OUT, settling(platform, events))
        return True

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
