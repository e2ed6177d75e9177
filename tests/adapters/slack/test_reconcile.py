"""After a gap: everything that was missed comes in, and nothing twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.inbound import Address, MessageRef
from adapters.slack.reconcile import DAY_S, Reconciler
from tests.adapters.slack.entry import Entry, entry, running, until
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB, FakeSlack, Message


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(loses_events=True) as slack:
        yield slack
        assert slack.refusals == []


@asynccontextmanager
async def reconciling(
    slack: FakeSlack,
    memory: Memory,
    *,
    kept_until: float | None = None,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[tuple[Entry, Reconciler]]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0.001)

    async with entry(slack, memory) as inside:
        reconciler = Reconciler(
            inside.api,
            memory,
            inside.gate,
            inside.ingress,
            inside.me,
            kept_until=kept_until,
            clock=clock,
            sleep=sleep,
        )
        async with running(reconciler.run()):
            yield inside, reconciler


def ours(slack: FakeSlack, memory: Memory, root: Message) -> Address:
    """That thread is a conversation, and *root* asked in it."""
    address = Address("slack", root.channel, root.ts, slack.team)
    memory.known.add(address)
    memory.asked.append((address, MessageRef(root.ts)))
    return address


def mention(slack: FakeSlack, text: str, **where: Any) -> Message:
    return slack.say(f"<@{slack.bot_user}> {text}", channel=slack.general, **where)


async def test_what_was_missed_comes_in_order_and_once(
    slack: FakeSlack, memory: Memory
) -> None:
    gap = time.time()
    root = mention(slack, "root")
    ours(slack, memory, root)
    slack.say("a reply", thread=root)
    slack.say(f"<@{BOB}> not for the bot", thread=root)
    slack.say("direct")
    slack.say("with a file", files=[("a.txt", b"x")])
    slack.say("chatter", channel=slack.general)
    other = mention(slack, "in another thread")
    async with reconciling(slack, memory) as (inside, reconciler):
        reconciler.missed(gap)
        await until(lambda: len(memory.rows) == 5)
        reconciler.missed(gap)
        await slack.arrived(2 * 4, "conversations[.].*|users[.]conversations")

    assert [text.rpartition("> ")[2] for text in memory.texts] == [
        "direct", "with a file", "a reply", "root", "in another thread",
    ]  # fmt: skip
    assert len(inside.handed) == 5
    assert f"msg:{slack.team}:{other.channel}:{other.ts}" in inside.handed


async def test_what_came_by_itself_is_not_taken_again(
    slack: FakeSlack, memory: Memory
) -> None:
    said = slack.say("hello")
    await memory.keep([(f"msg:{slack.team}:{said.channel}:{said.ts}", "{}")])
    async with reconciling(slack, memory) as (inside, reconciler):
        reconciler.missed(time.time())
        await slack.arrived(1, "conversations[.]history")
        slack.say("the mark")
        reconciler.missed(time.time())
        await until(lambda: inside.handed)

    assert len(memory.rows) == 2


async def test_what_was_said_before_a_thread_was_ours_is_not_for_us(
    slack: FakeSlack, memory: Memory
) -> None:
    root = slack.say("shall we ask it?", channel=slack.general)
    slack.say("yes", thread=root)
    asked = slack.say(f"<@{slack.bot_user}> so?", thread=root)
    address = Address("slack", root.channel, root.ts, slack.team)
    memory.known.add(address)
    memory.asked.append((address, MessageRef(asked.ts)))
    slack.say("what about this?", thread=root)
    async with reconciling(slack, memory) as (_, reconciler):
        reconciler.missed(time.time())
        await until(lambda: memory.rows)
        await slack.arrived(1, "conversations[.]history")

    assert memory.texts == ["what about this?"]


async def test_every_page_is_read(slack: FakeSlack, memory: Memory) -> None:
    for n in range(450):
        slack.say(str(n))
    async with reconciling(slack, memory) as (_, reconciler):
        reconciler.missed(time.time())
        await until(lambda: len(memory.rows) == 450)

    assert sorted(memory.texts, key=int) == [str(n) for n in range(450)]


async def test_at_the_start_the_gap_begins_with_the_last_thing_kept(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.say("while it was off")
    kept_until = time.time() - 3600
    async with reconciling(slack, memory, kept_until=kept_until) as (_, reconciler):
        reconciler.missed(None)
        await until(lambda: memory.rows)

    [call] = slack.calls("conversations[.]history")[:1]
    assert float(call.params["oldest"]) == pytest.approx(kept_until - 60, abs=0.01)


async def test_the_first_start_has_missed_nothing(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.say("before it was installed")
    async with reconciling(slack, memory) as (_, reconciler):
        reconciler.missed(None)
        reconciler.missed(time.time() + 3600)
        await slack.arrived(1, "conversations[.]history")

    assert len(slack.calls("users[.]conversations")) == 1
    assert memory.rows == {}


async def test_nothing_older_than_a_day_is_looked_for(
    slack: FakeSlack, memory: Memory
) -> None:
    now = time.time()
    async with reconciling(slack, memory, clock=lambda: now) as (_, reconciler):
        slack.dm()
        reconciler.missed(now - 30 * DAY_S)
        [call, *_] = await slack.arrived(1, "conversations[.]history")

    assert float(call.params["oldest"]) == pytest.approx(now - DAY_S, abs=0.01)


async def test_strangers_are_not_read(slack: FakeSlack, memory: Memory) -> None:
    slack.say("hello", user=BOB)
    shared = slack.open_channel("shared", external=True)
    slack.say(f"<@{slack.bot_user}> hello", channel=shared)
    async with reconciling(slack, memory) as (inside, reconciler):
        reconciler.missed(time.time())
        await slack.arrived(2, "conversations[.]history")
        slack.say("the mark", user=ADA)
        reconciler.missed(time.time())
        await until(lambda: memory.rows)

    assert memory.texts == ["the mark"]
    assert inside.whispers == []
    read = {c.params["channel"] for c in slack.calls("conversations[.]history")}
    assert slack.dm(BOB) not in read


async def test_slack_being_away_or_busy_delays_it_and_loses_nothing(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.say("hello")
    slack.fail("users[.]conversations", 2, "5xx")
    slack.fail("conversations[.]history", 2, "drop_after")
    slack.fail("users[.]info", 2, "drop_before")
    memory.full = True
    async with reconciling(slack, memory) as (_, reconciler):
        reconciler.missed(time.time())
        await until(lambda: memory.waiting)
        memory.full = False
        await until(lambda: memory.rows)

    assert memory.texts == ["hello"]


async def test_a_channel_that_shows_us_nothing_hides_no_other(
    slack: FakeSlack, memory: Memory
) -> None:
    slack.say("hello")
    mention(slack, "there")
    slack.fail("conversations[.]history", 1, "error", code="not_in_channel")
    async with reconciling(slack, memory) as (_, reconciler):
        reconciler.missed(time.time())
        await until(lambda: memory.rows)

    assert memory.texts == [f"<@{slack.bot_user}> there"]
