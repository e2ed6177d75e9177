"""The poller waits out what goes wrong, and tells what a person has to mend."""

import asyncio
from typing import Any

import pytest

from adapters.base import LoggedOut
from tests.adapters.telegram.polled import Memory, polling, until
from tests.telegram_server import FakeTelegram


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
