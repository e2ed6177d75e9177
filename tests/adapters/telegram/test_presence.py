import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from adapters.base import RateLimited
from adapters.inbound import MessageRef
from adapters.lane import Urgency
from adapters.presence import Presence
from adapters.telegram.budget import Budget
from adapters.telegram.presence import TelegramSigns
from adapters.views import Notice, Said, TurnStatus, TurnView
from tests.adapters.telegram.paper import CHAT, PaperTelegram
from tests.virtual_time import in_virtual_time

QUEUED = TurnView(id="t1", status=TurnStatus.QUEUED, reply_to=MessageRef("5"))
RUNNING = replace(QUEUED, status=TurnStatus.RUNNING)
WAITING = replace(QUEUED, status=TurnStatus.WAITING)
DONE = replace(QUEUED, status=TurnStatus.DONE)


@asynccontextmanager
async def following(
    telegram: PaperTelegram, budget: Budget | None = None
) -> AsyncIterator[Presence]:
    presence = Presence(TelegramSigns(telegram, budget or Budget()))
    task = asyncio.create_task(presence.run())
    await asyncio.sleep(0)
    yield presence
    task.cancel()
    await asyncio.wait([task])


def reactions(telegram: PaperTelegram) -> list[str]:
    return [
        "".join(reaction["emoji"] for reaction in params["reaction"])
        for method, params in telegram.calls
        if method == "setMessageReaction"
    ]


def typing(telegram: PaperTelegram) -> list[float]:
    calls = zip(telegram.calls, telegram.times, strict=True)
    return [at for (method, _), at in calls if method == "sendChatAction"]


@in_virtual_time
async def test_the_persons_message_shows_how_its_turn_goes() -> None:
    telegram = PaperTelegram()
    async with following(telegram) as presence:
        for view in (QUEUED, RUNNING, WAITING, RUNNING, DONE):
            presence.see(CHAT, view)
            await asyncio.sleep(1)

    assert reactions(telegram) == ["👀", "👍"]
    assert telegram.times[0] == 0.0


@in_virtual_time
async def test_a_failure_is_seen_and_a_cancelled_turn_leaves_no_sign() -> None:
    telegram = PaperTelegram()
    async with following(telegram) as presence:
        for view_id, end in ("t1", TurnStatus.FAILED), ("t2", TurnStatus.CANCELLED):
            presence.see(CHAT, replace(RUNNING, id=view_id))
            await asyncio.sleep(1)
            presence.see(CHAT, replace(RUNNING, id=view_id, status=end))
            await asyncio.sleep(1)

    assert reactions(telegram) == ["👀", "👎", "👀", ""]


@in_virtual_time
async def test_typing_shows_while_the_agent_works_in_silence() -> None:
    telegram = PaperTelegram()
    async with following(telegram) as presence:
        presence.see(CHAT, RUNNING)
        await asyncio.sleep(12)
        presence.see(CHAT, WAITING)
        await asyncio.sleep(100)
        presence.see(CHAT, RUNNING)
        await asyncio.sleep(3)
        presence.see(CHAT, DONE)
        await asyncio.sleep(100)

    assert typing(telegram) == [2.0, 6.5, 11.0, 114.0]


@in_virtual_time
async def test_nobody_types_while_words_appear() -> None:
    telegram = PaperTelegram()
    async with following(telegram) as presence:
        for word in range(100):
            said = Said(f"word {word}", complete=False)
            presence.see(CHAT, replace(RUNNING, parts=(said,)))
            await asyncio.sleep(0.1)
        await asyncio.sleep(3)

    assert len(typing(telegram)) == 1
    assert 11 < typing(telegram)[0] < 13


@in_virtual_time
async def test_a_failure_is_followed_by_a_pause_and_by_nothing_worse() -> None:
    telegram = PaperTelegram()
    telegram.before = lambda method, _: (
        RateLimited(5) if method == "sendChatAction" else None
    )
    async with following(telegram) as presence:
        presence.see(CHAT, RUNNING)
        await asyncio.sleep(60)
        assert len(typing(telegram)) == 2
        presence.see(CHAT, DONE)
        await asyncio.sleep(60)

        assert reactions(telegram) == ["👀", "👍"]
        assert presence._turns == {}


@in_virtual_time
async def test_signs_of_life_wait_for_messages_and_a_last_one_comes_later() -> None:
    telegram, budget = PaperTelegram(), Budget()
    async with following(telegram, budget) as presence:
        for _ in range(3):
            await budget.acquire(CHAT.chat, lambda: Urgency.EDIT)
        presence.see(CHAT, RUNNING)
        await asyncio.sleep(0.1)
        presence.see(CHAT, DONE)
        await asyncio.sleep(0.1)
        assert telegram.calls == []

        await asyncio.sleep(10)

    assert reactions(telegram) == ["👍"]


@in_virtual_time
async def test_nothing_is_done_about_other_views_or_turns_without_a_message() -> None:
    telegram = PaperTelegram()
    async with following(telegram) as presence:
        presence.see(CHAT, Notice(id="n1", text="Hello", reply_to=MessageRef("5")))
        presence.see(CHAT, replace(RUNNING, reply_to=None))
        await asyncio.sleep(1)
        presence.see(CHAT, replace(DONE, reply_to=None))
        await asyncio.sleep(1)

        assert presence._turns == {}

    assert telegram.calls == []
