"""Messages, commands in words and changes, as the bot reads them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.inbound import (
    Address,
    Command,
    Deleted,
    Edited,
    Inbound,
    MessageRef,
    Sender,
    Text,
)
from adapters.language import say
from adapters.slack.heard import Message, Nothing
from adapters.slack.inbound import read
from adapters.slack.words import plain
from tests.adapters.slack.incoming import (
    CHANNEL,
    ME,
    NOON,
    changed,
    deleted,
    event,
    name_of,
    pressed,
    said,
    thread,
    ts,
)
from tests.adapters.slack.reading import inbound, text
from tests.slack_server import ADA, BOB, BOT_USER, TEAM

BOT = f"<@{BOT_USER}>"


def test_a_message_in_a_thread_goes_to_that_thread() -> None:
    got = inbound(said("hello", 5))

    assert got == Inbound(
        events=("m5",),
        address=thread(),
        sender=Sender(ADA, "Ada Lovelace", "ko-KR"),
        body=Text("hello"),
        message=MessageRef(ts(5)),
    )


def test_any_other_message_begins_its_own_thread() -> None:
    got = inbound(said("hello", 5, thread_ts=None))

    assert got.address == Address("slack", CHANNEL, ts(5), TEAM)


def test_what_happened_is_timed_by_slack() -> None:
    assert read(said("hello", 5), ME, name_of).at == NOON + 5
    assert read(pressed("v:o", 1, when=7), ME, name_of).at == NOON + 7


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        (f"ask <@{ADA}> or <@{BOB}|bob>", "ask @Ada Lovelace or @bob"),
        ("ask <@U0WHO>", "ask @U0WHO"),
        ("see <#C1|general> and <#C2|>", "see #general and #C2"),
        ("<!here> <!subteam^S1|@team> <!date^1^{date}|today>", "@here @team today"),
        ("<https://a.b/?x=1&amp;y>", "https://a.b/?x=1&y"),
        ("<https://a.b/c|the page>", "the page (https://a.b/c)"),
        ("<http://a.b|a.b>", "http://a.b"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<tel:+1|+1>", "+1"),
        ("Vec<T> <div> <3 a < b > c", "Vec<T> <div> <3 a < b > c"),
        (f"{BOT} fix it", "fix it"),
        (f"{BOT}: fix it", "fix it"),
        (f"hey {BOT}, fix it", "hey, fix it"),
        (f"hey {BOT} fix it", "hey fix it"),
        (f"one\n{BOT} two", "one\ntwo"),
        (f"fix it {BOT}", "fix it"),
        ("!important: do it", "!important: do it"),
        ("!!! do it", "!!! do it"),
        ("! do it", "! do it"),
        ("please stop", "please stop"),
    ],
)
def test_words_are_as_people_see_them(typed: str, words: str) -> None:
    assert text(said(typed)) == words


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_what_slack_escapes_is_read_as_it_was_typed(typed: str) -> None:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert plain(escaped, name_of) == typed


def test_a_shared_message_is_quoted_below_the_words() -> None:
    share = {"is_share": True, "author_name": "Bob\n", "text": "a &lt; b\nc"}
    preview = {"title": "A page", "text": "no message"}

    assert text(said("look", attachments=[share, preview])) == (
        "look\n\nBob wrote:\n> a < b\n> c"
    )
    assert text(said("", attachments=[share])) == "Bob wrote:\n> a < b\n> c"


def test_files_of_a_message_and_of_what_it_shares_are_each_taken_once() -> None:
    share = {"is_share": True, "text": "x", "files": [{"id": "F2"}, {"id": "F1"}]}
    what = read(
        said("look", files=[{"id": "F1"}], attachments=[share]), ME, name_of
    ).what

    assert isinstance(what, Message)
    assert [file["id"] for file in what.files] == ["F1", "F2"]


SHARE = {"is_share": True, "text": "x"}
UNFURLED = {"is_msg_unfurl": True, "text": "x"}
CLIP = {"id": "F1", "subtype": "slack_audio", "user": ADA}


@pytest.mark.parametrize(
    ("fields", "foreign"),
    [
        ({}, False),
        ({"attachments": [{"title": "A page", "text": "no message"}]}, False),
        ({"files": [CLIP]}, False),
        ({"attachments": [SHARE]}, True),
        ({"attachments": [UNFURLED]}, True),
        ({"files": [{"id": "F1", "user": ADA}]}, True),
        ({"files": [CLIP | {"user": BOB}]}, True),
        ({"files": [CLIP, {"id": "F2"}]}, True),
    ],
)
def test_what_others_wrote_or_made_is_foreign(
    fields: dict[str, Any], foreign: bool
) -> None:
    bodies = [
        inbound(row).body
        for row in (said("look", **fields), changed("look", 5, when=6, **fields))
    ]

    assert [type(body) for body in bodies] == [Text, Edited]
    for body in bodies:
        assert isinstance(body, Text | Edited)
        assert body.foreign is foreign


def test_everybody_named_is_to_be_known() -> None:
    share = {"is_share": True, "text": "<@U0WHO>"}
    what = read(said(f"<@{BOB}>", attachments=[share]), ME, name_of).what

    assert isinstance(what, Message)
    assert what.people == {ADA, BOB, "U0WHO"}


def test_a_message_with_nothing_to_read_says_so() -> None:
    body = inbound(said("", blocks=[{"type": "call"}])).body

    assert isinstance(body, Text)
    assert body.text == ""
    assert body.files[0].problem == say("ko", "slack-unreadable")


# --- words that are commands --------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("!stop", "stop"),
        (" !Status ", "status"),
        ("!new", "new"),
        ("!help", "help"),
        ("stop", "stop"),
        ("Stop!", "stop"),
        (f"{BOT} stop", "stop"),
        (f"{BOT} !new", "new"),
        (BOT, "help"),
    ],
)
def test_some_words_are_commands(typed: str, name: str) -> None:
    got = inbound(said(typed, 5))

    assert (got.body, got.message) == (Command(name), MessageRef(ts(5)))
    assert got.private is False


def test_a_command_with_a_file_is_a_message() -> None:
    assert text(said("stop", files=[{"id": "F1"}])) == "stop"


def test_slacks_own_stop_button_stops() -> None:
    row = event(
        "e", type="agent_session_stopped", channel=CHANNEL, thread_ts=ts(0), user=ADA
    )

    got = inbound(row)

    assert (got.body, got.address, got.message) == (Command("stop"), thread(), None)


# --- changes ------------------------------------------------------------------


def test_an_edit_is_the_message_as_it_reads_now() -> None:
    got = inbound(changed(f"{BOT} after", 5, when=9))

    assert (got.body, got.message) == (Edited("after"), MessageRef(ts(5)))
    assert got.address == thread()


def test_an_edit_does_not_fetch_files_again() -> None:
    what = read(changed("after", 5, when=9, files=[{"id": "F1"}]), ME, name_of).what

    assert isinstance(what, Message)
    assert what.files == ()


def test_an_edit_that_leaves_no_words_is_nothing() -> None:
    assert read(changed("", 5, when=9), ME, name_of).what == Nothing()


def test_a_deleted_message_is_taken_back() -> None:
    got = inbound(deleted(5, when=9))

    assert (got.body, got.message) == (Deleted(), MessageRef(ts(5)))
    assert (got.address, got.sender.id) == (thread(), ADA)


def test_the_first_message_of_a_thread_is_replaced_when_it_is_deleted() -> None:
    got = inbound(changed("This message was deleted.", 5, when=9, subtype="tombstone"))

    assert (got.body, got.message) == (Deleted(), MessageRef(ts(5)))
