"""Limits over the real store: what was kept is there after a restart."""

import time
from pathlib import Path

from bot.budgets import Budget, Budgets, Person
from bot.parking import Parking
from store.records import AddressRecord, TurnState
from store.store import Store

ACCOUNT = "claude:subscription"
ADA: Person = ("telegram", "1")
HERE = AddressRecord(platform="telegram", chat="7", thread="")


async def test_a_parked_account_is_parked_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "parley.db"
    async with Store.open(file) as store:
        until = await Parking(store).park(ACCOUNT, until=time.time() + 3600)

    async with Store.open(file) as store:
        parking = Parking(store)
        await parking.load()
        assert parking.until(ACCOUNT) == until
        await parking.release(ACCOUNT)

    async with Store.open(file) as store:
        parking = Parking(store)
        await parking.load()
        assert parking.until(ACCOUNT) is None


async def test_what_a_turn_has_cost_counts_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "parley.db"
    async with Store.open(file) as store:
        await spend(store, 2.5)

    async with Store.open(file) as store:
        budgets = Budgets(
            store,
            person=Budget(day_usd=2.5),
            projects={"shop": Budget(month_usd=3)},
            identities=lambda person: [person],
        )
        found = await budgets.check(ADA, "shop")
        assert found
        assert (found.whose, found.period, found.spent_usd) == ("person", "day", 2.5)
        assert await budgets.check(("telegram", "2"), "shop") is None


async def spend(store: Store, usd: float) -> None:
    home = await store.conversation_at(
        HERE, project="shop", agent="claude", session_id="s"
    )
    await store.keep("telegram", [("e", "{}")])
    turn = await store.queue_turn(
        home.id,
        platform="telegram",
        events=("e",),
        prompt="{}",
        asked_by=ADA[1],
        address=HERE,
        reply_to=None,
        prompt_uuid="u",
    )
    assert turn
    await store.finish_turn(
        turn.id,
        state=TurnState.ANSWERED,
        view="{}",
        answer="42",
        cost_usd=usd,
        tokens=None,
    )
