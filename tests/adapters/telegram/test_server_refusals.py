"""The fake refuses what Telegram would, and notes whose fault it was."""

from typing import Any

import pytest

from adapters.base import Rejected
from adapters.telegram.api import TelegramApi
from tests.adapters.telegram.calling import bold, keyboard, send
from tests.telegram_server import ADA, FakeTelegram

LOCAL = {"type": "text_link", "offset": 0, "length": 2, "url": "http://localhost:1"}

FAULTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown parameter": ("sendMessage", {"text": "x", "txt": 1}, "unknown param"),
    "an unknown nested parameter": (
        "sendMessage",
        {
            "text": "x",
            "reply_markup": keyboard(
                {"text": "a", "callback_data": "b", "colour": "c"}
            ),
        },
        "reply_markup.inline_keyboard.colour",
    ),
    "a missing parameter": ("sendMessage", {}, "text: Field required"),
    "a wrong type": ("sendMessage", {"text": "x", "message_thread_id": "y"}, "integer"),
    "broken JSON": ("sendMessage", {"text": "x", "entities": "[{"}, "can't parse"),
    "no text": ("sendMessage", {"text": ""}, "text is empty"),
    "blank text": ("sendMessage", {"text": " \n "}, "must be non-empty"),
    "invisible text": ("sendMessage", {"text": "\u200b"}, "must be non-empty"),
    "long text": ("sendMessage", {"text": "x" * 4097}, "message is too long"),
    "long text in UTF-16": (
        "sendMessage",
        {"text": "😀" * 2049},
        "message is too long",
    ),
    "a tab": ("sendMessage", {"text": "a\tb"}, "tab"),
    "101 entities": (
        "sendMessage",
        {"text": "x" * 300, "entities": [bold(2 * n, 1) for n in range(101)]},
        "101 entities",
    ),
    "an entity past the end": (
        "sendMessage",
        {"text": "ab", "entities": [bold(0, 9)]},
        "after the end",
    ),
    "half a character": (
        "sendMessage",
        {"text": "a😀", "entities": [bold(0, 2)]},
        "middle of a UTF-16 symbol",
    ),
    "a link to nowhere": (
        "sendMessage",
        {"text": "ab", "entities": [LOCAL]},
        "Wrong HTTP URL",
    ),
    "a parse mode": ("sendMessage", {"text": "x", "parse_mode": "HTML"}, "parse mode"),
    "65 bytes of data": (
        "sendMessage",
        {
            "text": "x",
            "reply_markup": keyboard({"text": "a", "callback_data": "é" * 33}),
        },
        "BUTTON_DATA_INVALID",
    ),
    "a row of nine": (
        "sendMessage",
        {
            "text": "x",
            "reply_markup": keyboard(*[{"text": "a", "callback_data": "b"}] * 9),
        },
        "reply markup is too long",
    ),
    "a button that does nothing": (
        "sendMessage",
        {"text": "x", "reply_markup": keyboard({"text": "a"})},
        "unallowed",
    ),
    "a button to nowhere": (
        "sendMessage",
        {
            "text": "x",
            "reply_markup": keyboard({"text": "a", "url": "http://localhost:3000"}),
        },
        "button URL",
    ),
    "the general topic": (
        "sendMessage",
        {"text": "x", "message_thread_id": 1},
        "thread not found",
    ),
    "a reaction of its own": (
        "setMessageReaction",
        {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "✅"}]},
        "REACTION_INVALID",
    ),
    "a caption too long": (
        "editMessageCaption",
        {"message_id": 2, "caption": "x" * 1025},
        "too long",
    ),
    "editing a person's message": (
        "editMessageText",
        {"message_id": 1, "text": "x"},
        "can't be edited",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_no_correct_program_sends_is_refused_and_noted(
    fault: str, telegram: FakeTelegram, api: TelegramApi
) -> None:
    method, params, reason = FAULTS[fault]
    telegram.say("a message of Ada's, number 1")
    await send(api)
    before = [message.raw for message in telegram.chat()]

    with pytest.raises(Rejected, match=f"(?i){reason}"):
        await api.call(method, chat_id=ADA, **params)

    assert len(telegram.refusals) == 1
    assert reason.lower() in telegram.refusals[0].lower()
    assert [message.raw for message in telegram.chat()] == before


@pytest.mark.parametrize(
    ("command", "description"), [("New", "x"), ("new", ""), ("n" * 33, "x")]
)
async def test_commands_are_checked(
    command: str, description: str, telegram: FakeTelegram, api: TelegramApi
) -> None:
    with pytest.raises(Rejected):
        await api.call(
            "setMyCommands",
            commands=[{"command": command, "description": description}],
        )

    assert len(telegram.refusals) == 1
