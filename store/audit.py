"""The audit: what cannot be told by a trigger of `migrations/0005_audit.sql`.

Rule: it is only added to, and kept longer than what it tells of.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from store.database import fetch, listed
from store.part import Part
from store.records import ConversationId, Record, TurnId

#: Who may do what is different. Run it, with `access`, where that is decided.
NOTE = "INSERT INTO entry VALUES (:now, 'access', :conversation, NULL, :by, :body)"

#: About 350 MB. What a busy person does in some years fits; beyond it a machine that
#: nobody looks after would fill its disk.
MOST_ENTRIES = 1_000_000

_TOOLS = """
    INSERT INTO entry
    SELECT
        :now, 'tool', turn.conversation_id, turn.id, '',
        json_object(
            'call', json_extract(value, '$.call_id'),
            'tool', json_extract(value, '$.name'),
            'input', json_extract(value, '$.digest'),
            'inside', nullif(json_extract(value, '$.parent_id'), '')
        )
    FROM json_each(:tools) JOIN turn ON turn.id = :turn
    WHERE NOT EXISTS (
        SELECT 1 FROM audit
        WHERE kind = 'tool' AND turn_id = :turn
          AND json_extract(body, '$.call') = json_extract(value, '$.call_id')
    )
    ORDER BY json_each.key
    """
_HEAD = """
    SELECT number, hash FROM audit WHERE number = (SELECT max(number) FROM audit)
    UNION ALL SELECT number, hash FROM audit_anchor LIMIT 1
    """
_DROP = (
    """
    UPDATE audit_anchor SET (number, hash) = (
        SELECT number, hash FROM audit WHERE number = :through
    )
    """,
    "DELETE FROM audit WHERE number <= :through",
    """
    INSERT INTO entry
    SELECT :now, 'trimmed', NULL, NULL, '', json_object('through', number, 'hash', hash)
    FROM audit_anchor
    """,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """An agent has begun to use a tool."""

    call_id: str
    name: str
    digest: str  # of its input; "": unknown
    parent_id: str = ""  # the call inside which it is used


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead(Record):
    """The newest entry. Its hash stands for all before it."""

    number: int  # 0: there is none
    hash: str


def access(
    now: float, conversation: ConversationId, by: str, **body: object
) -> dict[str, object]:
    """The values of `NOTE`. *by*: a person, as "platform:id"; "": unknown."""
    told = json.dumps(body)
    return {"now": now, "conversation": conversation, "by": by, "body": told}


class Audit(Part):
    async def note_tools(self, turn: TurnId, tools: Sequence[ToolUse]) -> None:
        """The turn used these, in this order; those that are known are left out."""
        each = {tool.call_id: asdict(tool) for tool in tools}
        await self._database.run(
            _TOOLS,
            {"turn": turn, "tools": listed([*each.values()]), "now": self._clock()},
        )

    async def audit_head(self) -> AuditHead:
        [row] = await self._database.run(_HEAD)
        return AuditHead.from_row(row)

    async def trim_audit(self, most: int = MOST_ENTRIES) -> int:
        """Drop the oldest entries beyond so many, and note that; how many they were."""
        async with self._database.transaction() as db:
            [[first, newest]] = await fetch(db, _REACH)
            through = newest - most
            if through < first:
                return 0
            for statement in _DROP:
                await db.execute(statement, {"through": through, "now": self._clock()})
        return int(through - first + 1)


_REACH = """
    SELECT (SELECT number FROM audit_anchor) + 1,
        (SELECT coalesce(max(number), 0) FROM audit)
    """
