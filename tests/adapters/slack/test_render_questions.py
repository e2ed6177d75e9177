"""Questions as Slack shows them."""

import re
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack.render import parse_value, render
from adapters.views import Option, QuestionStatus, QuestionView
from tests.adapters.slack.shown import NOW, drawn, shown
from tests.adapters.slack.views import buttons
from tests.slack_server_blocks import check_blocks

ALLOW = Option("once", "✅ Allow once", "good")
DENY = Option("deny", "❌ Deny", "danger", words="Why?")
CHEESE = Option("o1", "Cheese", description="the yellow kind")
HAM = Option("o2", "Ham")


def question(**more: Any) -> QuestionView:
    asked: dict[str, Any] = {"title": "Run a command?", "options": (ALLOW, DENY)}
    return QuestionView(id="q1", turn_id="t1", **{"permission": True, **asked, **more})


def test_a_question_names_who_must_decide_and_what() -> None:
    view = question(body="```sh\nrm -rf build\n```", details='{"a": 1}', for_id="U0ADA")

    assert (
        shown(view)
        == """
--- q0
= 🔐 Run a command?
```sh
rm -rf build
```
<@U0ADA>, this waits for you.
[✅ Allow once] [❌ Deny] [❌ Deny with reason…] [🔍 Details]"""
    )
    (piece,) = render(view, now=NOW)
    assert piece.ping == "U0ADA"
    assert piece.text == "🔐 Run a command? rm -rf build"


def test_buttons_say_what_they_decide() -> None:
    (piece,) = render(question(details="x", free_text=True), now=NOW)

    assert [(one["action_id"], one["value"]) for one in buttons(piece)] == [
        ("choose:once", "q1:once"),
        ("choose:deny", "q1:deny"),
        ("words:deny", "q1:deny"),
        ("words:", "q1:"),
        ("choose:details", "q1:details"),
    ]
    styles = [one.get("style") for one in buttons(piece)]
    assert styles == ["primary", "danger", None, None, None]
    assert [parse_value(one["value"]) for one in buttons(piece)][2:4] == [
        ("q1", "deny"),
        ("q1", ""),
    ]


def test_details_are_shown_on_request() -> None:
    view = question(body="Which?", details="**as it is**", details_shown=True)

    assert "\nWhich?\n# **as it is**\n[" in shown(view)
    assert "Details" not in shown(view)


def test_details_too_long_for_a_message_come_as_a_file() -> None:
    details = "\n".join(f"line {n}" for n in range(900))

    (piece,) = render(question(details=details, details_shown=True), now=NOW)

    assert piece.rest_name == "details.txt"
    assert details in piece.rest
    assert "(✂️ The whole is in the file below.)" in "\n".join(map(drawn, piece.blocks))


def test_options_with_reasons_are_explained() -> None:
    view = question(
        title="Which?", permission=False, options=(CHEESE, HAM), free_text=True
    )

    assert (
        shown(view)
        == """
--- q0
= ❓ Which?
• *Cheese* — the yellow kind
[Cheese] [Ham] [✏️ In my own words…]
(Or answer in your own words, in this thread.)"""
    )


def test_a_menu_that_somebody_opened_rings_for_nobody() -> None:
    asked = question(title="Which?", permission=False, for_id="U1")

    menu = shown(replace(asked, turn_id=""))

    assert "<@U1>" in shown(asked)
    assert "= Which?" in menu
    assert "<@U1>" not in menu


def test_several_options_are_boxes_to_tick() -> None:
    view = question(
        title="Which?",
        permission=False,
        options=(CHEESE, HAM),
        several=True,
        chosen=("o2",),
    )

    assert (
        shown(view)
        == """
--- q0
= ❓ Which?
☐ Cheese – the yellow kind ☑ Ham
[✅ Done]"""
    )
    (piece,) = render(view, now=NOW)
    boxes = piece.blocks[1]
    assert boxes["block_id"] == "several:q1"
    assert boxes["elements"][0]["action_id"] == "tick"
    assert [one["value"] for one in boxes["elements"][0]["options"]] == ["o1", "o2"]


def test_many_options_are_a_menu() -> None:
    options = tuple(Option(f"o{n}", f"Option {n}") for n in range(11))

    (piece,) = render(question(options=options, several=True), now=NOW)

    menu = piece.blocks[1]
    assert drawn(menu) == "Choose one or more. ▾ 11"
    assert menu["block_id"] == "several:q1"


@pytest.mark.parametrize(
    ("status", "refused", "line"),
    [
        (QuestionStatus.DECIDED, False, "✅ So it is"),
        (QuestionStatus.DECIDED, True, "❌ So it is"),
        (QuestionStatus.WITHDRAWN, False, "⌛ So it is"),
    ],
)
def test_a_decided_question_has_no_buttons_and_rings_nobody(
    status: QuestionStatus, refused: bool, line: str
) -> None:
    view = question(
        details="x", status=status, refused=refused, outcome="So it is", for_id="U0ADA"
    )

    (piece,) = render(view, now=NOW)

    assert (buttons(piece), piece.ping) == ([], "")
    assert shown(view) == f"\n--- q0\n= 🔐 Run a command?\n{line}"


def test_a_label_too_long_for_a_button_is_told_in_full() -> None:
    label = "An option with a very long label " * 4
    view = question(options=(Option("a", label),))

    (piece,) = render(view, now=NOW)

    assert f"• *{label.strip()}*" in shown(view)
    assert len(buttons(piece)[0]["text"]["text"]) <= 75


def test_a_card_of_many_options_tells_what_each_is() -> None:
    options = tuple(
        Option(f"o{n}", f"Model {n}", "plain", "It thinks") for n in range(8)
    )
    view = QuestionView(id="q1", turn_id="", title="Which?", options=options)

    *_, listed, row = shown(view).rsplit("\n", 2)
    assert listed == "• *Model 7* — It thinks"
    assert row.count("[Model") == 8


def test_a_card_in_korean_has_no_english_words() -> None:
    view = question(
        title="명령을 실행할까요?",
        options=(Option("deny", "거절", "danger", words="왜?"),),
        free_text=True,
        details="x" * 4000,
        details_shown=True,
        for_id="U0ADA",
        language="ko",
    )

    words = shown(view).replace("--- q0", "").replace("<@U0ADA>", "")
    assert not re.search("[a-wyzA-Z]{2,}", words), words
    (piece,) = render(view, now=NOW)
    check_blocks([*piece.blocks])
