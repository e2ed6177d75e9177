import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.budgets import Exceeded, Spending
from bot.errors import in_words
from bot.meter import LOOK_S, Meter, Reached, TurnLimits
from runner.errors import Refused
from runner.events import (
    PermissionRequested,
    Phrase,
    TextDelta,
    ToolFinished,
)
from tests.virtual_time import in_virtual_time, ticks

ASKED = PermissionRequested("r", "Bash", "execute", Phrase("ask-run"))
NO_LIMITS = TurnLimits()
TOOL = ToolFinished("t", ok=True)


class Agent:
    """An agent that has cost something before."""

    def __init__(self, *, cost: float = 10.0) -> None:
        self.cost = cost
        self.asked_at: list[float] = []
        self.refuses = False

    async def cost_usd(self) -> float:
        self.asked_at.append(ticks())
        if self.refuses:
            raise Refused("session-no-answer")
        return self.cost


@asynccontextmanager
async def metered(
    agent: Agent,
    limits: TurnLimits = NO_LIMITS,
    *,
    spending: Spending | None = None,
    check: Callable[[], Awaitable[Exceeded | None]] | None = None,
) -> AsyncIterator[tuple[Meter, list[Reached]]]:
    reached: list[Reached] = []
    meter = Meter(
        limits,
        cost=agent.cost_usd,
        over=reached.append,
        spending=spending,
        check=check,
    )
    task = asyncio.create_task(meter.run())
    await asyncio.sleep(0)
    try:
        yield meter, reached
    finally:
        task.cancel()
        await asyncio.wait([task])


@in_virtual_time
async def test_a_turn_ends_when_it_has_cost_what_it_may() -> None:
    agent = Agent()
    async with metered(agent, TurnLimits(cost_usd=2)) as (meter, reached):
        agent.cost = 11.99
        meter.heard(TOOL)
        await asyncio.sleep(10)
        assert not reached

        agent.cost = 12.0
        meter.heard(TOOL)
        await asyncio.sleep(10)
        assert [each.limit for each in reached] == ["cost"]
        assert "$2.00 of the $2.00" in in_words(reached[0].words, "en")


@in_virtual_time
async def test_the_agent_is_asked_after_tools_but_not_too_often() -> None:
    agent = Agent()
    async with metered(agent, TurnLimits(cost_usd=2)) as (meter, _):
        for _ in range(100):
            meter.heard(TOOL)
            meter.heard(TextDelta("m", "word"))
            await asyncio.sleep(0.1)
        await asyncio.sleep(100)

    assert agent.asked_at == [0, 0, LOOK_S, 2 * LOOK_S]


@in_virtual_time
async def test_without_a_limit_the_agent_is_not_asked() -> None:
    agent = Agent()
    async with metered(agent) as (meter, reached):
        meter.heard(TOOL)
        await asyncio.sleep(100_000)

    assert agent.asked_at == []
    assert reached == []


@in_virtual_time
async def test_a_budget_that_is_used_up_in_the_middle_ends_the_turn() -> None:
    agent, spending = Agent(), Spending(frozenset(), "web")

    async def check() -> Exceeded | None:
        if spending.usd < 3:
            return None
        return Exceeded("project", "web", "day", 3.0, 3, 1e9)

    async with metered(agent, spending=spending, check=check) as (meter, reached):
        agent.cost = 12.5
        meter.heard(TOOL)
        await asyncio.sleep(10)
        assert spending.usd == 2.5
        assert not reached

        agent.cost = 13
        meter.heard(TOOL)
        await asyncio.sleep(10)
        assert [each.limit for each in reached] == ["budget"]
        assert "web" in in_words(reached[0].words, "en")


@in_virtual_time
async def test_an_agent_that_cannot_tell_its_cost_is_asked_again() -> None:
    agent = Agent()
    agent.refuses = True
    async with metered(agent, TurnLimits(cost_usd=2)) as (meter, reached):
        meter.heard(TOOL)
        await asyncio.sleep(10)
        agent.refuses = False
        meter.heard(TOOL)
        await asyncio.sleep(10)
        assert not reached

        agent.cost += 2
        meter.heard(TOOL)
        await asyncio.sleep(10)
        assert reached


@in_virtual_time
async def test_a_turn_ends_when_it_has_worked_as_long_as_it_may() -> None:
    async with metered(Agent(), TurnLimits(seconds=300)) as (_, reached):
        await asyncio.sleep(299)
        assert not reached

        await asyncio.sleep(1.1)
        assert [each.limit for each in reached] == ["time"]
        assert "5 min" in in_words(reached[0].words, "en")


@in_virtual_time
async def test_the_time_people_take_to_answer_is_theirs() -> None:
    async with metered(Agent(), TurnLimits(seconds=300)) as (meter, reached):
        await asyncio.sleep(200)
        meter.heard(ASKED)
        await asyncio.sleep(24 * 3600)
        meter.answered("r")
        await asyncio.sleep(99)
        assert not reached

        await asyncio.sleep(1.1)
        assert [each.limit for each in reached] == ["time"]
