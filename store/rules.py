"""What may always be done in a project, as people decided.

Rule: an id means one rule for good, so a late press never revokes another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store.database import fetch
from store.inbox import CARRY_OUT, settling
from store.part import Part
from store.records import Record

#: Patterns (JSON) that are rules from now on. Run it where that is decided.
KEEP = """
    INSERT INTO rule (project, pattern, added_by, added_at)
    SELECT :project, value, :by, :now FROM json_each(:patterns)
    WHERE true -- tells SQLite that ON CONFLICT is no join's ON
    ON CONFLICT (project, pattern) WHERE revoked_at IS NULL DO NOTHING
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord(Record):
    id: int
    project: str
    pattern: str  # as the agent writes it
    added_by: str
    added_at: float


class Rules(Part):
    async def rules(self, project: str) -> list[RuleRecord]:
        """Those that hold, the oldest first."""
        rows = await self._database.run(
            """
            SELECT * FROM rule
            WHERE project = :project AND revoked_at IS NULL ORDER BY id
            """,
            {"project": project},
        )
        return [RuleRecord.from_row(row) for row in rows]

    async def revoke_rule(
        self, rule: int, *, by: str, platform: str, events: Sequence[str]
    ) -> RuleRecord | None:
        """It holds no more, as *events* asked for, which are carried out with that.

        None, and the events are not, if it does not hold.
        """
        async with self._database.transaction() as db:
            revoked = await fetch(
                db,
                """
                UPDATE rule SET revoked_by = :by, revoked_at = :now
                WHERE id = :id AND revoked_at IS NULL
                RETURNING *
                """,
                {"id": rule, "by": by, "now": self._clock()},
            )
            if not revoked:
                return None
            await db.execute(CARRY_OUT, settling(platform, events))
        return RuleRecord.from_row(revoked[0])
