"""Turns whose words are steered into another one, which runs.

Rule: a turn is joined only once the agent has shown that its words arrived; until then
a restart finds it submitted, and knows into which turn.
"""

from store.errors import TurnOver
from store.part import Part
from store.records import TurnId, TurnRecord


class Steering(Part):
    async def steer_turn(
        self, turn: TurnId, *, into: TurnId, prompt_uuid: str, session_id: str
    ) -> TurnRecord:
        """The agent is about to get its words within that turn, under this uuid.

        Not a charged attempt. Raises `TurnOver` if final.
        """
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'submitted', joined_to = :into,
                prompt_uuids = prompt_uuids || ' ' || :prompt_uuid,
                session_id = :session_id, submitted_at = :now
            WHERE id = :id AND state IN ('queued', 'submitted', 'consumed')
            RETURNING *
            """,
            {
                "id": turn,
                "into": into,
                "prompt_uuid": prompt_uuid,
                "session_id": session_id,
                "now": self._clock(),
            },
        )
        if not rows:
            raise TurnOver(f"turn {turn} is final")
        return TurnRecord.from_row(rows[0])

    async def join_turn(self, turn: TurnId, *, view: str) -> bool:
        """Its words have reached the agent: final, as a part of the other turn.

        False, and nothing changes, if it is final already, or not steered.
        """
        rows = await self._database.run(
            """
            UPDATE turn
            SET state = 'joined', view = :view, answer = '', finished_at = :now
            WHERE id = :id AND state = 'submitted' AND joined_to IS NOT NULL
            RETURNING id
            """,
            {"id": turn, "view": view, "now": self._clock()},
        )
        return bool(rows)

    async def release_turn(self, turn: TurnId) -> TurnRecord | None:
        """Its words never reached the agent: queued again.

        None if it is final, or not steered. Its uuids are remembered.
        """
        rows = await self._database.run(
            """
            UPDATE turn SET state = 'queued', joined_to = NULL
            WHERE id = :id AND state = 'submitted' AND joined_to IS NOT NULL
            RETURNING *
            """,
            {"id": turn},
        )
        return TurnRecord.from_row(rows[0]) if rows else None
