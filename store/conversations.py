"""Conversations: which one lives where, what each is set to, whose session it has."""

from collections.abc import Mapping, Sequence

from store.addresses import MOVE_IN
from store.audit import NOTE, access
from store.database import fetch
from store.inbox import CARRY_OUT, settling
from store.part import Part
from store.records import AddressRecord, ConversationId, ConversationRecord

#: Columns that change while a conversation goes on.
CHANGEABLE = {
    "session_id", "fork_of", "project", "model", "mode", "effort", "worktree", "branch",
    "language", "debug",
}  # fmt: skip


class Conversations(Part):
    async def conversation_at(
        self, address: AddressRecord, *, project: str, agent: str, session_id: str
    ) -> ConversationRecord:
        """The conversation that lives there, begun with these if there is none."""
        async with self._database.transaction() as db:
            if found := await fetch(
                db,
                """
                SELECT conversation.* FROM conversation
                JOIN address ON address.conversation_id = conversation.id
                WHERE platform = :platform AND team = :team
                  AND chat = :chat AND thread = :thread
                """,
                address.values,
            ):
                return ConversationRecord.from_row(found[0])
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
            await db.execute(MOVE_IN, {**address.values, "conversation": row["id"]})
            return ConversationRecord.from_row(row)

    async def conversation(
        self, conversation: ConversationId
    ) -> ConversationRecord | None:
        """None if there is none of that number, or not any more."""
        found = await self._conversations("id = :id", {"id": conversation})
        return found[0] if found else None

    async def change(
        self,
        conversation: ConversationId,
        changes: Mapping[str, str | int],
        *,
        platform: str,
        events: Sequence[str],
        by: str = "",
    ) -> ConversationRecord:
        """Other settings (`CHANGEABLE`, not none) from now on, as *events* asked for.

        *by*: who, as "platform:id".

        Another session begins with no memory, unless it is told to be a fork.
        """
        if not changes or changes.keys() - CHANGEABLE:
            raise ValueError(f"not for a conversation: {sorted(changes)}")
        assignments = [f"{name} = :{name}" for name in changes]
        if "session_id" in changes and "fork_of" not in changes:
            assignments.append(
                "fork_of = CASE session_id WHEN :session_id THEN fork_of ELSE '' END"
            )
        async with self._database.transaction() as db:
            [row] = await fetch(
                db,
                f"""
                UPDATE conversation SET {", ".join(assignments)} WHERE id = :id
                RETURNING *
                """,  # noqa: S608 - columns of ours; what they become are values
                {**changes, "id": conversation},
            )
            if "mode" in changes:
                told = access(self._clock(), conversation, by, mode=changes["mode"])
                await db.execute(NOTE, told)
            await db.execute(CARRY_OUT, settling(platform, events))
        return ConversationRecord.from_row(row)

    # --- sessions and worktrees -----------------------------------------------

    async def session_began(self, session_id: str) -> bool:
        """Whether an agent took up a turn under it, whatever became of that turn.

        Not if that is its first, and is not over or is tried again: an agent that dies
        at once may not have recorded anything of it, and nothing is lost then.
        """
        return bool(await self._database.run(_BEGAN, {"id": session_id}))

    async def holder_of(self, session_id: str) -> ConversationId | None:
        """The conversation that has this session now; None: no living one."""
        found = await self._conversations("session_id = :id", {"id": session_id})
        return found[0].id if found else None

    async def in_worktree(self, path: str) -> list[ConversationRecord]:
        """Those that work there, the oldest first."""
        return await self._conversations(
            "worktree <> '' AND worktree = :path", {"path": path}
        )

    async def worktrees(self) -> list[ConversationRecord]:
        """Those that work in a worktree, the oldest first."""
        return await self._conversations("worktree <> ''", {})

    async def _conversations(
        self, condition: str, values: Mapping[str, object]
    ) -> list[ConversationRecord]:
        rows = await self._database.run(
            f"""
            SELECT * FROM conversation
            WHERE {condition} AND deleted_at IS NULL ORDER BY id
            """,  # noqa: S608 - a condition of ours
            values,
        )
        return [ConversationRecord.from_row(row) for row in rows]


_BEGAN = """
    WITH first AS (
        SELECT conversation_id FROM turn
        WHERE delivered_at IS NULL AND finished_at IS NULL AND session_id = :id
        LIMIT 1
    )
    SELECT 1 FROM session
    WHERE id = :id AND (
        NOT EXISTS (SELECT 1 FROM first)
        OR EXISTS (
            SELECT 1 FROM turn
            WHERE conversation_id = (SELECT conversation_id FROM first)
              AND session_id = :id AND finished_at IS NOT NULL
        )
    )
    """
