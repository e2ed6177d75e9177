"""Accounts whose usage is used up: none of their turns begins until then."""

from dataclasses import dataclass

from store.part import Part
from store.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkRecord(Record):
    account: str
    until: float
    reason: str


class Parking(Part):
    async def park_account(self, account: str, until: float, reason: str) -> None:
        """Until then, whatever was known before."""
        await self._database.run(
            """
            INSERT INTO parked_account (account, until, reason)
            VALUES (:account, :until, :reason)
            ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason
            """,
            {"account": account, "until": until, "reason": reason},
        )

    async def parked_accounts(self) -> dict[str, ParkRecord]:
        """Also those whose time has come, until they are unparked."""
        rows = await self._database.run("SELECT * FROM parked_account ORDER BY account")
        return {row["account"]: ParkRecord.from_row(row) for row in rows}

    async def unpark_account(self, account: str) -> None:
        await self._database.run(
            "DELETE FROM parked_account WHERE account = :account", {"account": account}
        )
