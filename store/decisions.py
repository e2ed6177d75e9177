"""What people are asked to decide. Rule: the first decision wins, and stays."""

from collections.abc import Collection, Sequence

from store.database import fetch, listed
from store.inbox import SETTLE, settling
from store.part import Part
from store.records import ConversationId, DecisionRecord, TurnId
from store.rules import KEEP

#: How the `request_id` of a card that is Parley's own begins: no agent waits for it.
OWN = "own:"


_ASK = """
    INSERT INTO decision
        (id, turn_id, conversation_id, request_id, question, meaning, asked_at)
    VALUES (:id, :turn, :conversation, :request, :question, :meaning, :now)
    RETURNING *
    """


class Decisions(Part):
    async def ask(
        self,
        decision: str,
        *,
        turn_id: TurnId | None,
        conversation_id: ConversationId,
        request_id: str,
        question: str,
        meaning: str = "",
    ) -> DecisionRecord:
        """Somebody is about to be asked.

        Asking again under this id does nothing, and gives what became of it.
        """
        values = {
            "id": decision,
            "turn": turn_id,
            "conversation": conversation_id,
            "request": request_id,
            "question": question,
            "meaning": meaning,
            "now": self._clock(),
        }
        async with self._database.transaction() as db:
            known = await fetch(db, "SELECT * FROM decision WHERE id = :id", values)
            [row] = known or await fetch(db, _ASK, values)
        return DecisionRecord.from_row(row)

    async def decide(
        self,
        decision: str,
        *,
        option: str,
        words: str = "",
        by: str,
        platform: str,
        events: Sequence[str],
        rules: Sequence[str] = (),
        project: str = "",
    ) -> DecisionRecord | None:
        """Decide as *events* say, which are done with that; *rules* hold from now on.

        None, and nothing of that happens, if it is closed already.
        """
        async with self._database.transaction() as db:
            decided = await fetch(
                db,
                """
                UPDATE decision
                SET state = 'decided', option = :option, words = :words,
                    decided_by = :by, closed_at = :now
                WHERE id = :id AND state = 'open'
                RETURNING *
                """,
                {
                    "id": decision,
                    "option": option,
                    "words": words,
                    "by": by,
                    "now": self._clock(),
                },
            )
            if not decided:
                return None
            await db.execute(
                KEEP,
                {
                    "project": project,
                    "patterns": listed(rules),
                    "by": by,
                    "now": self._clock(),
                },
            )
            await db.execute(SETTLE, settling(platform, events))
        return DecisionRecord.from_row(decided[0])

    async def withdraw(self, decision: str, why: str = "") -> DecisionRecord | None:
        """Nobody needs to decide any more. None if it is closed already."""
        return _first(
            await self._decisions(
                """
                UPDATE decision SET state = 'withdrawn', why = :why, closed_at = :now
                WHERE id = :id AND state = 'open'
                RETURNING *
                """,
                {"id": decision, "why": why, "now": self._clock()},
            )
        )

    async def withdraw_all(
        self, *, why: str = "", living: Collection[str] = ()
    ) -> list[DecisionRecord]:
        """At start: no agent waits any more, but for turns in *living* sessions.

        Parley's own cards stay.
        """
        withdrawn = await self._decisions(
            f"""
            UPDATE decision SET state = 'withdrawn', why = :why, closed_at = :now
            WHERE shown_at IS NULL AND state = 'open' AND request_id NOT GLOB '{OWN}*'
              AND NOT EXISTS (
                  SELECT 1 FROM turn
                  WHERE turn.id = turn_id
                    AND turn.state IN ('submitted', 'consumed')
                    AND turn.session_id IN (SELECT value FROM json_each(:living))
              )
            RETURNING *
            """,  # noqa: S608 - a constant of ours
            {"why": why, "now": self._clock(), "living": listed(list(living))},
        )
        return sorted(withdrawn, key=lambda record: record.asked_at)

    async def shown(self, decision: str) -> None:
        """The screens show that it is closed."""
        await self._database.run(
            """
            UPDATE decision SET shown_at = :now
            WHERE id = :id AND state <> 'open' AND shown_at IS NULL
            """,
            {"id": decision, "now": self._clock()},
        )

    async def decision(self, decision: str) -> DecisionRecord | None:
        return _first(
            await self._decisions(
                "SELECT * FROM decision WHERE id = :id", {"id": decision}
            )
        )

    async def decided(self, turn: TurnId) -> list[DecisionRecord]:
        """What people have decided about a turn, in the order they were asked."""
        return await self._decisions(
            """
            SELECT * FROM decision WHERE turn_id = :turn AND state = 'decided'
            ORDER BY asked_at, rowid
            """,
            {"turn": turn},
        )

    async def decisions_of(self, turns: Sequence[TurnId]) -> list[DecisionRecord]:
        """What people were asked about these turns, in the order they were asked."""
        return await self._decisions(
            """
            SELECT * FROM decision
            WHERE turn_id IN (SELECT value FROM json_each(:turns))
            ORDER BY asked_at, rowid
            """,
            {"turns": listed(turns)},
        )

    async def open_decisions(
        self, conversation: ConversationId
    ) -> list[DecisionRecord]:
        """What people are asked there now, in the order they were asked."""
        return await self._decisions(
            """
            SELECT * FROM decision
            WHERE conversation_id = :id AND state = 'open' ORDER BY asked_at, rowid
            """,
            {"id": conversation},
        )

    async def unseen_decisions(self) -> list[DecisionRecord]:
        """Parley's own cards that people may be asked, and no message shows."""
        return await self._decisions(
            f"""
            SELECT * FROM decision
            WHERE state = 'open' AND shown_at IS NULL AND request_id GLOB '{OWN}*'
              AND NOT EXISTS (
                  SELECT 1 FROM post WHERE view_id = decision.id AND ref IS NOT NULL
              )
            ORDER BY asked_at, id
            """,  # noqa: S608 - a constant of ours
            {},
        )

    async def unshown_decisions(self) -> list[DecisionRecord]:
        """Those that are closed, while a screen may still show them open."""
        return await self._decisions(
            """
            SELECT * FROM decision WHERE shown_at IS NULL AND state <> 'open'
            ORDER BY asked_at, id
            """,
            {},
        )

    async def _decisions(
        self, query: str, values: dict[str, object]
    ) -> list[DecisionRecord]:
        return [
            DecisionRecord.from_row(row)
            for row in await self._database.run(query, values)
        ]


def _first(decisions: list[DecisionRecord]) -> DecisionRecord | None:
    return decisions[0] if decisions else None
