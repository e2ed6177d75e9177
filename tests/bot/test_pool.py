import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from bot.pool import (
    BYTES_PER_AGENT,
    MEASURE_S,
    NoRoom,
    Pool,
    Reason,
    Seat,
    fitting_memory,
)
from tests.virtual_time import in_virtual_time

PLENTY = 1000 * BYTES_PER_AGENT


def pool_of(
    limit: int,
    *,
    free: Callable[[], int] = lambda: PLENTY,
    evicted: Callable[[Reason], object] = lambda reason: None,
) -> Pool:
    return Pool(limit, free=free, least=BYTES_PER_AGENT, evicted=evicted)


async def take(
    pool: Pool,
    stack: AsyncExitStack,
    evicted: list[str],
    name: str,
    *,
    prewarm: bool = False,
) -> Seat:
    return await stack.enter_async_context(
        pool.seat(
            lambda: evicted.append(name),
            full=lambda: evicted.append(f"full:{name}"),
            prewarm=prewarm,
        )
    )


async def test_the_longest_idle_agent_is_asked_to_leave() -> None:
    reasons = list[Reason]()
    pool, evicted = pool_of(2, evicted=reasons.append), list[str]()
    async with AsyncExitStack() as first, AsyncExitStack() as rest:
        a = await take(pool, first, evicted, "a")
        b = await take(pool, rest, evicted, "b")
        pool.used(a, idle=True)
        pool.used(b, idle=True)

        third = asyncio.create_task(take(pool, rest, evicted, "c"))
        while len(evicted) < 2:
            await asyncio.sleep(0)
        assert evicted == ["a", "full:c"]
        assert reasons == ["seat"]
        await first.aclose()

        await third
        assert pool.taken == 2


async def test_a_busy_agent_is_not_asked_and_the_wait_is_in_order() -> None:
    pool, evicted, got = pool_of(1), list[str](), list[str]()

    async def wait(name: str) -> None:
        async with AsyncExitStack() as stack:
            await take(pool, stack, evicted, name)
            got.append(name)

    async with AsyncExitStack() as stack:
        await take(pool, stack, evicted, "a")
        tasks = [asyncio.create_task(wait(name)) for name in "bc"]
        while len(evicted) < 2:
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)

    assert evicted == ["full:b", "full:c"]
    assert got == ["b", "c"]


async def test_one_who_gives_up_waiting_leaves_no_seat_taken() -> None:
    pool, evicted = pool_of(1), list[str]()
    async with AsyncExitStack() as stack:
        await take(pool, stack, evicted, "a")
        waiting = asyncio.create_task(take(pool, AsyncExitStack(), evicted, "b"))
        while not evicted:
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])

    assert pool.taken == 0


def test_this_machine_carries_at_least_one() -> None:
    assert fitting_memory() >= 1


# --- agents that nobody has asked anything yet ----------------------------------------


async def test_an_agent_that_may_be_wanted_evicts_nobody() -> None:
    pool, evicted = pool_of(1), list[str]()
    async with AsyncExitStack() as stack:
        a = await take(pool, stack, evicted, "a")
        pool.used(a, idle=True)

        with pytest.raises(NoRoom):
            await take(pool, stack, evicted, "b", prewarm=True)

    assert evicted == []
    assert pool.taken == 0


async def test_it_leaves_before_agents_that_have_worked() -> None:
    pool, evicted = pool_of(2), list[str]()
    async with AsyncExitStack() as first, AsyncExitStack() as rest:
        a = await take(pool, rest, evicted, "a")
        pool.used(a, idle=True)
        b = await take(pool, first, evicted, "b", prewarm=True)
        pool.used(b, idle=True)

        third = asyncio.create_task(take(pool, rest, evicted, "c"))
        while len(evicted) < 2:
            await asyncio.sleep(0)
        assert evicted == ["b", "full:c"]
        await first.aclose()
        await third


async def test_once_it_is_wanted_it_is_as_any_other() -> None:
    pool, evicted = pool_of(2), list[str]()
    async with AsyncExitStack() as first, AsyncExitStack() as rest:
        a = await take(pool, first, evicted, "a")
        pool.used(a, idle=True)
        b = await take(pool, rest, evicted, "b", prewarm=True)
        pool.used(b, idle=False)
        pool.used(b, idle=True)

        third = asyncio.create_task(take(pool, rest, evicted, "c"))
        while len(evicted) < 2:
            await asyncio.sleep(0)
        assert evicted == ["a", "full:c"]
        await first.aclose()
        await third


# --- memory ---------------------------------------------------------------------------


async def test_idle_agents_leave_when_memory_is_short_even_below_the_limit() -> None:
    free = PLENTY
    reasons = list[Reason]()
    pool = pool_of(9, free=lambda: free, evicted=reasons.append)
    evicted = list[str]()
    async with AsyncExitStack() as stack:
        for name in "abcd":
            seat = await take(pool, stack, evicted, name)
            pool.used(seat, idle=name != "a")
        pool.measure()
        assert evicted == []

        free = BYTES_PER_AGENT // 2
        pool.measure()
        assert pool.tight
        assert evicted == ["b"]
        pool.measure()
        assert evicted == ["b"]  # which has yet to leave

        free = -BYTES_PER_AGENT
        pool.measure()
        assert evicted == ["b", "c"]
        assert reasons == ["memory", "memory"]
        with pytest.raises(NoRoom):
            await take(pool, stack, evicted, "e", prewarm=True)


@in_virtual_time
async def test_work_waits_for_memory_unless_it_would_be_alone() -> None:
    free = 0
    pool, evicted = pool_of(9, free=lambda: free), list[str]()
    watching = asyncio.create_task(pool.watch())
    await asyncio.sleep(1)
    async with AsyncExitStack() as stack:
        await take(pool, stack, evicted, "a")
        second = asyncio.create_task(take(pool, stack, evicted, "b"))
        await asyncio.sleep(60)
        assert evicted == ["full:b"]
        assert not second.done()

        free = PLENTY
        await asyncio.sleep(MEASURE_S)
        assert second.done()
        assert not pool.tight
    watching.cancel()
    await asyncio.wait([watching])
