"""Commands, buttons and what else Telegram tells."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Choice, Command, Inbound, Kept
from adapters.telegram.inbound import (
    Edit,
    Message,
    Nothing,
    NotUnderstood,
    Press,
    Reach,
)
from tests.adapters.telegram.incoming import (
    ADA,
    CHAT,
    HOME,
    NOON,
    command,
    forward,
    kept,
    message,
    pressed,
    said,
    steadily,
)
from tests.adapters.telegram.reading import heard, text_of, understood


def commanded(row: Kept) -> Command:
    what = understood(row)
    assert isinstance(what, Inbound)
    assert isinstance(what.body, Command)
    return what.body


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
