"""Who comes in on Telegram, and what strangers hear."""

from typing import Any

import pytest

from adapters.telegram.gate import Strangers, comes_in, is_private, sender_of
from tests.adapters.telegram.polled import Memory, polling
from tests.telegram_server import ADA, BOB, FakeTelegram

CAROL = 1003


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
