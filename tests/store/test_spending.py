"""What was spent is known by person, project and time, and quickly."""

from datetime import UTC, datetime
from pathlib import Path

from store.database import connect, fetch
from store.records import AddressRecord, TurnRecord, TurnState
from store.spending import SPENT
from store.store import Store
from tests.store.scene import HERE, Clock, asked, conversation, end, now

SLACK = AddressRecord(platform="slack", chat="C1")
ADA, ADA_AT_WORK, BOB = ("telegram", "1001"), ("slack", "1001"), ("telegram", "1002")


async def paid(
    store: Store, usd: float, by: str = "1001", address: AddressRecord = HERE
) -> TurnRecord:
    turn = await asked(store, address=address, by=by)
    await end(store, turn, cost_usd=usd)
    return turn


async def test_what_was_spent_is_counted_by_whoever_asked(store: Store) -> None:
    await paid(store, 1.0)
    await paid(store, 2.0, by="1002")
    await paid(store, 4.0, address=SLACK)
    await asked(store)

    async def spent(*people: tuple[str, str]) -> float:
        return await store.spent(since=0.0, people=people)

    assert await store.spent(since=0.0) == 7.0
    assert await spent(ADA) == 1.0
    assert await spent(ADA, ADA_AT_WORK) == 5.0
    assert await spent(BOB, ("web", "nobody")) == 2.0
    assert await spent() == 0.0


async def test_what_was_spent_is_counted_in_the_project_it_was_spent_in(
    store: Store,
) -> None:
    await paid(store, 1.0)
    home = await conversation(store)
    await store.change(home.id, {"project": "garden"}, platform="telegram", events=())
    await paid(store, 2.0)

    assert await store.spent(since=0.0, project="shop") == 1.0
    assert await store.spent(since=0.0, project="garden", people=[ADA]) == 2.0
    assert await store.spent(since=0.0, project="garden", people=[BOB]) == 0.0


async def test_what_was_spent_counts_when_it_was_known(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    clock.pass_days(1)
    yesterday = clock.now
    await end(store, turn, TurnState.FAILED, cost_usd=1.0)
    await end(store, await asked(store))
    clock.pass_days(1)

    assert await store.spent(since=yesterday) == 1.0
    assert await store.spent(since=clock.now) == 0.0

    await store.add_cost(turn.id, 0.5, 10)
    await store.add_cost(turn.id, None, 5)
    clock.pass_days(1)
    await store.add_cost(turn.id, None, None)
    assert await store.spent(since=yesterday + 3600) == 1.5
    assert await store.spent(since=clock.now) == 0.0
    after = await now(store, turn)
    assert (after.cost_usd, after.tokens, after.state) == (1.5, 15, TurnState.FAILED)


async def test_another_ending_of_unknown_cost_does_not_bring_up_the_old_one(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    await end(store, turn, TurnState.FAILED, cost_usd=1.0)
    clock.pass_days(1)
    await store.requeue_turn(turn.id, forgive=True)

    await end(store, turn, cost_usd=None)

    assert await store.spent(since=clock.now) == 0.0
    assert (await now(store, turn)).cost_usd == 1.0


async def test_what_was_spent_today_is_what_the_totals_say(
    store: Store, clock: Clock
) -> None:
    midday = datetime.fromtimestamp(clock.now, UTC).astimezone().replace(hour=12)
    clock.now = midday.timestamp()
    turn = await asked(store)
    clock.pass_days(1)
    await end(store, turn, cost_usd=2.0)

    totals = await store.totals()

    assert (totals.turns_today, totals.cost_today_usd) == (0, 2.0)


async def test_spending_is_quick_among_many_turns(path: Path, clock: Clock) -> None:
    """Answered from one index, whatever is asked; never from the table."""
    async with Store.open(path, clock) as store:
        home = await conversation(store)
    async with connect(path) as database:
        await database.run(
            """
            WITH RECURSIVE number (n) AS (
                SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100000
            )
            INSERT INTO turn (
                conversation_id, project, origin_platform, origin_event, state, prompt,
                prompt_uuid, asked_by, platform, team, chat, thread, cost_usd,
                spent_at, queued_at
            )
            SELECT :home, 'shop', 'telegram', n, 'delivered', '{}', 'u', n % 50,
                'telegram', '', '7', '', 0.5, n, n
            FROM number
            """,
            {"home": home.id},
        )
        async with database.transaction() as db:
            values = {"since": 1.0, "project": "shop", "people": '[["telegram", "1"]]'}
            plan = await fetch(db, f"EXPLAIN QUERY PLAN {SPENT}", values)
    details = [str(row["detail"]) for row in plan]
    assert "SEARCH turn USING COVERING INDEX turn_spent (spent_at>?)" in details

    async with Store.open(path, clock) as store:
        by_one = await store.spent(since=1.0, people=[("telegram", "1")])
        by_all = await store.spent(since=99_001.0, project="shop")

    assert (by_one, by_all) == (1000.0, 500.0)
