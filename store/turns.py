"""What the ledger says of turns."""

from store.part import Part
from store.records import AddressRecord, ConversationId, TurnId, TurnRecord


class Turns(Part):
    async def turn(self, turn: TurnId) -> TurnRecord | None:
        return _first(
            await self._turns("SELECT * FROM turn WHERE id = :id", {"id": turn})
        )

    async def turn_of_event(self, platform: str, event_id: str) -> TurnRecord | None:
        """The turn that this event began, joined or amended."""
        return _first(
            await self._turns(
                """
                SELECT * FROM turn
                WHERE id = (
                    SELECT turn_id FROM inbox
                    WHERE platform = :platform AND event_id = :event_id
                )
                OR (origin_platform = :platform AND origin_event = :event_id)
                """,
                {"platform": platform, "event_id": event_id},
            )
        )

    async def turn_of_message(
        self, address: AddressRecord, reply_to: str
    ) -> TurnRecord | None:
        """The newest turn that this message asked for."""
        return _first(
            await self._turns(
                """
                SELECT * FROM turn
                WHERE chat = :chat AND reply_to = :reply_to
                  AND platform = :platform AND team = :team AND thread = :thread
                ORDER BY id DESC LIMIT 1
                """,
                {**address.values, "reply_to": reply_to},
            )
        )

    async def unfinished_turns(
        self, conversation: ConversationId | None = None
    ) -> list[TurnRecord]:
        """Those that are not final, of one conversation or of all, as admitted."""
        return await self._turns(
            """
            SELECT * FROM turn
            WHERE delivered_at IS NULL AND state IN ('queued', 'submitted', 'consumed')
              AND coalesce(:conversation, conversation_id) = conversation_id
            ORDER BY id
            """,
            {"conversation": conversation},
        )

    async def undelivered_turns(self) -> list[TurnRecord]:
        """Those that are final, and not on every screen."""
        return await self._turns(
            """
            SELECT * FROM turn
            WHERE delivered_at IS NULL
              AND state IN ('answered', 'failed', 'cancelled', 'joined')
            ORDER BY id
            """,
            {},
        )

    async def last_turns(
        self, conversation: ConversationId, n: int
    ) -> list[TurnRecord]:
        """Its newest answered ones, oldest first."""
        newest = await self._turns(
            """
            SELECT * FROM turn
            WHERE conversation_id = :id AND state IN ('answered', 'delivered')
            ORDER BY id DESC LIMIT :n
            """,
            {"id": conversation, "n": n},
        )
        return newest[::-1]

    async def _turns(self, query: str, values: dict[str, object]) -> list[TurnRecord]:
        return [
            TurnRecord.from_row(row) for row in await self._database.run(query, values)
        ]


def _first(turns: list[TurnRecord]) -> TurnRecord | None:
    return turns[0] if turns else None
