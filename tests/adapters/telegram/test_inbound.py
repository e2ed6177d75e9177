"""Words on Telegram, as the bot reads them."""

from typing import Any

import pytest

from adapters.inbound import Address, Sender
from tests.adapters.telegram.incoming import ADA, HOME, kept, message, said
from tests.adapters.telegram.reading import heard, text_of


def test_a_text_says_who_wrote_what_where() -> None:
    got = heard(said(7, text="hello"))

    assert (got.event, got.id, got.ref) == ("7", 7, "7")
    assert got.address == HOME
    assert got.sender == Sender("1001", "Ada Lovelace")
    assert got.text == "hello"
    assert got.plain


def test_the_language_of_a_person_is_what_telegram_tags_it() -> None:
    korean = {"id": 1001, "first_name": "Ada", "language_code": "ko"}
    who: dict[str, Any] = {"from": korean}

    got = heard(said(7, text="hello", **who))
    unread = heard(said(8, story={}, **who))

    assert got.sender.language == "ko"
    assert unread.refused.endswith("읽을 수 없어요 (스토리).")


@pytest.mark.parametrize(
    ("kind", "file", "name", "media_type"),
    [
        ("voice", {}, "voice.ogg", "audio/ogg"),
        ("voice", {"mime_type": "audio/mpeg"}, "voice.mp3", "audio/mpeg"),
        ("voice", {"mime_type": "audio/mp4"}, "voice.m4a", "audio/mp4"),
        ("audio", {"mime_type": "audio/flac"}, "audio.flac", "audio/flac"),
        (
            "audio",
            {"mime_type": "audio/ogg", "file_name": "a.oga"},
            "a.oga",
            "audio/ogg",
        ),
        ("video_note", {}, "video-note.mp4", "video/mp4"),
    ],
)
def test_what_is_to_be_listened_to_has_a_name_and_a_type_that_agree(
    kind: str, file: dict[str, str], name: str, media_type: str
) -> None:
    sent: dict[str, Any] = {kind: {"file_id": "f", "duration": 3, **file}}

    got = heard(said(7, **sent))

    assert got.media is not None
    assert (got.media.name, got.media.media_type) == (name, media_type)


def test_a_topic_is_an_address_of_its_own_and_a_thread_of_replies_is_not() -> None:
    topic = heard(said(7, text="a", message_thread_id=5, is_topic_message=True))
    replies = heard(said(8, text="a", message_thread_id=5))

    assert topic.address == Address("telegram", "1001", "5")
    assert replies.address == HOME


def test_a_name_cannot_turn_the_text_around_or_break_a_line() -> None:
    sender = {**ADA, "first_name": "\u202eevil\nname", "last_name": None}
    row = kept(7, message={**message(7, text="a"), "from": sender})

    assert heard(row).sender.name == "evil name"


def test_the_address_behind_a_link_is_spelt_out() -> None:
    link = {"type": "text_link", "offset": 3, "length": 4, "url": "https://e.org/x"}

    assert text_of(text="😀 here!", entities=[link]) == "😀 here (https://e.org/x)!"


def test_a_reply_quotes_what_it_answers() -> None:
    answered = message(3, text="first\nsecond")

    assert text_of(text="why?", reply_to_message=answered) == (
        "> first\n> second\n\nwhy?"
    )


def test_a_long_message_that_is_answered_is_quoted_short() -> None:
    got = text_of(text="why?", reply_to_message=message(3, text="long " * 100))

    assert got.startswith("> long long")
    assert got.endswith("long …\n\nwhy?")
    assert len(got) < 320


def test_the_part_that_a_person_chose_is_quoted_whole() -> None:
    chosen = "x" * 1000

    got = text_of(
        text="why?",
        reply_to_message=message(3, text="y" * 4000),
        quote={"text": chosen, "position": 0},
    )

    assert got == f"> {chosen}\n\nwhy?"


def test_the_root_of_a_topic_is_no_message_that_is_answered() -> None:
    root = message(5, forum_topic_created={"name": "Topic", "icon_color": 1})

    got = text_of(
        text="a", reply_to_message=root, message_thread_id=5, is_topic_message=True
    )

    assert got == "a"


def test_some_apps_make_everything_in_a_topic_answer_its_first_message() -> None:
    first = message(5, text="shop")

    got = text_of(
        text="a", reply_to_message=first, message_thread_id=5, is_topic_message=True
    )

    assert got == "a"


def test_a_reply_to_a_picture_says_so() -> None:
    answered = message(3, photo=[{"file_id": "p"}])

    assert text_of(text="what is it?", reply_to_message=answered) == (
        "> [photo.jpg]\n\nwhat is it?"
    )


def test_a_reply_to_another_chat_says_which() -> None:
    outside = {"origin": {"type": "channel", "chat": {"id": 1, "title": "News"}}}

    got = text_of(text="true?", external_reply=outside, quote={"text": "the sky"})

    assert got == "> the sky\n\ntrue?"
    assert text_of(text="true?", external_reply=outside) == (
        "> [a message] (News)\n\ntrue?"
    )


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ({"type": "user", "sender_user": {"id": 2, "first_name": "Bo"}}, "Bo"),
        ({"type": "hidden_user", "sender_user_name": "Cy"}, "Cy"),
        ({"type": "chat", "sender_chat": {"id": 3, "title": "Team"}}, "Team"),
        ({"type": "channel", "chat": {"id": 4, "title": "News\n:)"}}, "News :)"),
        ({"type": "new in 2027"}, "somewhere"),
    ],
)
def test_a_forward_says_where_it_comes_from(origin: Any, name: str) -> None:
    got = heard(said(7, text="words", forward_origin=origin))

    assert got.text == f"Forwarded from {name}:\n> words"
    assert got.forwarded
    assert not got.plain


def test_a_rich_message_gives_its_words() -> None:
    blocks = [
        {"type": "heading", "size": 2, "text": "Plan"},
        {
            "type": "paragraph",
            "text": ["see ", {"type": "url", "text": "it", "url": "https://e.org"}],
        },
        {"type": "pre", "language": "py", "text": "x = 1"},
        {
            "type": "list",
            "items": [
                {
                    "label": "1.",
                    "blocks": [{"type": "paragraph", "text": "one"}],
                    "has_checkbox": True,
                    "is_checked": True,
                },
                {"label": "2.", "blocks": [{"type": "paragraph", "text": "two"}]},
            ],
        },
        {"type": "table", "cells": [[{"text": "a"}, {"text": {"text": "b"}}]]},
        {"type": "blockquote", "blocks": [{"type": "paragraph", "text": "said"}]},
        {"type": "details", "summary": "More", "blocks": [{"text": "inside"}]},
        {"type": "photo", "photo": [], "caption": {"text": "the sea"}},
        {"type": "invented later", "text": {"type": "new", "text": ["some", "thing"]}},
    ]

    assert text_of(rich_message={"blocks": blocks}, text=None) == (
        "## Plan\n\nsee it (https://e.org)\n\n```py\nx = 1\n```\n\n"
        "1. [x] one\n2. two\n\n| a | b |\n\n> said\n\nMore\n\ninside\n\n"
        "[photo, not passed on] the sea\n\nsomething"
    )


def test_half_of_a_surrogate_pair_does_not_get_in() -> None:
    assert text_of(text="a\ud83d").encode() == "a\ufffd".encode()
