"""What Telegram, and people in it, may do to a turn: it is answered once."""

from functools import partial
from typing import Any

import pytest

from tests.e2e.parley import Parley, eventually, living
from tests.e2e.test_kills import final, once
from tests.e2e.test_stories import answered, settled, shows
from tests.telegram_server import BOB

HELD = "HOLD[gate] SAY[the answer]"
ANSWERED = "SELECT 1 FROM turn WHERE state = 'answered'"
FOUR_HOURS = 4 * 3600


async def under_way(parley: Parley, asked: str = HELD) -> None:
    """A turn whose first words are on the screen."""
    await parley.start()
    parley.telegram.say(asked)
    await parley.telegram.until(lambda chat: shows(chat, "the"))


def says(parley: Parley, words: str) -> bool:
    return words in log_of(parley)


def log_of(parley: Parley) -> str:
    return parley.log.read_text()


# --- the token ----------------------------------------------------------------


async def test_a_token_that_was_never_good_ends_parley_and_says_where_the_good_one_is(
    parley: Parley,
) -> None:
    good, parley.telegram.token = parley.telegram.token, "123456:another"

    await parley.start()
    await eventually(lambda: "@BotFather" in log_of(parley))

    assert await parley.stop() != 0
    assert good not in log_of(parley)


async def test_a_token_taken_back_in_the_middle_of_a_turn_is_told_and_costs_nothing(
    parley: Parley,
) -> None:
    await under_way(parley)
    (agent,) = parley.agents()
    good, parley.telegram.token = parley.telegram.token, "123456:another"
    parley.telegram.say("SAY[and the next]")
    parley.api.release("gate")
    await eventually(lambda: parley.rows(ANSWERED))
    await eventually(lambda: "does not accept the token any more" in log_of(parley))

    parley.telegram.token = good

    await answered(parley, "and the next", timeout_s=45)
    assert once(parley.telegram.chat(), "the answer")
    assert [process.pid for process in parley.agents()] == [agent.pid]


async def test_a_token_taken_back_is_replaced_at_a_restart_and_nothing_is_lost(
    parley: Parley,
) -> None:
    await under_way(parley)
    parley.telegram.token = "123456:the-new-one"
    parley.api.release("gate")
    await eventually(lambda: parley.rows(ANSWERED))
    await parley.stop()

    parley.extra["PARLEY_TELEGRAM__TOKEN"] = parley.telegram.token
    await parley.start()

    assert once(await answered(parley, "the answer"), "the answer")


# --- others with the same token -----------------------------------------------


async def test_of_two_parleys_with_one_token_both_say_so_and_one_goes_on_alone(
    parley: Parley,
) -> None:
    (parley.root / "second").mkdir()
    second = Parley(parley.root / "second", parley.telegram, parley.api)
    async with living(second):
        await parley.start()
        await parley.telegram.wait_for(lambda: parley.telegram.calls("getUpdates"))
        await second.start()
        for program in (parley, second):
            await eventually(partial(says, program, "another program polls"))
        polls = len(parley.telegram.calls("getUpdates"))
        assert polls < 40  # they do not race

        await second.stop()
        parley.telegram.say("SAY[the answer]")

        assert once(await answered(parley, "the answer"), "the answer")


async def test_a_webhook_set_in_the_middle_is_told_and_taken_away(
    parley: Parley,
) -> None:
    await under_way(parley)
    parley.telegram.webhook = "https://elsewhere.example/hook"
    parley.telegram.fail("getUpdates", 1, "drop_before")  # ends the poll under way
    parley.telegram.say("SAY[and the next]")
    parley.api.release("gate")

    await answered(parley, "and the next", timeout_s=50)

    assert "a webhook was set on the bot" in log_of(parley)
    assert parley.telegram.webhook == ""


# --- limits and storms --------------------------------------------------------


async def test_four_hours_of_refusal_in_one_chat_outlast_a_restart_and_lose_nothing(
    parley: Parley,
) -> None:
    parley.extra["PARLEY_ACCESS__TELEGRAM"] = f"1001,{BOB}"
    await under_way(parley)
    limit = parley.telegram.fail(
        "sendMessage|editMessageText", 99, "429", retry_after=FOUR_HOURS, chat=1001
    )
    parley.api.release("gate")
    await eventually(lambda: parley.rows(ANSWERED))
    parley.telegram.say("SAY[unharmed]", user=BOB)
    await parley.telegram.until(lambda chat: settled(chat, "unharmed"), chat=BOB)

    await parley.kill()
    refused = limit.left
    await parley.start()
    await eventually(lambda: limit.left < refused)
    assert any(line.get("retry_after_s") == FOUR_HOURS for line in parley.lines())
    assert not any("the answer" in text for text in final(parley.telegram.chat()))
    assert refused - limit.left <= 2  # it does not knock again and again
    await parley.stop()
    limit.left = 0
    await parley.start()

    assert once(await answered(parley, "the answer"), "the answer")


async def test_a_storm_of_server_errors_leaves_one_answer(parley: Parley) -> None:
    await parley.start()
    storm = parley.telegram.fail(".*", 30, "5xx")
    parley.telegram.say("SAY[the answer]")
    await eventually(lambda: storm.left < 20)

    storm.left = 0

    assert once(await answered(parley, "the answer", timeout_s=50), "the answer")


async def test_a_notice_whose_confirmation_is_lost_is_labelled_where_it_is_repeated(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.fail("sendMessage", 1, "drop_after")

    parley.telegram.say("/help")

    await parley.telegram.until(lambda chat: "sent again" in chat[-1].text)
    first, second = [m.text for m in parley.telegram.chat() if m.from_bot]
    assert second.startswith(first)


# --- people -------------------------------------------------------------------


@pytest.mark.parametrize("when", ["while it works", "when it is answered"])
async def test_a_message_that_a_person_deletes_comes_again_with_the_answer(
    when: str, parley: Parley
) -> None:
    await under_way(parley)
    (message,) = [m for m in parley.telegram.chat() if m.from_bot]
    parley.telegram.remove(message)
    if when == "while it works":
        await eventually(lambda: "telegram.refused" in log_of(parley))

    parley.api.release("gate")

    assert once(await answered(parley, "the answer"), "the answer")


async def test_a_topic_closed_in_the_middle_of_a_turn_is_answered_in_the_chat(
    parley: Parley,
) -> None:
    await parley.start()
    topic: dict[str, Any] = {"message_thread_id": 7, "is_topic_message": True}
    parley.telegram.say(HELD, **topic)
    await parley.telegram.until(lambda chat: shows(chat, "the"))
    (message,) = [m for m in parley.telegram.chat() if m.from_bot]
    parley.telegram.close_topic(7)
    parley.telegram.remove(message)

    parley.api.release("gate")

    chat = await answered(parley, "the answer")
    assert once(chat, "the answer")
    assert "its topic is gone" in chat[-1].text
    assert "message_thread_id" not in chat[-1].raw


async def test_a_group_is_not_served_whatever_becomes_of_it(parley: Parley) -> None:
    await parley.start()
    before = {"id": -5, "type": "group", "title": "Us"}
    after = {"id": -1005, "type": "supergroup", "title": "Us"}
    ada = {"id": 1001, "is_bot": False, "first_name": "Ada"}
    body = {"from": ada, "date": 1, "message_id": 1}
    parley.telegram.raw({"message": {**body, "chat": before, "text": "hello"}})
    parley.telegram.raw(
        {"message": {**body, "chat": before, "migrate_to_chat_id": -1005}}
    )
    parley.telegram.raw({"message": {**body, "chat": after, "text": "hello"}})
    parley.telegram.say("SAY[the answer]")

    await answered(parley, "the answer")

    assert parley.rows("SELECT count(*) FROM turn") == [(1,)]
    assert {c.params.get("chat_id") for c in parley.telegram.calls("send.*")} == {1001}
