"""Questions as Telegram shows them."""

from typing import Any

import pytest

from adapters.telegram.render import render
from adapters.views import Option, QuestionStatus, QuestionView
from tests.adapters.telegram.shown import NOW, shown


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
