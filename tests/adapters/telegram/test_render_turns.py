"""Turns that run and end as Telegram shows them."""

import pytest

from adapters.telegram.render import parse_button, render
from adapters.views import Part, Said, Step, TurnStatus
from tests.adapters.telegram.marks import marked
from tests.adapters.telegram.shown import NOW, shown, turn

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
