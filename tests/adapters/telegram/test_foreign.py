"""Whether a message brings words, or a file, that its sender did not make."""

from typing import Any

import pytest

from adapters.inbound import Edited, Text
from adapters.telegram.assemble import Batch
from adapters.telegram.inbound import Edit, Message, read
from adapters.telegram.recent import Recent
from tests.adapters.telegram.incoming import (
    ADA,
    document,
    forward,
    kept,
    message,
    parse_button,
    said,
)

BOT = {"id": 99, "is_bot": True, "first_name": "Parley"}
BO = {"id": 1002, "is_bot": False, "first_name": "Bo"}
ORIGIN = {"type": "user", "sender_user": BO, "date": 1}


def heard(**fields: Any) -> Message:
    what = read(said(7, **fields), parse_button)
    assert isinstance(what, Message)
    return what


def answering(author: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A reply to a message of theirs."""
    return message(5, **{"from": author, "text": "as I said", **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "news", "forward_origin": ORIGIN},
        {"voice": {"file_id": "v", "duration": 2}, "forward_origin": ORIGIN},
        {"text": "/start", "forward_origin": ORIGIN},
        {"text": "a joke", "via_bot": BOT},
        {"document": document("a.txt")},
        {"photo": [{"file_id": "p"}], "caption": "look"},
        {"audio": {"file_id": "a", "duration": 2}},
        {"text": "so?", "reply_to_message": answering(BO)},
        {"text": "so?", "reply_to_message": answering(ADA, forward_origin=ORIGIN)},
        {"text": "so?", "reply_to_message": answering(ADA, via_bot=BOT)},
        {"text": "so?", "quote": {"text": "said"}, "reply_to_message": answering(BO)},
        {"text": "so?", "external_reply": {"origin": ORIGIN, "text": "said"}},
        {"text": "so?", "quote": {"text": "whose?"}},
    ],
)
def test_what_others_wrote_is_foreign(fields: dict[str, Any]) -> None:
    assert heard(**fields).foreign


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "hello"},
        {"text": "> typed by myself"},
        {"voice": {"file_id": "v", "duration": 2}},
        {"video_note": {"file_id": "v", "duration": 2}},
        {"text": "so?", "reply_to_message": answering(BOT)},
        {"text": "so?", "quote": {"text": "said"}, "reply_to_message": answering(BOT)},
        {"text": "so?", "reply_to_message": answering(ADA)},
    ],
)
def test_ones_own_words_and_the_agents_are_not(fields: dict[str, Any]) -> None:
    assert not heard(**fields).foreign


def test_an_edit_says_it_too() -> None:
    edited = kept(8, edited_message=message(7, document=document("a"), caption="b"))

    what = read(edited, parse_button)

    assert isinstance(what, Edit)
    assert what.message.foreign
    inbound = Recent().edited(what.message)
    assert inbound
    assert isinstance(inbound.body, Edited)
    assert inbound.body.foreign


def test_one_forward_among_several_messages_is_enough() -> None:
    what = read(forward(8, text="news"), parse_button)
    assert isinstance(what, Message)

    body = Batch((heard(text="true?"), what)).inbound(()).body

    assert isinstance(body, Text)
    assert body.foreign
