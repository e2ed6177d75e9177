"""The checker itself: each of its counters finds the fault it is for."""

from dataclasses import replace

import pytest

from tests.chaos.checker import check
from tests.chaos.evidence import Button, Evidence, Said, Seen


def said(mark: str, kind: str = "plain", **more: bool) -> Said:
    return Said(mark=mark, place="telegram", kind=kind, **more)  # type: ignore[arg-type]


def seen(text: str, **more: object) -> Seen:
    return replace(Seen(place="telegram", id=text, text=text), **more)  # type: ignore[arg-type]


ONE, TWO, TOOL, GIVE = said("k1"), said("k2"), said("k3", "tool"), said("k4", "give")
CALM = Evidence(
    said=[ONE, TWO, TOOL, GIVE],
    prompted=["k1", "k2", "k3", "k4"],
    heard=frozenset({"k1", "k2", "k3", "k4"}),
    ran=["k3"],
    seen=[
        seen("done-k1."),
        seen("done-k2."),
        seen("done-k3."),
        seen("", files=("k4.txt",)),
        seen("done-k4."),
    ],
)
A, B, *REST = CALM.seen
STRAY = seen("Working…", known=False, working=True)
CARD = seen("May I?", buttons=(Button(label="Allow", about="d1"),))


def test_a_run_in_which_nothing_happened_has_no_faults() -> None:
    assert check(CALM).faults == []


@pytest.mark.parametrize(
    ("counter", "changes"),
    [
        ("lost", {"seen": [A, *REST]}),
        ("lost", {"heard": frozenset({"k1", "k3", "k4"})}),
        ("lost", {"seen": [A, B, REST[0], REST[2]]}),  # but for the file
        ("run_twice", {"ran": ["k3", "k3"]}),
        ("run_unasked", {"ran": ["k3", "k1"]}),
        ("answered_twice", {"seen": [*CALM.seen, seen("again: done-k1.")]}),
        ("answered_twice", {"seen": [*CALM.seen, REST[1]]}),  # the file
        ("out_of_order", {"seen": [B, A, *REST]}),
        ("out_of_order", {"prompted": ["k2", "k1"]}),
        ("orphans", {"orphans": ["claude (17)"]}),
        ("open_prompts", {"seen": [*CALM.seen, CARD]}),
        ("open_prompts", {"open_questions": {"d1": "telegram"}}),
        ("unfinished", {"seen": [*CALM.seen, replace(STRAY, known=True)]}),
        ("unfinished", {"unfinished": ["turn 1 is submitted"]}),
        ("refusals", {"refusals": ["sendMessage: text is empty"]}),
        ("unbounded", {"seen": [*CALM.seen, STRAY]}),
    ],
)
def test_a_fault_is_counted_where_it_belongs(
    counter: str, changes: dict[str, object]
) -> None:
    verdict = check(replace(CALM, **changes))  # type: ignore[arg-type]

    found = {name for name, count in verdict.counts.items() if count}
    assert found == {counter}


def test_what_a_person_stopped_needs_no_answer() -> None:
    stopped = said("k5", "stop", excused=True)

    assert check(replace(CALM, said=[*CALM.said, stopped])).faults == []


def test_a_question_with_its_button_is_no_fault() -> None:
    asking = replace(CALM, seen=[*CALM.seen, CARD], open_questions={"d1": "telegram"})

    assert check(asking).faults == []


def test_one_message_for_a_kill_is_undecidable_and_no_fault() -> None:
    verdict = check(replace(CALM, seen=[*CALM.seen, STRAY], bridge_kills=1))

    assert verdict.faults == []
    assert verdict.undecidable == 1


def test_a_message_nobody_knows_of_that_holds_an_answer_is_a_second_answer() -> None:
    stray = replace(A, known=False)

    verdict = check(replace(CALM, seen=[*CALM.seen, stray], bridge_kills=1))

    assert verdict.counts["answered_twice"] == 1
