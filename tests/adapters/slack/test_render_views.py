"""What a person sees of a turn, a question, a notice."""

import re
from dataclasses import replace
from typing import Any

import pytest

from adapters.slack.render import footer, parse_value, render, root_blocks, status_line
from adapters.slack.script import script_of
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
from tests.adapters.slack.views import buttons, readable
from tests.adapters.telegram.corpus import REPORT
from tests.slack_server_blocks import check_blocks

NOW = 1000.0
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
ALLOW = Option("once", "✅ Allow once", "good")
DENY = Option("deny", "❌ Deny", "danger", words="Why?")
CHEESE = Option("o1", "Cheese", description="the yellow kind")
HAM = Option("o2", "Ham")


def turn(status: TurnStatus, *parts: Part, seconds: float = 8, **more: Any) -> TurnView:
    start = NOW - seconds
    end = NOW if status.final else None
    return TurnView(
        id="t1", status=status, parts=parts, started_at=start, ended_at=end, **more
    )


def question(**more: Any) -> QuestionView:
    asked: dict[str, Any] = {"title": "Run a command?", "options": (ALLOW, DENY)}
    return QuestionView(id="q1", turn_id="t1", **{"permission": True, **asked, **more})


def shown(view: View) -> str:
    """The messages as a person reads them, block by block."""
    return "\n" + "\n".join(
        f"--- {piece.part}\n" + "\n".join(map(drawn, piece.blocks))
        for piece in render(view, now=NOW)
    )


def drawn(block: Any) -> str:
    match block:
        case {"type": "actions", "elements": elements}:
            return " ".join(map(drawn, elements))
        case {"type": "button", "text": {"text": text}}:
            return f"[{text}]"
        case {"type": "checkboxes", "options": options}:
            ticked = block.get("initial_options", [])
            return " ".join(f"{'☑' if o in ticked else '☐'} {said(o)}" for o in options)
        case {"type": "multi_static_select", "options": options}:
            return f"▾ {len(options)}"
        case {"type": "rich_text", "elements": elements}:
            return "\n".join(map(drawn, elements))
        case {"type": "rich_text_list", "elements": items}:
            return "\n".join(f"• {drawn(item)}" for item in items)
        case {"type": kind, "elements": elements} if "rich_text" in kind:
            mark = {"rich_text_quote": "| ", "rich_text_preformatted": "# "}
            return mark.get(kind, "") + "".join(map(drawn, elements))
        case {"type": "text", "text": text, "style": {"bold": True}}:
            return f"*{text}*"
        case {"type": "header", "text": {"text": text}}:
            return f"= {text}"
        case {"type": "context", "elements": [{"text": text}]}:
            return f"({text})"
        case {"text": {"text": text}, "accessory": menu}:
            return f"{text} {drawn(menu)}"
        case {"text": {"text": text}} | {"text": text}:
            return str(text)
        case _:
            raise AssertionError(block)


def said(option: Any) -> str:
    words = [option["text"], *filter(None, [option.get("description")])]
    return " – ".join(one["text"] for one in words)


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


# --- questions ----------------------------------------------------------------


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
