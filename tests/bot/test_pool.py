import asyncio
from contextlib import AsyncExitStack

from bot.pool import Pool, Seat, fitting_memory


async def take(
    pool: Pool, stack: AsyncExitStack, evicted: list[str], name: str
) -> Seat:
    return await stack.enter_async_context(
        pool.seat(
            lambda: evicted.append(name), full=lambda: evicted.append(f"full:{name}")
        )
    )


async def test_the_longest_idle_agent_is_asked_to_leave() -> None:
    pool, evicted = Pool(2), list[str]()
    async with AsyncExitStack() as first, AsyncExitStack() as rest:
        a = await take(pool, first, evicted, "a")
        b = await take(pool, rest, evicted, "b")
        pool.used(a, idle=True)
        pool.used(b, idle=True)

        third = asyncio.create_task(take(pool, rest, evicted, "c"))
        while len(evicted) < 2:
            await asyncio.sleep(0)
        assert evicted == ["a", "full:c"]
        await first.aclose()

        await third
        assert pool.taken == 2


async def test_a_busy_agent_is_not_asked_and_the_wait_is_in_order() -> None:
    pool, evicted, got = Pool(1), list[str](), list[str]()

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
    pool, evicted = Pool(1), list[str]()
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
