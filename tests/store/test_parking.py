"""An account whose usage is used up stays parked through restarts."""

from pathlib import Path

from store.parking import ParkRecord
from store.store import Store


async def test_accounts_stay_parked_until_they_are_unparked(path: Path) -> None:
    async with Store.open(path) as store:
        assert await store.parked_accounts() == {}
        await store.park_account("claude subscription", 500.5, "five hours")
        await store.park_account("claude key", 700.0, "requests")
        await store.park_account("claude subscription", 400.0, "seven days")

    async with Store.open(path) as store:
        parked = await store.parked_accounts()
        await store.unpark_account("claude key")
        await store.unpark_account("never parked")
        left = await store.parked_accounts()

    subscription = ParkRecord(
        account="claude subscription", until=400.0, reason="seven days"
    )
    key = ParkRecord(account="claude key", until=700.0, reason="requests")
    assert parked == {"claude subscription": subscription, "claude key": key}
    assert left == {"claude subscription": subscription}
