"""What the operator wants to know of the store, and what the store may forget."""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from store.database import fetch
from store.part import Part
from store.records import TotalsRecord

MONTH_S = 30 * 24 * 3600.0
#: Before it, two connections of one file could lose pages: sqlite.org/wal.html
SOUND_SQLITE = (3, 51, 3)

FORGET = (
    "DELETE FROM inbox WHERE state = 'done' AND kept_at < :before",
    "DELETE FROM decision WHERE shown_at < :before",
    "UPDATE turn SET view = NULL WHERE delivered_at < :before AND view IS NOT NULL",
    "DELETE FROM activity WHERE at < :before",
    "DELETE FROM notice WHERE said_at < :before",
    # Whatever is not over may still have to edit a message it sent long ago.
    """
    DELETE FROM post
    WHERE posted_at < :before
      AND posted_at < (
        SELECT coalesce(min(queued_at), :before) FROM turn WHERE delivered_at IS NULL
      )
      AND view_id NOT IN (SELECT id FROM decision WHERE shown_at IS NULL)
      AND view_id NOT IN (SELECT view_id FROM file WHERE shown_at IS NULL)
      AND view_id NOT IN (SELECT view_id FROM notice)
    """,
)


class Upkeep(Part):
    async def totals(self) -> TotalsRecord:
        [row] = await self._database.run(
            """
            SELECT count(*) AS turns,
                (SELECT coalesce(sum(cost_usd), 0.0) FROM turn
                 WHERE spent_at >= :midnight) AS cost,
                (SELECT count(*) FROM inbox WHERE state = 'parked') AS parked,
                (SELECT page_count * page_size
                 FROM pragma_page_count, pragma_page_size) AS size
            FROM turn WHERE queued_at >= :midnight
            """,
            {"midnight": _midnight(self._clock())},
        )
        return TotalsRecord(
            turns_today=row["turns"],
            cost_today_usd=row["cost"],
            parked=row["parked"],
            database_bytes=row["size"],
        )

    async def probe(self) -> None:
        """Write, and change nothing. Raises what keeps the others from writing."""
        async with self._database.transaction() as db:
            [[version]] = await fetch(db, "PRAGMA user_version")
            await db.execute(f"PRAGMA user_version = {version}")

    async def prune(self, older_than_s: float = MONTH_S) -> list[str]:
        """Forget what is long over. Prompts and answers stay: they are the history.

        Gives the paths of forgotten files, which nobody else will name again.
        """
        before = {"before": self._clock() - older_than_s}
        async with self._database.transaction() as db:
            for statement in FORGET:
                await db.execute(statement, before)
            files = await fetch(
                db, "DELETE FROM file WHERE shown_at < :before RETURNING path", before
            )
        return [path for [path] in files]

    async def check(self) -> Mapping[str, str]:
        """Facts for `doctor`. Reads the whole file."""
        async with self._database.transaction() as db:
            findings = await fetch(db, "PRAGMA quick_check(3)")
            [[schema]] = await fetch(db, "PRAGMA user_version")
            [[pages]] = await fetch(db, "PRAGMA page_count")
            [[page]] = await fetch(db, "PRAGMA page_size")
        return {
            "sqlite": _sqlite(),
            "integrity": "; ".join(finding for [finding] in findings),
            "size": f"{pages * page / 1e6:.1f} MB",
            "schema": str(schema),
        }


def _midnight(now: float) -> float:
    today = datetime.fromtimestamp(now, UTC).astimezone()
    return today.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _sqlite() -> str:
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return sqlite3.sqlite_version
    return (
        f"{sqlite3.sqlite_version} (before 3.51.3 a second program that writes to the "
        "file may damage it: let none open it while Parley runs)"
    )
