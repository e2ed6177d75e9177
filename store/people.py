"""Who is who: what is known of people, beyond what platforms say of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiosqlite import Connection

from store.database import fetch
from store.inbox import CARRY_OUT, settling
from store.part import Part
from store.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord(Record):
    platform: str
    id: str
    key: str  # the same for all ids that are one person
    language: str = ""  # they chose; "": none


class People(Part):
    async def person(self, platform: str, person: str) -> PersonRecord:
        """One of whom nothing is known is somebody of their own."""
        rows = await self._database.run(
            "SELECT * FROM person WHERE platform = :platform AND id = :id",
            {"platform": platform, "id": person},
        )
        if rows:
            return PersonRecord.from_row(rows[0])
        return PersonRecord(platform=platform, id=person, key=f"{platform}:{person}")

    async def people(self) -> list[PersonRecord]:
        """All who are linked, or chose a language."""
        rows = await self._database.run(
            "SELECT * FROM person ORDER BY key, platform, id"
        )
        return [PersonRecord.from_row(row) for row in rows]

    async def set_language(
        self, platform: str, person: str, language: str, *, events: Sequence[str]
    ) -> None:
        """They chose it by *events*, which are carried out with that."""
        async with self._database.transaction() as db:
            await db.execute(
                """
                INSERT INTO person (platform, id, key, language)
                VALUES (:platform, :id, :platform || ':' || :id, :language)
                ON CONFLICT DO UPDATE SET language = excluded.language
                """,
                {"platform": platform, "id": person, "language": language},
            )
            await db.execute(CARRY_OUT, settling(platform, events))

    async def link_people(self, a: tuple[str, str], b: tuple[str, str]) -> None:
        """These (platform, id) are one person, with all that each was before."""
        async with self._database.transaction() as db:
            await db.execute(
                "UPDATE person SET key = :key WHERE key = :old",
                {"key": await _key(db, a), "old": await _key(db, b)},
            )


async def _key(db: Connection, person: tuple[str, str]) -> str:
    """The key of somebody, who is known from now on."""
    [row] = await fetch(
        db,
        """
        INSERT INTO person (platform, id, key)
        VALUES (:platform, :id, :platform || ':' || :id)
        ON CONFLICT DO UPDATE SET key = key
        RETURNING key
        """,
        dict(zip(("platform", "id"), person, strict=True)),
    )
    return str(row["key"])
