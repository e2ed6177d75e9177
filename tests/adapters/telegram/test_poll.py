"""What is said is kept before it is confirmed, and handed on once."""

from adapters.telegram.poll import ALLOWED
from tests.adapters.telegram.polled import Memory, polling, until
from tests.telegram_server import ADA, FakeTelegram


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
