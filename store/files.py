"""Files for people: on record before they are shown, so that none is sent twice."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.database import fetch, listed
from store.part import Part
from store.records import ConversationId, Record, TurnId


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord(Record):
    view_id: str
    conversation_id: ConversationId
    turn_id: TurnId | None  # None: of no turn
    call_id: str  # the agent's call that sent it; "": of none
    path: str  # absolute: a copy of our own
    name: str  # as people see it
    media_type: str
    size: int  # bytes
    caption: str
    sent_at: float
    shown_at: float | None  # None: perhaps not on every screen


class Files(Part):
    async def send_file(
        self,
        view_id: str,
        *,
        conversation_id: ConversationId,
        turn_id: TurnId | None,
        call_id: str,
        path: str,
        name: str,
        media_type: str,
        size: int,
        caption: str,
    ) -> FileRecord:
        """It is about to be shown; or the one that this call (or view) sent before."""
        values = {
            "view": view_id,
            "conversation": conversation_id,
            "turn": turn_id,
            "call": call_id,
            "path": path,
            "name": name,
            "media_type": media_type,
            "size": size,
            "caption": caption,
            "now": self._clock(),
        }
        async with self._database.transaction() as db:
            found = await fetch(
                db,
                """
                SELECT * FROM file
                WHERE view_id = :view
                   OR (turn_id = :turn AND call_id = :call AND call_id <> '')
                """,
                values,
            ) or await fetch(
                db,
                """
                INSERT INTO file (
                    view_id, conversation_id, turn_id, call_id, path, name,
                    media_type, size, caption, sent_at
                )
                VALUES (
                    :view, :conversation, :turn, :call, :path, :name,
                    :media_type, :size, :caption, :now
                )
                RETURNING *
                """,
                values,
            )
        return FileRecord.from_row(found[0])

    async def file_shown(self, view_id: str) -> None:
        """It is on every screen."""
        await self._database.run(
            """
            UPDATE file SET shown_at = :now
            WHERE view_id = :view AND shown_at IS NULL
            """,
            {"view": view_id, "now": self._clock()},
        )

    async def unshown_files(self) -> list[FileRecord]:
        return await self._files("shown_at IS NULL", {})

    async def files_of(self, turns: Sequence[TurnId]) -> list[FileRecord]:
        """What these turns sent, in that order."""
        return await self._files(
            "turn_id IN (SELECT value FROM json_each(:turns))", {"turns": listed(turns)}
        )

    async def file(self, view_id: str) -> FileRecord | None:
        """None if there was none, or it is long over."""
        found = await self._files("view_id = :view", {"view": view_id})
        return found[0] if found else None

    async def _files(
        self, condition: str, values: dict[str, object]
    ) -> list[FileRecord]:
        rows = await self._database.run(
            f"SELECT * FROM file WHERE {condition} ORDER BY seq",  # noqa: S608 - ours
            values,
        )
        return [FileRecord.from_row(row) for row in rows]
