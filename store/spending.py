"""What turns cost, and what was spent since a moment."""

from collections.abc import Collection

from store.database import listed
from store.part import Part
from store.records import TurnId

SPENT = """
    SELECT coalesce(sum(cost_usd), 0.0) AS usd FROM turn
    WHERE spent_at >= :since
      AND (:project IS NULL OR project = :project)
      AND (:people IS NULL OR (origin_platform, asked_by) IN (
        SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
        FROM json_each(:people)
      ))
    """


class Spending(Part):
    async def add_cost(
        self, turn: TurnId, cost_usd: float | None, tokens: int | None
    ) -> None:
        """What it cost besides what its ending said; None: unknown."""
        await self._database.run(
            """
            UPDATE turn
            SET cost_usd = coalesce(cost_usd + :cost_usd, :cost_usd, cost_usd),
                tokens = coalesce(tokens + :tokens, :tokens, tokens),
                spent_at = iif(:cost_usd IS NULL, spent_at, :now)
            WHERE id = :id
            """,
            {
                "id": turn,
                "cost_usd": cost_usd,
                "tokens": tokens,
                "now": self._clock(),
            },
        )

    async def spent(
        self,
        *,
        since: float,
        people: Collection[tuple[str, str]] | None = None,
        project: str | None = None,
    ) -> float:
        """USD of turns that these (platform, id) asked for in that project; None: any.

        A turn counts, as a whole, when the latest of its cost was known.
        """
        [row] = await self._database.run(
            SPENT,
            {
                "since": since,
                "project": project,
                "people": None if people is None else listed(list(people)),
            },
        )
        return float(row["usd"])
