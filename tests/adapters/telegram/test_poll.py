"""Polling against a real server: nothing is confirmed before it is kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.base import LoggedOut
from adapters.inbound import Address, Inbound, Kept
from adapters.telegram.api import TelegramApi
from adapters.telegram.gate import Strangers, comes_in, is_private, sender_of
from adapters.telegram.poll import ALLOWED, GIVE_WAY_S, Poller
from tests.fakes import NothingBefore
from tests.telegram_server import ADA, BOB, FakeTelegram

CAROL = 1003


class Memory(NothingBefore):
    """An `Intake` that survives its pollers, as a disk does."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.full = False
        self.open = asyncio.Event()  # whether `keep` gets through
        self.open.set()
        self.waiting = 0

    def allows(self, sender_id: str) -> bool:
        return sender_id == str(ADA)

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        self.waiting += 1
        await self.open.wait()
        if self.full:
            raise OSError("no space left on device")
        new = [Kept(*event, 0.0) for event in events if event[0] not in self.kept]
        self.kept |= {row.event_id: row.payload for row in new}
        return new

    @property
    def texts(self) -> list[str]:
        return [json.loads(row)["message"]["text"] for row in self.kept.values()]

    async def pending(self) -> list[Kept]:
        raise NotImplementedError

    async def deliver(self, inbound: Inbound) -> None:
        raise NotImplementedError

    async def discard(self, event_ids: Sequence[str]) -> None:
        raise NotImplementedError

    async def park(self, event_id: str, reason: str) -> None:
        raise NotImplementedError

    async def folder(self, address: Address) -> Path:
        raise NotImplementedError


class Api(TelegramApi):
    """Counts how often it was told to connect anew."""

    reconnects = 0

    async def reconnect(self) -> None:
        self.reconnects += 1
        await super().reconnect()


@dataclass
class Running:
    """A poller at work, and what it has said."""

    api: Api
    poller: Poller
    task: asyncio.Task[None]
    handed: list[str]  # event ids
    hints: list[tuple[str, str]]
    slept: list[float]

    async def until_ok(self) -> None:
        await until(lambda: self.poller.health.state == "ok")


async def until(condition: Any) -> None:
    """Something no server hears of."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
def memory() -> Memory:
    return Memory()


@asynccontextmanager
async def polling(
    telegram: FakeTelegram, memory: Memory, *, stale_s: float = 120.0
) -> AsyncIterator[Running]:
    """Killed at the end, wherever it is: no goodbye."""
    slept: list[float] = []
    handed: list[str] = []
    hints: list[tuple[str, str]] = []

    async def sleep(seconds: float) -> None:
        if seconds != GIVE_WAY_S:
            slept.append(seconds)
        await asyncio.sleep(0.01)

    async with Api(telegram.token, telegram.api_base) as api:
        poller = Poller(
            api,
            memory,
            on_kept=lambda rows: handed.extend(row.event_id for row in rows),
            on_stranger=lambda chat, words: hints.append((chat, words)),
            timeout_s=5,
            stale_s=stale_s,
            sleep=sleep,
            jitter=lambda: 0.0,
        )
        task = asyncio.create_task(poller.run())
        try:
            yield Running(api, poller, task, handed, hints, slept)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, LoggedOut):
                await task


async def test_what_is_said_is_kept_and_handed_on(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.say("before it ran")
    async with polling(telegram, memory) as running:
        await until(lambda: memory.texts == ["before it ran"])
        telegram.say("while it runs")
        await telegram.wait_for(lambda: len(memory.texts) == 2 and not telegram.pending)

    assert running.handed == list(memory.kept)
    assert running.poller.health.state == "ok"
    assert running.poller.health.last_contact
    assert telegram.calls("getUpdates")[0].params["allowed_updates"] == list(ALLOWED)
    assert telegram.refusals == []


async def test_nothing_is_confirmed_before_it_is_kept(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.say("one")
    telegram.say("two")
    memory.open.clear()
    async with polling(telegram, memory):
        await until(lambda: memory.waiting)
        assert telegram.pending == 2
        assert len(telegram.calls("getUpdates")) == 1

        memory.open.set()
        await telegram.wait_for(lambda: not telegram.pending)

    assert memory.texts == ["one", "two"]


async def test_what_a_killed_poller_fetched_comes_again(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.say("hello")
    memory.open.clear()
    async with polling(telegram, memory):
        await until(lambda: memory.waiting)
    assert telegram.pending == 1

    memory.open.set()
    async with polling(telegram, memory) as second:
        await telegram.wait_for(lambda: not telegram.pending)

    assert memory.texts == ["hello"]
    assert len(second.handed) == 1


async def test_what_was_kept_and_not_confirmed_is_not_new(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.say("hello")
    confirming = telegram.fail("getUpdates", 99, "hang", after=1)
    async with polling(telegram, memory) as first:
        await until(lambda: first.handed)
    assert telegram.pending == 1

    confirming.left = 0
    async with polling(telegram, memory) as second:
        await telegram.wait_for(lambda: not telegram.pending)

    assert len(first.handed) == 1
    assert second.handed == []


async def test_a_redelivered_update_is_handed_on_once(
    telegram: FakeTelegram, memory: Memory
) -> None:
    message = telegram.say("hello").raw
    async with polling(telegram, memory) as running:
        await telegram.wait_for(lambda: not telegram.pending)
        telegram.raw({"update_id": int(running.handed[0]), "message": message})
        telegram.say("next")
        await until(lambda: len(running.handed) == 2)

    assert memory.texts == ["hello", "next"]


async def test_a_full_disk_loses_nothing(
    telegram: FakeTelegram, memory: Memory
) -> None:
    memory.full = True
    telegram.say("hello")
    async with polling(telegram, memory) as running:
        await until(lambda: len(running.slept) >= 3)
        assert telegram.pending == 1
        assert running.poller.health.state == "degraded"
        assert "no space left" in running.poller.health.reason

        memory.full = False
        await telegram.wait_for(lambda: not telegram.pending)
        await running.until_ok()

    assert memory.texts == ["hello"]
    assert running.slept[:3] == [1, 2, 4]


async def test_nonsense_among_updates_holds_nobody_up(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.say("before")
    telegram.raw("not an object")
    telegram.raw({"update_id": "seven", "message": {"from": {"id": ADA}}})
    telegram.raw({"message": 5})
    telegram.raw({"message": {"from": "Ada", "chat": ["private"]}})
    telegram.raw(["a list"])
    odd = {"from": {"id": ADA}, "chat": {"type": "private"}, "text": "odd \ud83d"}
    telegram.raw({"message": odd})
    telegram.say("after")
    async with polling(telegram, memory):
        await telegram.wait_for(lambda: not telegram.pending)

    assert memory.texts == ["before", "odd \ud83d", "after"]
    assert all(row.isascii() for row in memory.kept.values())  # any disk takes it


async def test_answers_that_are_not_telegrams_are_not_asked_for_in_a_rush(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.raw("only nonsense")
    async with polling(telegram, memory) as running:
        await until(lambda: len(running.slept) >= 2)

        assert running.poller.health.state == "degraded"
        assert running.slept[:2] == [1, 2]


# --- trouble ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "5xx", "garbage"])
async def test_lost_connections_lose_nothing(
    kind: Any, telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.fail("getUpdates", 7, kind)
    telegram.say("hello")
    async with polling(telegram, memory) as running:
        await until(lambda: len(running.slept) >= 2)
        assert running.poller.health.state == "degraded"
        assert "no connection" in running.poller.health.reason
        await running.until_ok()

    assert running.slept == [1, 2, 4, 8, 16, 30, 30]
    assert memory.texts == ["hello"]


async def test_health_returns_with_the_connection_not_with_the_next_message(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.fail("getUpdates", 1, "5xx")
    async with polling(telegram, memory) as running:
        await until(lambda: len(telegram.calls("getUpdates")) >= 3)

        assert running.poller.health.state == "ok"
        waits = [int(call.params["timeout"]) for call in telegram.calls("getUpdates")]
        assert waits == [0, 0, 5]


async def test_hung_connections_are_replaced(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.fail("getUpdates", 2, "hang")
    telegram.say("hello")
    async with polling(telegram, memory, stale_s=0.1) as running:
        await telegram.wait_for(lambda: memory.kept)

    assert running.api.reconnects >= 2
    assert memory.texts == ["hello"]


async def test_another_program_with_the_token_is_waited_for(
    telegram: FakeTelegram, memory: Memory
) -> None:
    rivalry = telegram.fail("getUpdates", 99, "error", code=409, description="Conflict")
    telegram.say("hello")
    async with polling(telegram, memory) as running:
        await until(lambda: len(running.slept) >= 6)
        assert "another program polls" in running.poller.health.reason
        assert running.poller.health.last_contact

        rivalry.left = 0
        await telegram.wait_for(lambda: not telegram.pending)

    assert running.slept[:6] == [3, 6, 12, 24, 30, 30]
    assert memory.texts == ["hello"]


async def test_telegrams_wish_for_a_pause_is_granted(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.fail("getUpdates", 1, "429", retry_after=17)
    async with polling(telegram, memory) as running:
        await running.until_ok()

    assert running.slept == [17]


async def test_a_token_that_was_never_good_ends_it(
    telegram: FakeTelegram, memory: Memory
) -> None:
    telegram.fail("getUpdates", 9, "error", code=401, description="Unauthorized")
    async with polling(telegram, memory) as running:
        with pytest.raises(LoggedOut):
            await asyncio.wait_for(running.task, 10)

    assert running.poller.health.state == "down"


async def test_a_token_that_is_taken_back_is_told_and_asked_for_again(
    telegram: FakeTelegram, memory: Memory
) -> None:
    good = telegram.token
    async with polling(telegram, memory) as running:
        await running.until_ok()
        telegram.token = "123456:another"
        telegram.say("meanwhile")
        await until(lambda: len(running.slept) >= 6)
        assert running.poller.health.state == "down"
        assert "@BotFather" in running.poller.health.reason
        assert memory.texts == []

        telegram.token = good
        await running.until_ok()

    assert running.slept[:6] == [5, 10, 20, 40, 60, 60]
    assert memory.texts == ["meanwhile"]


async def test_a_webhook_that_somebody_sets_is_told_and_taken_away(
    telegram: FakeTelegram, memory: Memory
) -> None:
    async with polling(telegram, memory) as running:
        await running.until_ok()
        told: list[str] = []
        telegram.webhook = "https://elsewhere.example"
        telegram.say("hello")
        await until(lambda: running.slept)
        told.append(running.poller.health.reason)
        await telegram.wait_for(lambda: memory.kept)

    assert "a webhook was set" in told[0]
    assert telegram.webhook == ""
    assert memory.texts == ["hello"]


# --- who comes in -------------------------------------------------------------


async def test_strangers_leave_no_row_and_hear_once_how_to_get_in(
    telegram: FakeTelegram, memory: Memory
) -> None:
    async with polling(telegram, memory) as running:
        telegram.say("let me in", user=BOB)
        telegram.say("please", user=BOB)
        telegram.send_photo(b"x", user=CAROL)
        telegram.say("in a group", user=ADA, chat=-5)
        telegram.say("in a group", user=BOB, chat=-5)
        telegram.say("hello")
        await telegram.wait_for(lambda: memory.kept and not telegram.pending)

    assert memory.texts == ["hello"]
    hint = "This bot is private. Its owner can let you in: your id is 1002."
    assert running.hints == [("1002", hint)]


def test_a_stranger_hears_it_in_their_language_if_they_have_one() -> None:
    strangers = Strangers(lambda: 0.0)

    def hint(user: int, language: object) -> str:
        who = {"id": user, "language_code": language}
        chat = {"id": user, "type": "private"}
        message = {"from": who, "chat": chat, "text": "hi"}
        told = strangers.hint({"update_id": 1, "message": message})
        return told[1] if told else ""

    assert hint(1, "ko").startswith("비공개 봇이에요.")
    assert hint(2, "xx").startswith("This bot is private.")
    assert hint(3, ["ko"]).startswith("This bot is private.")


def test_a_stranger_hears_it_once_an_hour_and_few_do() -> None:
    now = [0.0]
    strangers = Strangers(lambda: now[0])

    def hinted(user: int) -> bool:
        chat = {"id": user, "type": "private"}
        message = {"from": {"id": user}, "chat": chat, "text": "hi"}
        return strangers.hint({"update_id": 1, "message": message}) is not None

    assert [hinted(user) for user in (1, 1, 2, 3, 4, 5, 6, 7)] == [
        True, False, True, True, True, True, False, False,
    ]  # fmt: skip
    now[0] = 3601.0
    assert hinted(6)
    assert hinted(1)


PRIVATE = {"id": ADA, "type": "private"}
GROUP = {"id": -5, "type": "supergroup"}
WHO = {"id": ADA, "is_bot": False}


@pytest.mark.parametrize(
    ("update", "enters"),
    [
        ({"message": {"from": WHO, "chat": PRIVATE}}, True),
        ({"edited_message": {"from": WHO, "chat": PRIVATE}}, True),
        ({"callback_query": {"from": WHO, "message": {"chat": PRIVATE}}}, True),
        ({"message_reaction": {"user": WHO, "chat": PRIVATE}}, True),
        ({"stopped_message_generation": {"chat": PRIVATE, "draft_id": 1}}, True),
        ({"my_chat_member": {"from": WHO, "chat": PRIVATE}}, True),
        ({"my_chat_member": {"from": WHO, "chat": GROUP}}, True),
        ({"my_chat_member": {"from": {"id": BOB}, "chat": GROUP}}, False),
        ({"message": {"from": WHO, "chat": GROUP}}, False),
        ({"callback_query": {"from": WHO, "message": {"chat": GROUP}}}, False),
        ({"callback_query": {"from": WHO, "inline_message_id": "x"}}, False),
        (
            {"callback_query": {"from": {"id": BOB}, "message": {"chat": PRIVATE}}},
            False,
        ),
        ({"message": {"from": {"id": str(ADA)}, "chat": GROUP}}, False),
        ({"message": {"from": {"id": True}, "chat": GROUP}}, False),
        ({"channel_post": {"chat": {"id": -1, "type": "channel"}}}, False),
        ({"message": {"from": WHO}}, False),
        ({"poll": {"id": "5"}}, False),
        ({}, False),
    ],
)
def test_only_the_allowed_come_in_and_only_in_private(
    update: dict[str, Any], enters: bool
) -> None:
    assert comes_in({"update_id": 1, **update}, lambda who: who == str(ADA)) is enters


def test_a_press_is_by_who_presses_not_by_who_wrote_the_message() -> None:
    message = {"from": WHO, "chat": PRIVATE}
    update = {"callback_query": {"from": {"id": BOB}, "message": message}}

    assert sender_of(update) == str(BOB)
    assert is_private(update)
