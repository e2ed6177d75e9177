"""What a kept event says."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.inbound import (
    Address,
    Choice,
    Command,
    Deleted,
    Edited,
    Inbound,
    Kept,
    MessageRef,
    Sender,
    Text,
)
from adapters.language import say
from adapters.slack.forms import FormContext, task_form, words_form
from adapters.slack.heard import Message, Nothing, NotUnderstood, Slash, Task
from adapters.slack.inbound import read
from adapters.slack.words import plain
from tests.adapters.slack.incoming import (
    CHANNEL,
    ME,
    NOON,
    Known,
    changed,
    deleted,
    event,
    kept,
    name_of,
    pressed,
    said,
    thread,
    ts,
)
from tests.slack_server import ADA, BOB, BOT_USER, TEAM

BOT = f"<@{BOT_USER}>"


def inbound(row: Kept) -> Inbound:
    what = read(row, ME, name_of).what
    if isinstance(what, Message):
        return what.inbound(Known(), ())
    assert isinstance(what, Inbound)
    return what


def text(row: Kept) -> str:
    body = inbound(row).body
    assert isinstance(body, Text | Edited)
    return body.text


# --- messages -----------------------------------------------------------------


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


# --- buttons and forms --------------------------------------------------------


def test_a_press_chooses_in_the_thread_of_its_message() -> None:
    got = inbound(pressed("q1:allow", 5, when=9))

    assert got.body == Choice("q1", "allow")
    assert (got.address, got.message) == (thread(), MessageRef(ts(5)))
    assert got.sender == Sender(ADA, "Ada Lovelace")


@pytest.mark.parametrize(
    "shown", [{"ts": ts(5)}, {"ts": ts(5), "thread_ts": ts(5)}, None]
)
def test_a_press_on_the_root_is_for_its_thread_and_no_message(shown: Any) -> None:
    got = inbound(pressed("t1:stop", 5, when=9, message=shown))

    assert (got.address, got.message) == (thread(5), None)


def test_somebody_unknown_is_called_what_the_press_calls_them() -> None:
    got = inbound(pressed("q1:o", 5, when=9, user={"id": BOB, "username": "bob"}))

    assert got.sender == Sender(BOB, "bob")


def test_done_brings_what_was_ticked() -> None:
    ticked = {"selected_options": [{"value": "o1"}, {"value": "o3"}]}
    state = {"values": {"several:q1": {"tick": ticked}, "several:q2": {"tick": {}}}}

    got = inbound(pressed("q1:done", 5, when=9, state=state))

    assert got.body == Choice("q1", "done", chosen=("o1", "o3"))


@pytest.mark.parametrize("state", [{}, {"values": {}}])
def test_done_with_nothing_ticked_chooses_nothing(state: Any) -> None:
    got = inbound(pressed("q1:done", 5, when=9, state=state))

    assert got.body == Choice("q1", "done")


@pytest.mark.parametrize(
    ("value", "fields"),
    [("nonsense", {}), ("q1:o", {"container": {"type": "view"}})],
)
def test_a_button_that_means_nothing_is_nothing(
    value: str, fields: dict[str, Any]
) -> None:
    assert read(pressed(value, 5, when=9, **fields), ME, name_of).what == Nothing()


def submitted(view: dict[str, Any], words: str) -> Kept:
    state = {"values": {"input": {"words": {"value": words}}}}
    view = {**view, "id": "V1", "state": state}
    return kept("s", type="view_submission", user={"id": ADA, "name": "a"}, view=view)


def test_words_of_a_form_go_with_the_option_it_was_opened_for() -> None:
    context = FormContext(CHANNEL, ts(0), ts(5), view_id="q1", option_id="deny")

    got = inbound(submitted(words_form("May I?", "Why?", context, "en"), "No."))

    assert got.body == Choice("q1", "deny", "No.")
    assert (got.address, got.message) == (thread(), MessageRef(ts(5)))


def test_words_of_no_option_are_the_answer() -> None:
    context = FormContext(CHANNEL, ts(0), ts(5), view_id="q1")

    assert inbound(submitted(words_form("What?", "", context, "en"), "This.")).body == (
        Choice("q1", "", "This.")
    )


def test_a_task_is_told_with_the_message_it_is_about() -> None:
    context = FormContext(CHANNEL, ts(0), ts(5), quote="broken")

    what = read(
        submitted(task_form("broken", context, "en"), "Mend it."), ME, name_of
    ).what

    assert isinstance(what, Task)
    assert (what.text, what.context.quote) == ("Mend it.", "broken")


def test_a_form_of_somebody_else_is_nothing() -> None:
    view = {"callback_id": "theirs"}

    assert read(submitted(view, "x"), ME, name_of).what == Nothing()


def test_a_slash_command_brings_what_was_typed() -> None:
    what = read(
        kept("s", command="/x", text=" fix it ", channel_id=CHANNEL, user_id=ADA),
        ME,
        name_of,
    ).what

    assert isinstance(what, Slash)
    assert (what.text, what.channel, what.sender.id) == ("fix it", CHANNEL, ADA)


# --- nonsense -----------------------------------------------------------------


def test_an_event_that_was_only_looked_at_is_nothing() -> None:
    assert read(event("e", type="app_home_opened"), ME, name_of).what == Nothing()


@pytest.mark.parametrize(
    "payload",
    ["", "7", "{}", '{"type":"event_callback"}', '{"type":"block_actions"}', "[]"],
)
def test_nonsense_is_not_understood(payload: str) -> None:
    with pytest.raises(NotUnderstood):
        read(Kept("x", payload, NOON), ME, name_of)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "text", "ts", "user", "event", "message"]),
            inner,
            max_size=4,
        )
    ),
)
EXAMPLES = [
    said("hello", 5, files=[{"id": "F1"}]),
    changed("after", 5, when=9),
    deleted(5, when=9),
    pressed("q1:done", 5, when=9, state={"values": {"several:q1": {"tick": {}}}}),
]


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(EXAMPLES), st.data())
def test_whatever_is_odd_it_reads_or_is_not_understood(
    row: Kept, data: st.DataObject
) -> None:
    body = json.loads(row.payload)
    holder = body[data.draw(st.sampled_from([k for k in body if k != "type"]))]
    if isinstance(holder, dict):
        holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(ANYTHING)

    try:
        what = read(Kept("x", json.dumps(body), NOON), ME, name_of).what
    except NotUnderstood:
        return
    if isinstance(what, Message):
        what.inbound(Known(), ())
