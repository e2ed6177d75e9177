"""What each kind of update says."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Address, Choice, Command, Inbound, Kept, Sender
from adapters.telegram.inbound import (
    Edit,
    Message,
    Nothing,
    NotUnderstood,
    Press,
    Reach,
    Read,
    read,
)
from tests.adapters.telegram.incoming import (
    ADA,
    CHAT,
    HOME,
    NOON,
    command,
    document,
    forward,
    kept,
    message,
    parse_button,
    picture,
    pressed,
    said,
    steadily,
)


def understood(row: Kept) -> Read:
    return read(row, parse_button)


def heard(row: Kept) -> Message:
    what = understood(row)
    assert isinstance(what, Message)
    return what


def text_of(**fields: Any) -> str:
    return heard(said(7, **fields)).text


def commanded(row: Kept) -> Command:
    what = understood(row)
    assert isinstance(what, Inbound)
    assert isinstance(what.body, Command)
    return what.body


# --- words --------------------------------------------------------------------


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


# --- what is not words --------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"sticker": {"file_id": "s", "emoji": "😀"}}, "[sticker 😀]"),
        ({"sticker": {"file_id": "s"}}, "[sticker]"),
        (
            {"voice": {"file_id": "v", "duration": 72}},
            "[voice message, 1:12]",
        ),
        (
            {"audio": {"file_id": "a", "duration": 9, "title": "Song"}},
            "[audio, Song, 0:09]",
        ),
        (
            {"video": {"file_id": "v", "duration": 5}, "caption": "look"},
            "look\n\n[video, 0:05]",
        ),
        (
            {"contact": {"first_name": "Bo", "phone_number": "+1"}},
            "[contact: Bo, +1]",
        ),
        ({"location": {"latitude": 1.5, "longitude": 2}}, "[location: 1.5, 2]"),
        (
            {
                "location": {"latitude": 1.5, "longitude": 2},
                "venue": {
                    "location": {"latitude": 1.5, "longitude": 2},
                    "title": "Café",
                    "address": "Road 1",
                },
            },
            "[place: Café, Road 1, 1.5, 2]",
        ),
        (
            {"poll": {"question": "Tea?", "options": [{"text": "yes"}]}},
            "[poll: Tea?]\n- yes",
        ),
        (
            {
                "checklist": {
                    "title": "Todo",
                    "tasks": [
                        {"text": "a", "completion_date": 1},
                        {"text": "b"},
                    ],
                }
            },
            "[checklist: Todo]\n- [x] a\n- [ ] b",
        ),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[🎲 4]"),
    ],
)
def test_what_is_not_words_is_described(fields: dict[str, Any], text: str) -> None:
    got = heard(said(7, **fields))

    assert got.text == text
    assert not got.refused
    assert not got.plain


@pytest.mark.parametrize(
    "fields",
    [
        {"story": {"chat": CHAT, "id": 1}},
        {"paid_media": {"star_count": 1}, "caption": "look"},
        {"invented_later": {"x": 1}},
        {},
    ],
)
def test_what_cannot_be_passed_on_is_refused_in_words(fields: dict[str, Any]) -> None:
    assert "read this" in heard(said(7, **fields)).refused


def test_where_something_unreadable_comes_from_is_no_message() -> None:
    got = heard(forward(7, story={"chat": CHAT, "id": 1}))

    assert got.refused
    assert got.text == ""


def test_of_a_photo_the_largest_size_is_taken() -> None:
    media = heard(picture(7, caption="see")).media

    assert media
    assert (media.file_id, media.name) == ("large7", "photo.jpg")


def test_a_gif_is_one_file_though_it_comes_as_two_kinds() -> None:
    gif = document("cat.mp4", mime_type="video/mp4", file_size=5)

    media = heard(said(7, animation=gif, document=gif)).media

    assert media
    assert (media.name, media.media_type, media.size) == ("cat.mp4", "video/mp4", 5)


# --- commands and buttons -----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/stop", Command("stop")),
        ("/New@parley_bot  fix it\nnow ", Command("new", "fix it\nnow")),
        ("/start s_12", Command("start", "s_12")),
        ("/nosuch", Command("nosuch")),
    ],
)
def test_a_command_is_for_the_bot(text: str, wanted: Command) -> None:
    assert commanded(command(7, text)) == wanted


@pytest.mark.parametrize(
    ("text", "length"),
    [("/etc/hosts is wrong", 4), ("/a-b", 2), ("/stop.", 5), ("/" + "x" * 33, 34)],
)
def test_a_path_is_no_command(text: str, length: int) -> None:
    entity = {"type": "bot_command", "offset": 0, "length": length}

    assert text_of(text=text, entities=[entity]) == text


def test_without_telegrams_mark_a_text_is_no_command() -> None:
    assert text_of(text="/stop") == "/stop"


def test_a_command_that_is_passed_on_is_not_obeyed() -> None:
    entity = {"type": "bot_command", "offset": 0, "length": 5}

    got = heard(forward(7, text="/stop", entities=[entity]))

    assert got.text == "Forwarded from Bo:\n> /stop"


def test_a_pressed_button_is_a_choice() -> None:
    got = understood(pressed(7, "view1:allow"))

    assert isinstance(got, Press)
    assert got.query_id == "q7"
    assert got.choice
    assert got.choice.body == Choice("view1", "allow")
    assert got.choice.address == HOME
    assert got.choice.message == "500"


def test_a_button_on_a_message_too_old_to_see_still_counts() -> None:
    gone = {"message_id": 4, "date": 0, "chat": CHAT}
    query = {"id": "q", "from": ADA, "data": "v:o", "message": gone}

    got = understood(kept(7, callback_query=query))

    assert isinstance(got, Press)
    assert got.choice
    assert got.choice.address == HOME


@pytest.mark.parametrize(
    "query",
    [
        {"id": "q", "from": ADA, "data": "from another bot", "message": message(1)},
        {"id": "q", "from": ADA, "data": "v:o", "inline_message_id": "i"},
        {"id": "q", "from": ADA, "game_short_name": "g", "message": message(1)},
    ],
)
def test_a_button_that_means_nothing_is_still_answered(query: dict[str, Any]) -> None:
    assert understood(kept(7, callback_query=query)) == Press("q", None)


# --- the rest -----------------------------------------------------------------


def test_an_edit_reads_like_the_message() -> None:
    changed = message(3, text="hello there", edit_date=NOON + 5)

    got = understood(kept(7, edited_message=changed))

    assert isinstance(got, Edit)
    assert (got.message.id, got.message.text) == (3, "hello there")


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(1, pinned_message=message(2))},
        {"message": message(1, new_chat_members=[ADA])},
        {"message": message(1, forum_topic_edited={})},
        {"edited_message": message(1, location={"latitude": 1, "longitude": 2})},
        {"message_reaction": {"chat": CHAT, "message_id": 1}},
        {"stopped_message_generation": {"chat": CHAT, "draft_id": 1}},
        {"invented_later": {}},
    ],
)
def test_what_needs_no_action_is_nothing(update: dict[str, Any]) -> None:
    assert understood(kept(7, **update)) == Nothing()


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("kicked", False), ("left", False), ("member", True), ("administrator", True)],
)
def test_blocking_and_unblocking_is_heard_of(status: str, allowed: bool) -> None:
    change = {"chat": CHAT, "from": ADA, "new_chat_member": {"status": status}}

    assert understood(kept(7, my_chat_member=change)) == Reach("1001", allowed)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no json",
        "[]",
        "null",
        "7",
        '{"message": null}',
        '{"message": []}',
        '{"message": {"text": "no sender", "message_id": 1, "date": 1}}',
        '{"message": {"text": 7}}',
        '{"callback_query": {}}',
        json.dumps({"message": message(1, text="a", date="noon")}),
        json.dumps({"message": {**message(1, text="a"), "from": {"id": "x"}}}),
        '{"message": {"message_id": Infinity}}',
        "[" * 100_000,
    ],
)
def test_what_makes_no_sense_is_said_to_make_none(payload: str) -> None:
    with pytest.raises(NotUnderstood):
        understood(Kept("7", payload, NOON))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["text", "type", "from", "id", "photo", "file_id", "emoji"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FIELDS = [
    "text", "caption", "entities", "photo", "document", "sticker", "voice", "poll",
    "reply_to_message", "forward_origin", "quote", "rich_message", "contact", "from",
]  # fmt: skip


@steadily
@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=4))
def test_whatever_a_message_holds_it_is_read_or_refused(fields: dict[str, Any]) -> None:
    try:
        got = understood(said(7, **fields))
    except NotUnderstood:
        return
    assert isinstance(got, Message | Nothing)
    if isinstance(got, Message):
        assert got.text or got.media or got.refused
