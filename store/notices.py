"""Answers to orders, kept until they are seen: a kill in between loses none."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.inbox import SETTLE, settling
from store.part import Part
from store.records import AddressRecord, Record

WEEK_S = 7 * 24 * 3600.0  # after which nobody waits for it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord(Record):
    view_id: str
    view: str  # JSON
    platform: str
    team: str
    chat: str
    thread: str
    said_at: float

    @property
    def address(self) -> AddressRecord:
        return AddressRecord(
            platform=self.platform, team=self.team, chat=self.chat, thread=self.thread
        )


class Notices(Part):
    async def answer(
        self,
        platform: str,
        events: Sequence[str],
        *,
        view_id: str,
        view: str,
        address: AddressRecord,
    ) -> None:
        """These events are dealt with; what answers them is not on the screen yet."""
        async with self._database.transaction() as db:
            await db.execute(
                """
                INSERT OR REPLACE INTO notice
                    (view_id, view, platform, team, chat, thread, said_at)
                VALUES (:view_id, :view, :platform, :team, :chat, :thread, :now)
                """,
                {
                    **address.values,
                    "view_id": view_id,
                    "view": view,
                    "now": self._clock(),
                },
            )
            await db.execute(SETTLE, settling(platform, events))

    async def notice_shown(self, view_id: str) -> None:
        """It is on the screen."""
        await self._database.run(
            "DELETE FROM notice WHERE view_id = :view_id", {"view_id": view_id}
        )

    async def unshown_notices(self) -> list[NoticeRecord]:
        """Those of the last week, the oldest first."""
        rows = await self._database.run(
            "SELECT * FROM notice WHERE said_at >= :since ORDER BY said_at, view_id",
            {"since": self._clock() - WEEK_S},
        )
        return [NoticeRecord.from_row(row) for row in rows]
