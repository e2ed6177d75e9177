import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from bot.errors import in_words
from bot.parking import (
    BACK_OFF_S,
    LONGEST_S,
    Parking,
    account,
    continues,
    parked,
)
from store.parking import ParkRecord
from tests.virtual_time import in_virtual_time, ticks

ACCOUNT = account("claude", "subscription")
HOUR = 3600.0


class Kept:
    """What is on disk, through restarts."""

    def __init__(self) -> None:
        self.rows: dict[str, ParkRecord] = {}

    async def park_account(self, account: str, until: float, reason: str) -> None:
        self.rows[account] = ParkRecord(account=account, until=until, reason=reason)

    async def parked_accounts(self) -> dict[str, ParkRecord]:
        return dict(self.rows)

    async def unpark_account(self, account: str) -> None:
        self.rows.pop(account, None)


@asynccontextmanager
async def running(
    kept: Kept,
    *,
    clock: Callable[[], float] = ticks,
    jitter: Callable[[], float] = lambda: 0.0,
) -> AsyncIterator[Parking]:
    parking = Parking(kept, clock=clock, monotonic=ticks, jitter=jitter)
    await parking.load()
    task = asyncio.create_task(parking.run())
    try:
        yield parking
    finally:
        task.cancel()
        await asyncio.wait([task])


async def woken_at(parking: Parking, key: object = "here") -> float:
    woken = asyncio.Event()
    parking.wait(ACCOUNT, key, woken.set)
    await woken.wait()
    return ticks()


@in_virtual_time
async def test_an_account_waits_until_its_limit_ends_and_goes_on_by_itself() -> None:
    kept = Kept()
    async with running(kept, jitter=lambda: 3.0) as parking:
        assert await parking.park(ACCOUNT, until=HOUR, reason="session") == HOUR + 3
        assert parking.until(ACCOUNT) == HOUR + 3
        assert parking.until("claude:api_key") is None
        assert parking.parked() == {ACCOUNT: HOUR + 3}
        assert kept.rows[ACCOUNT].reason == "session"

        assert await woken_at(parking) == HOUR + 3
        assert parking.until(ACCOUNT) is None
        assert parking.parked() == {}
        assert not kept.rows


@in_virtual_time
async def test_it_also_goes_on_after_a_restart() -> None:
    kept = Kept()
    async with running(kept) as parking:
        await parking.park(ACCOUNT, until=HOUR)

    await asyncio.sleep(600)
    async with running(kept) as parking:
        assert parking.until(ACCOUNT) == HOUR
        assert await woken_at(parking) == HOUR


@in_virtual_time
async def test_a_limit_that_ended_while_parley_was_down_is_over() -> None:
    kept = Kept()
    async with running(kept) as parking:
        await parking.park(ACCOUNT, until=HOUR)

    await asyncio.sleep(2 * HOUR)
    async with running(kept) as parking:
        assert parking.until(ACCOUNT) is None
        assert not kept.rows
        assert await woken_at(parking) == 2 * HOUR


@in_virtual_time
async def test_a_limit_that_has_just_ended_is_tried_at_once_and_only_once() -> None:
    await asyncio.sleep(HOUR)
    async with running(Kept(), jitter=lambda: 3.0) as parking:
        await parking.park(ACCOUNT, until=ticks() - 2)
        assert await woken_at(parking) == HOUR + 3

        await parking.park(ACCOUNT, until=HOUR - 2)
        assert await woken_at(parking) == HOUR + 3 + BACK_OFF_S[0]


@in_virtual_time
async def test_a_limit_of_unknown_length_is_tried_less_and_less_often() -> None:
    async with running(Kept()) as parking:
        waits = []
        for _ in range(5):
            begun = ticks()
            await parking.park(ACCOUNT, until=None)
            waits.append(await woken_at(parking) - begun)

        assert waits == [*BACK_OFF_S, BACK_OFF_S[-1]]


@in_virtual_time
async def test_a_success_forgets_how_often_it_was_refused() -> None:
    async with running(Kept()) as parking:
        await parking.park(ACCOUNT, until=None)
        await woken_at(parking)
        await parking.park(ACCOUNT, until=None)
        await woken_at(parking)

        await parking.succeeded(ACCOUNT, began_at=ticks())
        await parking.park(ACCOUNT, until=None)
        assert parking.until(ACCOUNT) == ticks() + BACK_OFF_S[0]


@in_virtual_time
async def test_a_turn_older_than_the_limit_does_not_end_it() -> None:
    """It was under way when the limit was met; its last call was earlier."""
    async with running(Kept()) as parking:
        await asyncio.sleep(10)
        await parking.park(ACCOUNT, until=HOUR)

        await parking.succeeded(ACCOUNT, began_at=5)
        assert parking.until(ACCOUNT) == HOUR


@in_virtual_time
async def test_conversations_that_meet_one_limit_together_make_one_wait() -> None:
    async with running(Kept()) as parking:
        for _ in range(4):
            await parking.park(ACCOUNT, until=None)
            await asyncio.sleep(1)
        assert parking.until(ACCOUNT) == BACK_OFF_S[0]

        await parking.park(ACCOUNT, until=HOUR)
        await parking.park(ACCOUNT, until=HOUR / 2)
        assert parking.until(ACCOUNT) == HOUR


@in_virtual_time
async def test_an_end_that_was_not_true_is_not_trusted_a_second_time() -> None:
    async with running(Kept()) as parking:
        await parking.park(ACCOUNT, until=10)
        assert await woken_at(parking) == 10
        await parking.park(ACCOUNT, until=11)
        assert parking.until(ACCOUNT) == 10 + BACK_OFF_S[0]
        await woken_at(parking)
        await parking.park(ACCOUNT, until=5)  # it is over, the agent says
        assert parking.until(ACCOUNT) == ticks() + BACK_OFF_S[2]


@in_virtual_time
async def test_who_waits_goes_on_one_after_another() -> None:
    """The first shows whether the limit is over before all of them run into it."""
    async with running(Kept()) as parking:
        await parking.park(ACCOUNT, until=HOUR)
        order: list[int] = []
        for number in range(3):
            parking.wait(ACCOUNT, number, partial(order.append, number))
        parking.leave(1)

        await asyncio.sleep(HOUR + 0.5)
        assert order == [0]
        await parking.park(ACCOUNT, until=2 * HOUR)
        await asyncio.sleep(60)
        assert order == [0]

        await asyncio.sleep(HOUR)
        assert order == [0, 2]


@in_virtual_time
async def test_each_conversation_is_told_once_while_it_lasts() -> None:
    async with running(Kept()) as parking:
        assert not parking.first_told(ACCOUNT, 1)
        await parking.park(ACCOUNT, until=10)
        assert parking.first_told(ACCOUNT, 1)
        assert parking.first_told(ACCOUNT, 2)
        await woken_at(parking)
        await parking.park(ACCOUNT, until=HOUR)
        assert not parking.first_told(ACCOUNT, 1)

        await parking.release(ACCOUNT)
        assert parking.until(ACCOUNT) is None
        await parking.park(ACCOUNT, until=HOUR)
        assert parking.first_told(ACCOUNT, 1)


@in_virtual_time
async def test_a_clock_that_is_set_back_does_not_lengthen_the_wait() -> None:
    offset = 0.0
    async with running(Kept(), clock=lambda: ticks() + offset) as parking:
        await parking.park(ACCOUNT, until=HOUR)
        offset = -30 * 24 * HOUR

        assert await woken_at(parking) == HOUR


@in_virtual_time
async def test_a_machine_that_slept_through_the_limit_goes_on_when_it_wakes() -> None:
    offset = 0.0
    async with running(Kept(), clock=lambda: ticks() + offset) as parking:
        await parking.park(ACCOUNT, until=10 * HOUR)
        woken = asyncio.create_task(woken_at(parking))
        await asyncio.sleep(100)
        offset = 10 * HOUR

        assert await woken <= 130


@in_virtual_time
async def test_no_wait_is_longer_than_any_limit() -> None:
    async with running(Kept()) as parking:
        await parking.park(ACCOUNT, until=1e9)

        assert parking.until(ACCOUNT) == LONGEST_S


def test_the_words_say_when_it_goes_on() -> None:
    noon = 1_800_016_200.0  # in no zone is a minute before it yesterday

    assert in_words(continues(noon, noon - 60), "en").startswith(
        "Usage limit: continues at "
    )
    assert " on " in in_words(parked(noon, noon - 5 * 24 * HOUR), "en")
