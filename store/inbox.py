"""Raw events: on disk before anything is made of them, and recognised afterwards."""

from collections.abc import Sequence

from store.database import listed
from store.part import Part
from store.records import BacklogRecord, KeptRecord, ParkedRecord, TurnId

#: Events are done, as parts of a turn if there is one. Run it where that is decided.
SETTLE = """
    UPDATE inbox
    SET state = 'done', payload = NULL, turn_id = coalesce(turn_id, :turn)
    WHERE platform = :platform
      AND event_id IN (SELECT value FROM json_each(:events))
    """

#: Events have had their effect, and nobody was told yet. Run it where that is decided.
CARRY_OUT = """
    UPDATE inbox SET reason = 'carried out'
    WHERE platform = :platform AND state = 'kept'
      AND event_id IN (SELECT value FROM json_each(:events))
    """


def settling(
    platform: str, events: Sequence[str], turn: TurnId | None = None
) -> dict[str, object]:
    """The values of `SETTLE`, and of `CARRY_OUT`."""
    return {"platform": platform, "events": listed(events), "turn": turn}


class Inbox(Part):
    async def keep(
        self, platform: str, events: Sequence[tuple[str, str]]
    ) -> list[KeptRecord]:
        """Commit (event id, payload) pairs; those never seen before, in order."""
        rows = await self._database.run(
            """
            INSERT INTO inbox (platform, event_id, payload, kept_at)
            SELECT
                :platform,
                json_extract(value, '$[0]'), json_extract(value, '$[1]'),
                :now
            FROM json_each(:events)
            WHERE true -- tells SQLite that ON CONFLICT is no join's ON
            ON CONFLICT (platform, event_id) DO NOTHING
            RETURNING seq, event_id, payload, kept_at
            """,
            {"platform": platform, "events": listed(events), "now": self._clock()},
        )
        return [
            KeptRecord.from_row(row) for row in sorted(rows, key=lambda r: r["seq"])
        ]

    async def pending(self, platform: str) -> list[KeptRecord]:
        """Events of which nothing has been made yet, in the order they came."""
        rows = await self._database.run(
            """
            SELECT * FROM inbox
            WHERE platform = :platform AND state = 'kept' ORDER BY seq
            """,
            {"platform": platform},
        )
        return [KeptRecord.from_row(row) for row in rows]

    async def carried_out(self, platform: str, event_ids: Sequence[str]) -> bool:
        """Whether they have had their effect; a kill kept people from hearing of it."""
        rows = await self._database.run(
            """
            SELECT 1 FROM inbox
            WHERE platform = :platform AND state = 'kept' AND reason = 'carried out'
              AND event_id IN (SELECT value FROM json_each(:events))
            """,
            {"platform": platform, "events": listed(event_ids)},
        )
        return bool(rows)

    async def last_kept_at(self, platform: str) -> float | None:
        """When its newest event came; None: never any."""
        rows = await self._database.run(
            """
            SELECT kept_at FROM inbox WHERE platform = :platform
            ORDER BY seq DESC LIMIT 1
            """,
            {"platform": platform},
        )
        return rows[0]["kept_at"] if rows else None

    async def backlog(self) -> list[BacklogRecord]:
        """By platform: what is not dealt with yet, and what never will be."""
        rows = await self._database.run(
            """
            SELECT platform, min(kept_at) AS oldest_kept_at, sum(parked) AS parked
            FROM (
                SELECT platform, kept_at, 0 AS parked FROM inbox WHERE state = 'kept'
                UNION ALL -- each has an index of its own, and the rest is not read
                SELECT platform, NULL, 1 FROM inbox WHERE state = 'parked'
            )
            GROUP BY platform
            """
        )
        return [BacklogRecord.from_row(row) for row in rows]

    async def discard(self, platform: str, event_ids: Sequence[str]) -> None:
        """These are dealt with, or need no dealing with."""
        await self._database.run(SETTLE, settling(platform, event_ids))

    async def park(self, platform: str, event_id: str, reason: str) -> None:
        """Set aside what cannot be understood, unless it has been dealt with."""
        await self._database.run(
            """
            UPDATE inbox SET state = 'parked', reason = :reason
            WHERE platform = :platform AND event_id = :event_id AND state = 'kept'
            """,
            {"platform": platform, "event_id": event_id, "reason": reason},
        )

    async def parked(self) -> list[ParkedRecord]:
        rows = await self._database.run(
            "SELECT * FROM inbox WHERE state = 'parked' ORDER BY seq"
        )
        return [ParkedRecord.from_row(row) for row in rows]
