import asyncio
from collections.abc import Iterable

from adapters.lane import Urgency
from adapters.telegram.budget import Budget
from tests.virtual_time import in_virtual_time, ticks

ADA, BOB, GROUP = "1001", "1002", "-100200"


async def grants(
    budget: Budget, chats: Iterable[str], urgency: Urgency = Urgency.EDIT
) -> list[tuple[str, float]]:
    """Who was granted a call, in order, and when."""
    granted: list[tuple[str, float]] = []

    async def take(chat: str) -> None:
        await budget.acquire(chat, lambda: urgency)
        granted.append((chat, round(ticks(), 2)))

    async with asyncio.TaskGroup() as tasks:
        for chat in chats:
            tasks.create_task(take(chat))
    return granted


@in_virtual_time
async def test_a_quick_turn_makes_its_three_calls_without_waiting() -> None:
    budget = Budget()

    granted = await grants(budget, [ADA] * 5)

    assert [at for _, at in granted] == [0, 0, 0, 1.1, 2.2]


@in_virtual_time
async def test_a_group_is_slower() -> None:
    assert await grants(Budget(), [GROUP] * 3) == [
        (GROUP, 0),
        (GROUP, 3.1),
        (GROUP, 6.2),
    ]


@in_virtual_time
async def test_no_second_sees_more_than_thirty_calls() -> None:
    granted = await grants(Budget(), [str(chat) for chat in range(200)])

    times = [at for _, at in granted]
    assert max(sum(t <= at < t + 1 for at in times) for t in times) <= 30
    assert times[-1] < 8.1


@in_virtual_time
async def test_a_chat_without_allowance_keeps_nobody_else_waiting() -> None:
    granted = await grants(Budget(), [ADA] * 10 + [BOB])

    assert (BOB, 0) in granted


@in_virtual_time
async def test_the_most_urgent_goes_first_even_if_it_became_so_while_waiting() -> None:
    budget = Budget()
    await grants(budget, [ADA] * 3)
    order: list[str] = []
    risen = [Urgency.EDIT]

    async def take(name: str, urgency: list[Urgency]) -> None:
        await budget.acquire(ADA, lambda: urgency[0])
        order.append(name)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take("edit", [Urgency.EDIT]))
        tasks.create_task(take("first words", [Urgency.FIRST_WORDS]))
        tasks.create_task(take("question", risen))
        tasks.create_task(take("final", [Urgency.FINAL]))
        await asyncio.sleep(1)
        risen[0] = Urgency.QUESTION

    assert order == ["question", "final", "first words", "edit"]


@in_virtual_time
async def test_a_trifle_is_skipped_while_anybody_waits() -> None:
    budget = Budget()
    assert budget.spare(ADA)
    await grants(budget, [ADA] * 3)

    assert not budget.spare(ADA)  # the next message would have to wait, too
    assert budget.spare(BOB)
    waiting = asyncio.create_task(budget.acquire(ADA, lambda: Urgency.EDIT))
    await asyncio.sleep(0.5)
    assert not budget.spare(BOB)
    await waiting
    assert budget.spare(BOB)


@in_virtual_time
async def test_trifles_do_not_delay_messages() -> None:
    budget = Budget()

    assert [budget.spare(ADA) for _ in range(3)] == [True, True, True]

    assert [at for _, at in await grants(budget, [ADA])] == [0]


@in_virtual_time
async def test_a_call_that_was_not_needed_or_waited_for_costs_nothing() -> None:
    budget = Budget()
    await grants(budget, [ADA] * 2)
    await budget.acquire(ADA, lambda: Urgency.EDIT)
    given_up = asyncio.create_task(budget.acquire(ADA, lambda: Urgency.EDIT))
    await asyncio.sleep(0)

    budget.release(ADA)
    given_up.cancel()
    await asyncio.wait([given_up])

    assert [at for _, at in await grants(budget, [ADA] * 2)] == [0, 1.1]


@in_virtual_time
async def test_rested_chats_leave_no_trace() -> None:
    budget = Budget()
    for chat in range(1000):
        await budget.acquire(str(chat), lambda: Urgency.EDIT)
        await asyncio.sleep(4)

    assert len(budget._chats) < 5
