"""What a person sees of a turn, a question, a notice."""

from typing import Any

import pytest

from adapters.telegram.render import parse_button, render
from adapters.views import (
    Notice,
    Option,
    Part,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.telegram.marks import marked, screen

NOW = 1000.0
WORK: tuple[Part, ...] = (
    Said("I'll look at the **tests** first."),
    Step("1", "Read session.py", "read", ok=True),
    Step("2", "Explore the code", "delegate", ok=True),
    Step("2a", "Search for resume(", "search", ok=True, parent="2"),
    Step("2b", "Read pool.py", "read", ok=True, parent="2"),
    Step("3", "Run npm test", "execute", ok=False, output="exit 1: 2 failed"),
    Said("Two fail."),
    Step("4", "Edit session.py", "edit", ok=True),
)
ANSWER = Said("Done, **both** pass.\n\n- [x] tests")


def turn(status: TurnStatus, *parts: Part, seconds: float = 8, **more: Any) -> TurnView:
    start = NOW - seconds
    end = NOW if status.final else None
    return TurnView(
        id="t1", status=status, parts=parts, started_at=start, ended_at=end, **more
    )


def shown(view: View) -> str:
    return "\n" + screen(render(view, now=NOW)) + "\n"


# --- turns --------------------------------------------------------------------


def test_a_queued_turn_says_where_it_stands() -> None:
    view = TurnView(
        id="t1", status=TurnStatus.QUEUED, prompt="Fix\nthe test", position=2
    )

    assert (
        shown(view)
        == """
--- q0
📥 Queued — 2nd in line
<quote>Fix the test</quote>
[✖ Cancel]
"""
    )


def test_what_waits_behind_a_turn_may_join_or_replace_it_in_two_rows() -> None:
    view = TurnView(id="t1", status=TurnStatus.QUEUED, behind=True, position=1)

    (piece,) = render(view, now=NOW)

    assert [[button.data for button in row] for row in piece.buttons] == [
        ["t1:steer", "t1:cancel"],
        ["t1:instead"],
    ]


def test_a_turn_that_joined_another_shrinks_to_one_line_where_it_waited() -> None:
    view = TurnView(
        id="t1",
        status=TurnStatus.DONE,
        prompt="Use yarn",
        note="The agent was told.",
        ended_at=NOW,
    )

    assert (
        shown(view)
        == """
--- q0
↪️ The agent was told.
"""
    )


@pytest.mark.parametrize(
    ("status", "under"),
    [
        (TurnStatus.RUNNING, "⏳ Thinking… · 8 s\n[⏹ Stop]"),
        (TurnStatus.DONE, "<i>✓ 8 s</i>"),
        (TurnStatus.CANCELLED, "⏹ Stopped · 8 s"),
    ],
)
def test_words_said_on_another_screen_stand_above_the_answer(
    status: TurnStatus, under: str
) -> None:
    view = turn(status, prompt="Fix\nthe test", asked_by="Ada (Slack)")

    assert shown(view).startswith(
        "\n--- w0\n<quote>Ada (Slack): Fix the test</quote>\n"
    )
    assert shown(view).endswith(f"{under}\n")


def test_a_turn_in_korean_has_no_english_around_it() -> None:
    view = turn(
        TurnStatus.DONE,
        *(Step(str(number), f"파일 {number}", ok=True) for number in range(42)),
        Said("끝났어요."),
        seconds=75,
        cost_usd=0.04,
        language="ko",
    )

    log, answer = render(view, now=NOW)

    assert log.text.startswith("✓ 1분 15초 · 42단계 · $0.04\n… 이전 2단계\n")
    assert answer.text == "끝났어요."
    assert answer.stub == "✅ 완료 · 1분 15초"


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (turn(TurnStatus.RUNNING, language="ko"), "⏳ 생각 중… · 8초"),
        (turn(TurnStatus.WAITING, language="ko"), "🔐 결정을 기다리고 있어요 · 8초"),
        (turn(TurnStatus.CANCELLED, language="ko"), "⏹ 중지됨 · 8초"),
        (turn(TurnStatus.FAILED, language="ko"), "⚠️ 문제가 발생했어요."),
        (
            TurnView(id="t", status=TurnStatus.QUEUED, position=2, language="ko"),
            "📥 대기 중 — 2번째 차례",
        ),
    ],
)
def test_how_a_turn_stands_is_said_in_korean(view: TurnView, line: str) -> None:
    assert line in shown(view)


def test_a_question_in_korean_says_how_to_answer_and_what_is_missing() -> None:
    view = QuestionView(
        id="q1",
        turn_id="",
        title="어느 프로젝트로 할까요?",
        body="낱말 " * 2000,
        options=tuple(
            Option(f"o{n}", f"프로젝트 {n}", description="설명") for n in range(8)
        ),
        several=True,
        free_text=True,
        details="더 보기",
        language="ko",
    )

    (piece,) = render(view, now=NOW)

    assert "자는 표시하지 않았어요" in piece.text
    assert piece.text.endswith(
        "하나 이상 선택해 주세요. 직접 입력해서 답할 수도 있어요."
    )
    assert piece.text.count("설명") == 8
    labels = [button.label for row in piece.buttons for button in row]
    assert labels[-2:] == ["✅ 완료", "🔍 자세히"]


def test_an_option_too_long_for_its_button_can_be_read_above() -> None:
    label = "Create a worktree on a branch of its own, and work there"
    view = QuestionView(
        id="q1", turn_id="", title="Where?", options=(Option("o1", label),)
    )

    (piece,) = render(view, now=NOW)

    assert f"• {label}" in piece.text
    assert piece.buttons[0][0].label.endswith("…")


def test_a_turn_that_begins_says_so() -> None:
    view = turn(TurnStatus.RUNNING, model="claude-opus-4-5-20251101")

    assert (
        shown(view)
        == """
--- w0
⏳ Thinking… · 8 s · opus-4-5
[⏹ Stop]
"""
    )


def test_a_running_turn_shows_words_and_newest_steps() -> None:
    reads = [Step(f"r{n}", f"Read {n}.py", "read", ok=True) for n in range(8)]
    agent = Step("d", "Explore", "delegate")
    nested = [
        Step(f"n{n}", f"Find {n}", "search", ok=True, parent="d") for n in range(4)
    ]
    now = Step("x", "Find 9", "search", parent="d")
    said = Said("Let me **see", complete=False)
    view = turn(TurnStatus.RUNNING, *reads, agent, *nested, now, said, seconds=75)

    assert (
        shown(view)
        == """
--- w0
… 3 earlier steps
📖 Read 3.py ✓
📖 Read 4.py ✓
📖 Read 5.py ✓
📖 Read 6.py ✓
📖 Read 7.py ✓
🤖 Explore ⏳
   … 2 earlier steps
   🔎 Find 2 ✓
   🔎 Find 3 ✓
   🔎 Find 9 ⏳

Let me <b>see</b>

⏳ 1 m
[⏹ Stop]
"""
    )


def test_a_thinking_turn_and_a_waiting_one_say_so() -> None:
    thinking = turn(TurnStatus.RUNNING, Said("Hm."), thinking=True, note="retrying")
    waiting = turn(TurnStatus.WAITING, Said("Hm."))

    assert "\n💭 Thinking · 8 s · retrying\n" in shown(thinking)
    assert "\n🔐 Waiting for your decision · 8 s\n" in shown(waiting)


def test_a_short_turn_ends_as_its_answer() -> None:
    view = turn(TurnStatus.DONE, *WORK, ANSWER, cost_usd=0.034)

    assert (
        shown(view)
        == """
--- w0
<fold>I'll look at the <b>tests</b> first.

📖 Read session.py ✓
🤖 Explore the code ✓ · 2 steps
🔧 Run npm test ✗ exit 1: 2 failed

Two fail.

✏️ Edit session.py ✓</fold>

Done, <b>both</b> pass.
☑ tests

<i>✓ 8 s · 6 steps · $0.03</i>
"""
    )


def test_a_long_turn_ends_as_a_log_and_a_new_message() -> None:
    view = turn(TurnStatus.DONE, *WORK[-2:], ANSWER, seconds=134, cost_usd=0.12)

    assert (
        shown(view)
        == """
--- w0
✓ 2 m 14 s · 1 step · $0.12
<fold>Two fail.

✏️ Edit session.py ✓</fold>
--- a0 🔔
Done, <b>both</b> pass.
☑ tests
"""
    )
    assert render(view, now=NOW)[1].stub == "✅ Done · 2 m 14 s"


def test_a_failure_leaves_what_was_said() -> None:
    view = turn(TurnStatus.FAILED, *WORK[:2], note="Not logged in.")

    assert (
        shown(view)
        == """
--- w0
I'll look at the <b>tests</b> first.

📖 Read session.py ✓

⚠️ Not logged in.
"""
    )


def test_a_late_failure_makes_the_phone_ring() -> None:
    view = turn(TurnStatus.FAILED, Said("Hm."), seconds=90, note="Not logged in.")

    assert (
        shown(view)
        == """
--- w0
Hm.

⚠️ Failed · 1 m 30 s
--- a0 🔔
⚠️ Not logged in.
"""
    )


def test_a_stopped_turn_leaves_what_was_said_and_is_quiet() -> None:
    view = turn(TurnStatus.CANCELLED, Said("Hm."), seconds=90, note="by Ada")

    assert (
        shown(view)
        == """
--- w0
Hm.

⏹ Stopped · 1 m 30 s · by Ada
"""
    )


@pytest.mark.parametrize("seconds", [5, 500])
@pytest.mark.parametrize("status", TurnStatus)
def test_a_turn_without_words_still_shows_something(
    status: TurnStatus, seconds: float
) -> None:
    view = turn(status, Said("\u200b"), seconds=seconds)

    pieces = render(view, now=NOW)

    assert all(marked(piece) for piece in pieces)
    assert any(piece.buttons for piece in pieces) is not status.final


def test_a_turn_that_ends_with_a_step_hides_nothing() -> None:
    view = turn(TurnStatus.DONE, *WORK[-2:])

    assert (
        shown(view)
        == """
--- w0
Two fail.

✏️ Edit session.py ✓

<i>✓ 8 s · 1 step</i>
"""
    )


def test_a_long_log_goes_on_in_further_quotes_and_loses_nothing() -> None:
    work = [Said(f"Thought {n}. " + "word " * 60) for n in range(40)]
    view = turn(TurnStatus.DONE, *work, Step("1", "Read"), ANSWER, seconds=60)

    pieces = render(view, now=NOW)

    log = [piece for piece in pieces if piece.part.startswith("w")]
    assert len(log) > 2
    assert all("<fold>" in marked(piece) for piece in log)
    words = " ".join(piece.text for piece in log)
    assert all(f"Thought {n}." in words for n in range(40))


def test_a_long_answer_rings_once() -> None:
    view = turn(TurnStatus.DONE, Said("word " * 3000), seconds=60)

    pieces = render(view, now=NOW)

    assert [piece.part for piece in pieces] == ["w0", "a0", "a1", "a2", "a3", "a4"]
    assert [piece.part for piece in pieces if piece.notify] == ["a0"]
    assert sum(piece.text.count("word") for piece in pieces) == 3000


def test_only_the_last_message_of_a_running_turn_can_stop_it() -> None:
    view = turn(TurnStatus.RUNNING, Said("word " * 2000))

    *earlier, last = render(view, now=NOW)

    assert not any(piece.buttons for piece in earlier)
    ((stop,),) = last.buttons
    assert parse_button(stop.data) == ("t1", "stop")


# --- questions ----------------------------------------------------------------

ONCE = Option("once", "✅ Allow once", "good")
ALWAYS = Option("always", "♻️ Always in this project")
DENY = Option("deny", "❌ Deny", "danger")


def question(**more: Any) -> QuestionView:
    body = "```sh\nrm -rf build\n```"
    options = (ONCE, ALWAYS, DENY)
    given = {"body": body, "options": options, "permission": True, **more}
    return QuestionView(id="q1", turn_id="t1", title="Run a command?", **given)


def test_a_question_shows_what_would_happen() -> None:
    assert (
        shown(question(details="all of it"))
        == """
--- q0 🔔
🔐 <b>Run a command?</b>

<pre sh>rm -rf build</pre>
[✅ Allow once]
[♻️ Always in this project]
[❌ Deny] [🔍 Details]
"""
    )


def test_details_are_shown_on_request() -> None:
    assert (
        shown(question(details='{"a": 1}', details_shown=True))
        == """
--- q0 🔔
🔐 <b>Run a command?</b>

<pre sh>rm -rf build</pre>

<pre>{"a": 1}</pre>
[✅ Allow once]
[♻️ Always in this project]
[❌ Deny]
"""
    )


def test_a_question_that_does_not_fit_says_how_much_is_missing() -> None:
    (body,) = render(question(body="word " * 2000), now=NOW)
    (details,) = render(question(details="x" * 9000, details_shown=True), now=NOW)

    assert "more characters not shown" in body.text
    assert "more characters not shown" in details.text


def test_options_with_reasons_are_explained() -> None:
    options = (Option("a", "Redis", description="fast"), Option("b", "SQLite"))

    assert (
        shown(
            question(body="Which?", options=options, free_text=True, permission=False)
        )
        == """
--- q0 🔔
❓ <b>Run a command?</b>

Which?

• <b>Redis</b> — fast

<i>Or answer in your own words.</i>
[Redis] [SQLite]
"""
    )


def test_several_options_have_boxes_and_an_end() -> None:
    options = (Option("o1", "Cheese"), Option("o2", "Ham"))
    view = question(body="Which?", options=options, several=True, chosen=("o2",))

    assert (
        shown(view)
        == """
--- q0 🔔
🔐 <b>Run a command?</b>

Which?

<i>Choose one or more.</i>
[☐ Cheese] [☑ Ham]
[✅ Done]
"""
    )


@pytest.mark.parametrize(
    ("status", "refused", "line"),
    [
        (QuestionStatus.DECIDED, False, "✅ So it is"),
        (QuestionStatus.DECIDED, True, "❌ So it is"),
        (QuestionStatus.WITHDRAWN, False, "⌛ So it is"),
    ],
)
def test_a_decided_question_has_no_buttons(
    status: QuestionStatus, refused: bool, line: str
) -> None:
    view = question(details="x", status=status, refused=refused, outcome="So it is")

    (piece,) = render(view, now=NOW)

    assert piece.buttons == ()
    assert piece.text.splitlines()[-1] == line


def test_labels_too_long_for_a_phone_are_cut_politely() -> None:
    options = (Option("a", "An option with a very long label indeed"),)

    (piece,) = render(question(options=options), now=NOW)

    assert piece.buttons[0][0].label == "An option with a very long la…"


# --- the rest -----------------------------------------------------------------


def test_a_notice_is_a_message() -> None:
    assert (
        shown(Notice(id="n1", text="**Hi**", notify=True)) == "\n--- n0 🔔\n<b>Hi</b>\n"
    )


@pytest.mark.parametrize(
    "data", ["", "x", "a:b:c", "A:b", "t1:", "t1:" + "x" * 17, "é:a"]
)
def test_a_strange_button_is_none_of_ours(data: str) -> None:
    assert parse_button(data) is None
