"""Buttons, forms and nonsense from Slack, as the bot reads them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.inbound import Choice, Kept, MessageRef, Sender
from adapters.slack.forms import FormContext, task_form, words_form
from adapters.slack.heard import Message, Nothing, NotUnderstood, Slash, Task
from adapters.slack.inbound import read
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
from tests.adapters.slack.reading import inbound
from tests.slack_server import ADA, BOB


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
