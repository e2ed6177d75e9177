"""The adapter, whole, against a strict Telegram over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.base import LoggedOut
from adapters.inbound import Address, Choice, Command, MessageRef, Text
from adapters.telegram.adapter import TelegramAdapter
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.connected import COMMANDS, Ears, connected
from tests.telegram_server import ADA, BOB, FakeTelegram

CHAT = Address("telegram", str(ADA))
ANSWER = "The answer is 42."
RUNNING = TurnView(
    id="t1", status=TurnStatus.RUNNING, started_at=0.0, model="claude-opus-4-5"
)
SPEAKING = replace(RUNNING, parts=(Said("The ans", complete=False),))
SHORT = replace(
    RUNNING, status=TurnStatus.DONE, parts=(Said(ANSWER),), ended_at=5.0, cost_usd=0.02
)
LONG = replace(
    SHORT,
    parts=(Said("Let me see."), Step("s1", "Run npm test", ok=True), Said(ANSWER)),
    ended_at=75.0,
)
QUESTION = QuestionView(
    id="q1",
    turn_id="t1",
    title="Run a command?",
    body="```sh\nnpm test\n```",
    options=(Option("yes", "Allow", "good"), Option("no", "Deny", "danger")),
)


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram
        assert telegram.refusals == []


async def test_a_short_turn_takes_three_calls_and_two_reactions(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        asked = telegram.say("What is the answer?")
        inbound = await ears.hear()
        assert inbound.message == str(asked.id)
        for view in (RUNNING, SPEAKING, SHORT):
            adapter.show(inbound.address, replace(view, reply_to=inbound.message))
            await adapter.flush()
        await telegram.until(lambda chat: chat[0].reaction == "👍")

    asked, answer = telegram.chat()
    assert answer.text.startswith(ANSWER)
    assert (answer.reply_to, answer.edits, answer.labels) == (asked.id, 2, [])
    assert [call.method for call in telegram.calls("(send|edit|delete)Message.*")] == [
        "sendMessage",
        "editMessageText",
        "editMessageText",
    ]
    assert len(telegram.calls("setMessageReaction")) == 2
    assert screen.done == ["t1"]


async def test_the_answer_of_a_long_turn_is_a_new_message_that_notifies(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        for view in (RUNNING, LONG):
            adapter.show(CHAT, view)
            await adapter.flush()

    log, answer = telegram.chat()
    assert "npm test" in log.text
    assert ANSWER not in log.text
    assert (answer.text, answer.silent, log.silent) == (ANSWER, False, True)


async def test_an_answer_of_many_messages_is_whole_and_in_order(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    words = " ".join(f"word{number}" for number in range(900))
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, replace(SHORT, parts=(Said(words),)))
        await adapter.flush()

    shown = " ".join(message.text for message in telegram.chat())
    assert len(telegram.chat()) > 1
    assert shown.startswith(words)
    assert screen.done == ["t1"]


async def test_a_question_is_asked_and_its_button_is_heard(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, QUESTION)
        (card,) = await telegram.until(lambda chat: chat[0].labels == ["Allow", "Deny"])
        pressed = telegram.press(card, "Allow")
        heard = await ears.hear()
        await telegram.wait_for(lambda: pressed in telegram.answers)
        outcome = replace(QUESTION, status=QuestionStatus.DECIDED, outcome="Allowed")
        adapter.show(CHAT, outcome)
        await adapter.flush()

    assert heard.body == Choice("q1", "yes")
    assert [button.get("style") for button in card.buttons] in (
        [],
        ["success", "danger"],
    )
    (card,) = telegram.chat()
    assert (card.labels, card.silent) == ([], False)
    assert "Allowed" in card.text


async def test_a_webhook_is_taken_away_and_the_commands_are_offered(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    telegram.webhook = "https://example.org/hook"
    telegram.say("/help me")
    async with connected(telegram, ears, screen):
        heard = await ears.hear()
        await telegram.wait_for(lambda: len(telegram.commands) == 2)

    assert heard.body == Command("help", "me")
    assert telegram.commands == {
        scope: [
            {"command": name, "description": description}
            for name, description in COMMANDS[language]
        ]
        for scope, language in (("default", "en"), ("default:ko", "ko"))
    }


async def test_a_stranger_gets_a_hint_and_is_not_heard(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen):
        telegram.say("let me in", user=4711)
        chat = await telegram.until(lambda chat: chat[-1].from_bot, chat=4711)
        telegram.say("hello")
        heard = await ears.hear()

    assert "4711" in chat[-1].text
    assert heard.body == Text("hello")


async def test_views_shown_before_it_runs_appear(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    adapter = TelegramAdapter(telegram.token, api_base=telegram.api_base)
    adapter.show(CHAT, Notice(id="n1", text="I am back."))

    task = asyncio.create_task(adapter.run(ears, screen))
    await telegram.until(lambda chat: chat[-1].text == "I am back.")
    task.cancel()
    await asyncio.wait([task])


async def test_a_killed_run_is_continued_by_the_next_without_a_second_answer(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, RUNNING)
        await adapter.flush()
        telegram.fail("editMessageText", 1, "hang")
        adapter.show(CHAT, SHORT)
        await telegram.wait_for(lambda: telegram.calls("editMessageText"))

    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, SHORT)
        await adapter.flush()

    (answer,) = telegram.chat()
    assert answer.text.startswith(ANSWER)


@pytest.mark.parametrize("view", [SHORT, LONG], ids=["short", "long"])
async def test_answers_that_get_lost_on_the_way_leave_one_answer(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen, view: TurnView
) -> None:
    telegram.fail("(send|edit)Message.*", 2, "drop_after", after=1)
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, RUNNING)
        await adapter.flush()
        adapter.show(CHAT, view)
        await adapter.flush()

    texts = [message.text for message in telegram.chat()]
    assert sum(ANSWER in text for text in texts) == 1
    assert screen.done == ["t1"]


async def test_a_rate_limit_in_one_chat_leaves_the_other_unharmed(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    telegram.fail("sendMessage", 1, "429", retry_after=5)
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, SHORT)
        await telegram.wait_for(lambda: telegram.calls("sendMessage"))
        adapter.show(replace(CHAT, chat=str(BOB)), replace(SHORT, id="t2"))
        await adapter.flush()

    refused, other, accepted = telegram.calls("sendMessage")
    assert (refused.status, other.status, accepted.status) == (429, 200, 200)
    chats = [call.params["chat_id"] for call in (refused, other, accepted)]
    assert list(map(int, chats)) == [ADA, BOB, ADA]
    assert accepted.at - refused.at >= 5.4
    assert len(telegram.chat(ADA)) == len(telegram.chat(BOB)) == 1


async def test_who_blocked_the_bot_finds_the_answer_when_they_come_back(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, RUNNING)
        await adapter.flush()
        telegram.block(ADA)
        adapter.show(CHAT, LONG)
        await telegram.wait_for(
            lambda: [call for call in telegram.calls() if call.status == 403]
        )
        telegram.unblock(ADA)

        await adapter.flush()

    assert [message.text for message in telegram.chat()][-1] == ANSWER


async def test_after_it_stopped_receiving_it_still_shows(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        telegram.say("one")
        await ears.hear()
        await adapter.stop_receiving()
        telegram.say("two")
        adapter.show(CHAT, Notice(id="n1", text="Goodbye."))
        await adapter.flush()

    assert telegram.chat()[-1].text == "Goodbye."
    assert len(ears.heard) == 1
    assert telegram.pending > 0


async def test_a_refused_token_is_an_error_of_its_own(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    adapter = TelegramAdapter("123:wrong", api_base=telegram.api_base)

    with pytest.raises(LoggedOut):
        await adapter.run(ears, screen)
    with pytest.raises(LoggedOut):
        await adapter.check()


async def test_it_knows_how_it_is_and_who_it_is(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        states = [adapter.health.state]
        telegram.say("hello")
        await ears.hear()
        states.append(adapter.health.state)

        assert states == ["starting", "ok"]
        assert adapter.health.last_contact is not None
        assert await adapter.check() == {"name": "Fake", "username": "@fake_bot"}


async def test_an_answer_to_a_message_that_is_gone_still_comes(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> None:
    async with connected(telegram, ears, screen) as adapter:
        adapter.show(CHAT, replace(SHORT, reply_to=MessageRef("999999")))
        await adapter.flush()

    (answer,) = telegram.chat()
    assert answer.reply_to is None
