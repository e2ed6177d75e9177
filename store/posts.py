"""Which messages of ours show which view: so a restart edits, and sends none twice."""

from store.part import Part
from store.records import AddressRecord, PostRecord


class Posts(Part):
    async def posts(self, address: AddressRecord, view_id: str) -> list[PostRecord]:
        """Messages there that show this view, in the order they were first sent."""
        rows = await self._database.run(
            """
            SELECT part, ref FROM post
            WHERE view_id = :view AND platform = :platform AND team = :team
              AND chat = :chat AND thread = :thread
            ORDER BY seq
            """,
            {**address.values, "view": view_id},
        )
        return [PostRecord.from_row(row) for row in rows]

    async def posting(self, address: AddressRecord, view_id: str, part: str) -> None:
        """It is about to be sent: until `posted`, nobody knows whether it is there."""
        await self._put(address, view_id, part, None)

    async def posted(
        self, address: AddressRecord, view_id: str, part: str, ref: str
    ) -> None:
        """It is on the screen as *ref*, whatever it was before."""
        await self._put(address, view_id, part, ref)

    async def removed(self, address: AddressRecord, view_id: str, part: str) -> None:
        """It is not on the screen any more."""
        await self._database.run(
            """
            DELETE FROM post
            WHERE view_id = :view AND platform = :platform AND team = :team
              AND chat = :chat AND thread = :thread AND part = :part
            """,
            {**address.values, "view": view_id, "part": part},
        )

    async def _put(
        self, address: AddressRecord, view_id: str, part: str, ref: str | None
    ) -> None:
        await self._database.run(
            """
            INSERT INTO post
                (platform, team, chat, thread, view_id, part, ref, posted_at)
            VALUES (:platform, :team, :chat, :thread, :view, :part, :ref, :now)
            ON CONFLICT (view_id, platform, team, chat, thread, part)
            DO UPDATE SET ref = excluded.ref, posted_at = excluded.posted_at
            """,
            {
                **address.values,
                "view": view_id,
                "part": part,
                "ref": ref,
                "now": self._clock(),
            },
        )
