"""What lists and searches show of all conversations, whatever platform they live on."""

from collections.abc import Mapping

from aiosqlite import Row

from store import search
from store.addresses import MOVE_IN
from store.audit import NOTE, access
from store.database import fetch
from store.part import Part
from store.records import (
    AddressRecord,
    CardRecord,
    ConversationId,
    ConversationRecord,
    FoundRecord,
    TurnId,
    TurnRecord,
)

#: Characters of a prompt or an answer that a list needs.
BEGINNING = 400

#: Only of conversations that live somewhere: the others were moved away from all of
#: their addresses, and nobody could open them.
CARDS = f"""
    SELECT conversation.*, address.platform, team, chat, thread,
        (SELECT substr(said.prompt, 1, {BEGINNING}) FROM turn JOIN said USING (id)
         WHERE conversation_id = conversation.id AND origin_event IS NOT NULL
         ORDER BY turn.id LIMIT 1) AS first_prompt,
        (SELECT substr(answer, 1, {BEGINNING}) FROM turn
         WHERE conversation_id = conversation.id AND answer <> ''
         ORDER BY id DESC LIMIT 1) AS newest_answer
    FROM conversation
    JOIN address ON address.rowid = (
        SELECT min(rowid) FROM address WHERE conversation_id = conversation.id
    )
    WHERE deleted_at IS NULL
    """  # noqa: S608 - a number of ours


class History(Part):
    async def begin_conversation(
        self,
        address: AddressRecord,
        *,
        key: str,
        project: str,
        agent: str,
        session_id: str,
        model: str,
        mode: str,
        task: str,
        settings: str,
        by: str = "",
    ) -> ConversationId:
        """A new one that lives there; or the one that *key* began before.

        *by*: who begins it, as "platform:id".
        """
        async with self._database.transaction() as db:
            if rows := await fetch(
                db, "SELECT id FROM conversation WHERE begun_by = :key", {"key": key}
            ):
                return ConversationId(rows[0]["id"])
            [row] = await fetch(
                db,
                """
                INSERT INTO conversation (
                    project, agent, session_id, model, mode, task, settings, begun_by,
                    created_at, changed_at
                )
                VALUES (
                    :project, :agent, :session_id, :model, :mode, :task, :settings,
                    :key, :now, :now
                )
                RETURNING id
                """,
                {
                    "project": project,
                    "agent": agent,
                    "session_id": session_id,
                    "model": model,
                    "mode": mode,
                    "task": task,
                    "settings": settings,
                    "key": key,
                    "now": self._clock(),
                },
            )
            await db.execute(MOVE_IN, {**address.values, "conversation": row["id"]})
            if mode:
                await db.execute(NOTE, access(self._clock(), row["id"], by, mode=mode))
        return ConversationId(row["id"])

    async def card(self, conversation: ConversationId) -> CardRecord | None:
        """None if there is none of that number, or not any more."""
        cards = await self._cards("AND conversation.id = :id", {"id": conversation})
        return cards[0] if cards else None

    async def cards(self, *, before: float | None, limit: int) -> list[CardRecord]:
        """Those that changed before then (None: all), the latest first."""
        return await self._cards(
            """
            AND (:before IS NULL OR changed_at < :before)
            ORDER BY changed_at DESC, conversation.id DESC LIMIT :limit
            """,
            {"before": before, "limit": limit},
        )

    async def cards_of_task(self, task: str) -> list[CardRecord]:
        """In the order of their beginning."""
        return await self._cards(
            "AND task = :task AND task <> '' ORDER BY conversation.id", {"task": task}
        )

    async def turns_of(
        self, conversation: ConversationId, *, before: TurnId | None, limit: int
    ) -> list[TurnRecord]:
        """Its newest turns before that one (None: of all), oldest first."""
        rows = await self._database.run(
            """
            SELECT * FROM turn
            WHERE conversation_id = :id AND (:before IS NULL OR id < :before)
            ORDER BY id DESC LIMIT :limit
            """,
            {"id": conversation, "before": before, "limit": limit},
        )
        return [TurnRecord.from_row(row) for row in reversed(rows)]

    async def search(self, words: list[str], *, limit: int) -> list[FoundRecord]:
        """Turns in which all the words (not none) were said, the newest first.

        None of conversations that are in no list. Words of one or two characters are
        looked for in the newest of what holds the longer ones (`search.NEAR`).
        """
        async with self._database.transaction() as db:
            indexed = bool(await fetch(db, search.INDEXED))
            found, values = search.conditions(words, indexed=indexed)
            rows = await fetch(
                db,
                f"""
                SELECT turn.id AS turn_id, conversation_id, queued_at,
                    said.prompt, said.answer
                FROM turn JOIN said USING (id)
                WHERE EXISTS (
                    SELECT 1 FROM address WHERE conversation_id = turn.conversation_id
                )
                  AND {" AND ".join(found)}
                ORDER BY turn.id DESC LIMIT :limit
                """,  # noqa: S608 - conditions of ours; the words are values
                {**values, "limit": limit},
            )
        return [FoundRecord.from_row(row) for row in rows]

    async def forget(self, conversation: ConversationId) -> None:
        """Nothing lives at its addresses any more, and nobody finds it.

        The rows of its turns stay: events that come again are recognised by them.
        """
        values = {"id": conversation, "now": self._clock()}
        async with self._database.transaction() as db:
            for statement in (
                "UPDATE conversation SET deleted_at = :now WHERE id = :id",
                "DELETE FROM address WHERE conversation_id = :id",
                """
                UPDATE decision
                SET shown_at = :now, closed_at = coalesce(closed_at, :now),
                    state = CASE state WHEN 'open' THEN 'withdrawn' ELSE state END
                WHERE conversation_id = :id AND shown_at IS NULL
                """,
                """
                UPDATE file SET shown_at = :now
                WHERE conversation_id = :id AND shown_at IS NULL
                """,
                "DELETE FROM activity WHERE conversation_id = :id",
            ):
                await db.execute(statement, values)

    async def forgotten(self) -> list[ConversationId]:
        rows = await self._database.run(
            "SELECT id FROM conversation WHERE deleted_at IS NOT NULL"
        )
        return [ConversationId(row["id"]) for row in rows]

    async def _cards(
        self, condition: str, values: Mapping[str, object]
    ) -> list[CardRecord]:
        return list(map(_card, await self._database.run(CARDS + condition, values)))


def _card(row: Row) -> CardRecord:
    return CardRecord(
        conversation=ConversationRecord.from_row(row),
        home=AddressRecord.from_row(row),
        first_prompt=row["first_prompt"] or "",
        newest_answer=row["newest_answer"] or "",
        changed_at=row["changed_at"],
    )
