"""The fake behaves as Telegram does: chats, files, updates, limits."""

import asyncio

import pytest
from telegram import InputFile

from adapters.base import RateLimited, Unreachable
from adapters.telegram.api import TelegramApi
from adapters.telegram.errors import (
    Conflict,
    MessageGone,
    QueryExpired,
    ReplyGone,
    ThreadGone,
)
from tests.adapters.telegram.calling import bold, keyboard, send
from tests.telegram_server import ADA, BOB, FakeTelegram, Flood


async def test_a_chat_shows_what_the_bot_made_of_it(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    asked = telegram.say("hello")
    button = {"text": "Yes", "callback_data": "y", "style": "success"}

    first = await send(
        api,
        "  [1] two ",
        entities=[bold(2, 3)],
        disable_notification=True,
        reply_parameters={"message_id": asked.id},
        reply_markup=keyboard(button),
    )
    second = await send(api, "to be deleted")
    await api.call("deleteMessage", chat_id=ADA, message_id=second)
    await api.call("editMessageText", chat_id=ADA, message_id=first, text="three")
    await api.call(
        "setMessageReaction",
        chat_id=ADA,
        message_id=asked.id,
        reaction=[{"type": "emoji", "emoji": "👀"}],
    )

    question, answer = telegram.chat()
    assert (question.text, question.reaction) == ("hello", "👀")
    assert answer.versions == ["[1] two", "three"]
    assert (answer.edits, answer.silent, answer.reply_to) == (1, True, asked.id)
    assert answer.labels == []  # an edit without buttons takes them away
    assert telegram.refusals == []


async def test_a_document_arrives_whole(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    data = bytes(range(256)) * 1000
    file = InputFile(data, filename="räport.md")

    await api.call("sendDocument", chat_id=ADA, document=file, caption="Here")

    message = telegram.chat()[-1]
    assert (message.file_name, message.data, message.text) == (
        "räport.md",
        data,
        "Here",
    )
    assert telegram.refusals == []


async def test_what_happens_to_anybody_is_refused_but_not_noted(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    gone = await send(api)
    telegram.remove(telegram.chat()[-1])

    with pytest.raises(MessageGone):
        await api.call("editMessageText", chat_id=ADA, message_id=gone, text="x")
    with pytest.raises(MessageGone):
        await api.call("deleteMessage", chat_id=ADA, message_id=gone)
    with pytest.raises(ReplyGone):
        await send(api, reply_parameters={"message_id": gone})
    with pytest.raises(QueryExpired):
        await api.call("answerCallbackQuery", callback_query_id="long ago")
    with pytest.raises(Unreachable, match="chat not found"):
        await api.call("sendMessage", chat_id=77, text="x")
    telegram.block(BOB)
    with pytest.raises(Unreachable, match="blocked"):
        await api.call("sendMessage", chat_id=BOB, text="x")

    telegram.say("in a topic", message_thread_id=7)
    telegram.close_topic(7)
    with pytest.raises(ThreadGone):
        await send(api, message_thread_id=7)

    assert telegram.refusals == []


async def test_a_reply_may_be_sent_without_what_it_answers(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    wish = {"message_id": 404, "allow_sending_without_reply": True}

    await send(api, reply_parameters=wish)

    assert telegram.chat()[-1].reply_to is None


async def test_a_press_is_answered_until_it_is_too_late(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    await send(api, reply_markup=keyboard({"text": "Yes", "callback_data": "y"}))
    early = telegram.press(telegram.chat()[-1], "Yes")
    late = telegram.press(telegram.chat()[-1], "y")

    await api.call("answerCallbackQuery", callback_query_id=early, text="Allowed")
    telegram.expire_queries()
    with pytest.raises(QueryExpired):
        await api.call("answerCallbackQuery", callback_query_id=late)

    assert telegram.answers == {early: "Allowed"}


async def test_updates_stay_until_a_higher_offset_confirms_them(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    telegram.say("one")
    telegram.say("two")

    first = await api.updates(None, timeout_s=0, allowed=["message"])
    again = await api.updates(None, timeout_s=0, allowed=["message"])
    assert first == again
    assert telegram.pending == 2

    rest = await api.updates(
        first[0]["update_id"] + 1, timeout_s=0, allowed=["message"]
    )
    assert [update["message"]["text"] for update in rest] == ["two"]
    assert telegram.pending == 1


async def test_a_long_poll_returns_when_something_happens(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    poll = asyncio.create_task(api.updates(None, timeout_s=30, allowed=["message"]))
    await telegram.wait_for(lambda: telegram.calls("getUpdates"))

    telegram.say("at last")

    async with asyncio.timeout(20):
        assert (await poll)[0]["message"]["text"] == "at last"


async def test_kinds_that_were_not_asked_for_do_not_come(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    await api.updates(None, timeout_s=0, allowed=["callback_query"])

    telegram.say("unheard")

    assert telegram.pending == 0


async def test_a_second_poll_ends_the_first(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    first = asyncio.create_task(api.updates(None, timeout_s=30, allowed=["message"]))
    await telegram.wait_for(lambda: telegram.calls("getUpdates"))
    async with TelegramApi(telegram.token, telegram.api_base) as rival:
        second = asyncio.create_task(
            rival.updates(None, timeout_s=30, allowed=["message"])
        )

        with pytest.raises(Conflict):
            await first

        telegram.say("for the rival")
        assert len(await second) == 1


async def test_a_webhook_and_polling_exclude_each_other(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    telegram.say("waiting")
    telegram.webhook = "https://example.org/hook"

    with pytest.raises(Conflict):
        await api.updates(None, timeout_s=0, allowed=["message"])
    await api.call("deleteWebhook")

    assert len(await api.updates(None, timeout_s=0, allowed=["message"])) == 1


async def test_a_flood_is_stopped_and_insisting_makes_it_worse() -> None:
    flood = Flood(burst=3, per_chat_s=60, penalty_s=10)
    async with (
        FakeTelegram(flood=flood) as telegram,
        TelegramApi(telegram.token, telegram.api_base) as api,
    ):
        waits = []
        for _ in range(6):
            try:
                await send(api)
            except RateLimited as limit:
                waits.append(limit.retry_after_s)
        await api.call("sendMessage", chat_id=BOB, text="another chat is unharmed")

        assert waits == [10, 30, 60]
        assert len(telegram.chat(ADA)) == 3
        assert len(telegram.chat(BOB)) == 1


async def test_what_people_do_becomes_updates_as_telegram_makes_them(
    telegram: FakeTelegram, api: TelegramApi
) -> None:
    said = telegram.say("/new shop")
    telegram.edit(said, "/new bakery")
    telegram.album([b"1", b"2"], "both")
    telegram.forward("look", "Carol")
    telegram.send_document("a.txt", b"text", media_type="text/plain")
    telegram.block()
    telegram.raw({"update_id": 7, "message": None})
    telegram.raw("not even an object")

    got = await api.updates(
        None, timeout_s=0, allowed=["message", "edited_message", "my_chat_member"]
    )

    new, edited, one, two, forwarded, document, blocked, odd, odder = got
    assert new["message"]["entities"][0]["length"] == 4
    assert edited["edited_message"]["text"] == "/new bakery"
    assert one["message"]["media_group_id"] == two["message"]["media_group_id"]
    assert [m["message"].get("caption") for m in (one, two)] == ["both", None]
    assert forwarded["message"]["forward_origin"]["sender_user_name"] == "Carol"
    assert document["message"]["document"]["file_name"] == "a.txt"
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert (odd["update_id"], odder) == (7, "not even an object")


async def test_waiting_in_vain_shows_what_there_was(telegram: FakeTelegram) -> None:
    telegram.say("hello")

    with pytest.raises(AssertionError, match="hello"):
        await telegram.until(lambda chat: chat[-1].from_bot, timeout_s=0.05)
