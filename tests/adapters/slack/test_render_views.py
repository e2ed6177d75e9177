"""Turns and notices as Slack shows them."""

from typing import Any

import pytest

from adapters.slack.render import footer, parse_value, render, root_blocks, status_line
from adapters.slack.script import script_of
from adapters.views import Notice, Part, Said, Step, TurnStatus, TurnView
from tests.adapters.slack.shown import NOW, drawn, shown
from tests.adapters.slack.views import buttons, readable
from tests.adapters.telegram.corpus import REPORT
from tests.slack_server_blocks import check_blocks

WORK: tuple[Part, ...] = (
    Said("I'll look at the **tests** first."),
    Step("1", "Read session.py", "read", ok=True),
    Step("2", "Explore the code", "delegate", ok=True),
    Step("2a", "Search for resume(", "search", ok=True, parent="2"),
    Step("3", "Run npm test", "execute", ok=False, output="exit 1: 2 failed"),
    Said("Two fail."),
    Step("4", "Edit session.py", "edit", ok=True),
)

ANSWER = Said("Done, **both** pass.")


def turn(status: TurnStatus, *parts: Part, seconds: float = 8, **more: Any) -> TurnView:
    start = NOW - seconds
    end = NOW if status.final else None
    return TurnView(
        id="t1", status=status, parts=parts, started_at=start, ended_at=end, **more
    )


def test_a_queued_turn_says_where_it_stands() -> None:
    view = TurnView(
        id="t1", status=TurnStatus.QUEUED, prompt="Fix\nthe test", position=2
    )

    assert (
        shown(view)
        == """
--- q0
📥 Queued — 2nd in line
| Fix the test
[✖ Cancel]"""
    )


def test_what_waits_behind_a_turn_may_join_it_or_take_its_place() -> None:
    view = TurnView(
        id="t1", status=TurnStatus.QUEUED, prompt="go", behind=True, language="ko"
    )

    assert shown(view).endswith("| go\n[↪️ 지금 전하기] [⏏️ 대신 이것부터] [✖ 취소]")
    (piece,) = render(view, now=NOW)
    assert [one["value"] for one in buttons(piece)] == [
        "t1:steer",
        "t1:instead",
        "t1:cancel",
    ]


@pytest.mark.parametrize(
    ("status", "note", "line"),
    [
        (TurnStatus.DONE, "Told it.", "(↪️ Told it.)"),
        (TurnStatus.CANCELLED, "by Ada", "(⏹ Stopped · by Ada)"),
    ],
)
def test_what_never_ran_ends_as_one_line_in_its_place(
    status: TurnStatus, note: str, line: str
) -> None:
    view = TurnView(id="t1", status=status, prompt="go", note=note)

    assert shown(view) == f"\n--- q0\n{line}"


def test_what_was_asked_elsewhere_is_told_above_the_answer() -> None:
    asked: dict[str, Any] = {"asked_by": "Ada (Web)", "prompt": "Fix\n<!here>"}
    line = "Ada (Web): Fix <!here>"

    done = turn(TurnStatus.DONE, ANSWER, **asked)
    queued = TurnView(id="t1", status=TurnStatus.QUEUED, **asked)
    long = turn(TurnStatus.DONE, Said(REPORT * 40), **asked)

    assert f"--- s0\n| {line}\nDone, **both** pass." in shown(done)
    assert f"| {line}\n" in shown(queued)
    assert f"--- s0\n| {line}\n" in shown(long)
    assert script_of(done).words == f"> {line}\n\n{ANSWER.text}"


def test_a_turn_that_begins_says_so() -> None:
    assert (
        shown(turn(TurnStatus.RUNNING, model="claude-opus-4-5-20251101"))
        == """
--- s0
(⏳ Thinking… · 8 s · opus-4-5)
[⏹ Stop]"""
    )


def test_a_running_turn_shows_words_and_steps_in_order() -> None:
    draft = Said("Let me **see", complete=False)
    now = Step("5", "Run npm test", "execute")
    view = turn(TurnStatus.RUNNING, *WORK, draft, now, seconds=75)

    assert (
        shown(view)
        == """
--- s0
I'll look at the **tests** first.
(📖 Read session.py ✓
🤖 Explore the code ✓ · 1 step
🔧 Run npm test ✗ exit 1: 2 failed)
Two fail.
(✏️ Edit session.py ✓)
Let me **see**
(🔧 Run npm test ⏳)
(⏳ 1 m)
[⏹ Stop]"""
    )


def test_a_waiting_turn_says_so() -> None:
    assert "(🔐 Waiting for your decision · 8 s)" in shown(
        turn(TurnStatus.WAITING, Said("Hm."))
    )


@pytest.mark.parametrize(
    ("status", "note", "last"),
    [
        (TurnStatus.DONE, "", "(✓ 32 s · 5 steps · $0.04)"),
        (TurnStatus.FAILED, "Not logged in.", "⚠️ Not logged in."),
        (TurnStatus.FAILED, "", "⚠️ Something went wrong."),
        (TurnStatus.CANCELLED, "by Ada", "(⏹ Stopped · 32 s · by Ada)"),
    ],
)
def test_a_turn_ends_with_a_line_about_it(
    status: TurnStatus, note: str, last: str
) -> None:
    view = turn(status, *WORK, ANSWER, seconds=32, cost_usd=0.04, note=note)

    *_, answer, line = shown(view).split("\n")

    assert (answer, line) == ("Done, **both** pass.", last)
    assert "\n".join(map(drawn, footer(view))) == last


def test_a_turn_rings_with_what_it_said_last() -> None:
    (piece,) = render(turn(TurnStatus.DONE, *WORK, ANSWER), now=NOW)
    (failed,) = render(turn(TurnStatus.FAILED, *WORK, note="No & no"), now=NOW)

    assert piece.text == "Done, both pass."
    assert failed.text == "⚠️ No &amp; no"


def test_a_long_turn_goes_on_in_further_messages() -> None:
    view = turn(TurnStatus.RUNNING, Said(REPORT * 45))

    pieces = render(view, now=NOW)

    assert [piece.part for piece in pieces] == ["s0", "s1", "s2", "s3"]
    assert [bool(buttons(piece)) for piece in pieces] == [False, False, False, True]
    assert not any(piece.rest for piece in pieces)


def test_an_answer_too_long_to_scroll_becomes_a_beginning_and_a_file() -> None:
    view = turn(TurnStatus.DONE, *WORK, Said(REPORT * 40))

    (piece,) = render(view, now=NOW)

    first, *_ = piece.blocks
    assert 1_000 < len(first["text"]) <= 2_000
    assert first["text"].startswith("## Summary")
    assert "(📄 All of it is in answer.md below.)" in shown(view)
    assert piece.rest_name == "answer.md"
    assert piece.rest.startswith("I'll look at the **tests** first.\n\n- 📖 Read")
    assert piece.rest.count("## Summary") == 40


def test_after_long_work_a_short_answer_is_shown_whole() -> None:
    work = [Said(f"Thought {n}. " + "word " * 400) for n in range(20)]
    view = turn(TurnStatus.DONE, *work, Step("1", "Read", ok=True), ANSWER)

    (piece,) = render(view, now=NOW)

    assert piece.blocks[0]["text"] == ANSWER.text
    assert all(f"Thought {n}." in piece.rest for n in range(20))


@pytest.mark.parametrize("status", TurnStatus)
def test_a_turn_without_words_still_shows_something(status: TurnStatus) -> None:
    pieces = render(turn(status, Said(" \n ")), now=NOW)

    assert readable(pieces).strip()
    assert any(buttons(piece) for piece in pieces) is not status.final


# --- the first message of a thread --------------------------------------------


def test_a_thread_begins_with_who_asked_for_what() -> None:
    blocks = root_blocks("Fix <!here>\nnow", "U0ADA", "en")

    assert "\n".join(map(drawn, blocks)) == "<@U0ADA> asked:\n| Fix <!here> now"
    check_blocks([*blocks])


def test_the_first_message_says_how_it_goes_and_can_stop_it() -> None:
    foremost = turn(TurnStatus.RUNNING)
    blocks = root_blocks("word " * 200, "U0ADA", "en", foremost)

    _asked, quote, status, row = map(drawn, blocks)

    assert len(quote) <= 302
    assert (status, row) == ("(⏳ Working)", "[⏹ Stop]")
    assert blocks[-1]["elements"][0]["value"] == "t1:stop"
    check_blocks([*blocks])


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (TurnStatus.QUEUED, "📥 Queued — 1st in line"),
        (TurnStatus.RUNNING, "⏳ Working"),
        (TurnStatus.WAITING, "🔐 Waiting for your decision"),
        (TurnStatus.DONE, "✅ Done · 8 s · 5 steps · $0.04"),
        (TurnStatus.FAILED, "⚠️ Something went wrong."),
        (TurnStatus.CANCELLED, "⏹ Stopped · 8 s"),
    ],
)
def test_its_status_changes_only_when_the_turn_does(
    status: TurnStatus, line: str
) -> None:
    view = turn(status, *WORK, cost_usd=0.04, position=1)

    assert status_line(view) == line


# --- the rest -----------------------------------------------------------------


def test_a_notice_is_a_message() -> None:
    assert shown(Notice(id="n1", text="**Hi**")) == "\n--- n0\n**Hi**"
    assert shown(Notice(id="n1", text="")) == "\n--- n0\n✓"


def test_a_long_notice_is_a_beginning_and_a_file() -> None:
    (piece,) = render(Notice(id="n1", text=REPORT * 20), now=NOW)

    assert len(piece.blocks[0]["text"]) <= 2_000
    assert piece.rest_name == "message.md"
    assert piece.rest.count("## Summary") == 20


def test_what_is_for_one_person_is_never_a_file_for_all() -> None:
    notice = Notice(id="n1", text=REPORT * 20, only_for="U0ADA")

    pieces = render(notice, now=NOW)

    assert [piece.part for piece in pieces] == ["n0", "n1"]
    assert all(piece.only_for == "U0ADA" and not piece.rest for piece in pieces)


@pytest.mark.parametrize(
    "value", ["", "x", "a:b:c", "A:b", "t1:" + "x" * 17, "é:a", ":a", "x" * 21 + ":a"]
)
def test_a_strange_button_is_none_of_ours(value: str) -> None:
    assert parse_value(value) is None
