"""On what terms a process works, and whether another is needed for a turn."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.terms import BYPASS, Terms, wary_mode
from runner.base import Allow, Answer, Deny, SessionSpec

SPEC = SessionSpec(session_id="s", workspace=Path("/w"), allowed_tools=("Bash(ls)",))
OWN = Terms(SPEC, wary=False)
WARY = Terms(replace(SPEC, allowed_tools=()), wary=True, narrow=True)


@pytest.mark.parametrize(
    ("mode", "narrow"),
    [
        ("default", "default"),
        ("plan", "plan"),
        ("dontAsk", "dontAsk"),
        ("acceptEdits", "default"),
        (BYPASS, "default"),
        ("one that comes with a later agent", "default"),
    ],
)
def test_words_of_others_get_no_mode_that_does_things_unasked(
    mode: str, narrow: str
) -> None:
    assert wary_mode(mode) == narrow


@pytest.mark.parametrize(
    "told",
    [
        {"model": "opus"},
        {"permission_mode": "acceptEdits"},
        {"begun": True},
        {"turn": "u"},
        {"fork_of": "another"},
    ],
)
def test_a_process_that_can_be_told_goes_on(told: dict[str, object]) -> None:
    assert OWN.fit(replace(SPEC, **told), wary=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fixed",
    [
        {"allowed_tools": ()},
        {"permission_mode": BYPASS},
        {"output_schema": "{}"},
        {"effort": "max"},
        {"record": Path("/raw")},
        {"trusted": True},
    ],
)
def test_what_can_only_be_had_at_the_start_needs_a_new_process(
    fixed: dict[str, object],
) -> None:
    assert not OWN.fit(replace(SPEC, **fixed), wary=False)  # type: ignore[arg-type]


def test_a_rule_made_elsewhere_is_learnt_at_the_next_start() -> None:
    more = replace(SPEC, allowed_tools=("Bash(ls)", "Bash(rm)"))

    assert OWN.fit(more, wary=False)
    assert not OWN.fit(replace(more, allowed_tools=("Bash(rm)",)), wary=False)


def test_rules_come_back_after_words_of_others() -> None:
    assert not WARY.fit(SPEC, wary=False)


def test_words_of_others_share_a_process_that_may_do_nothing_unasked() -> None:
    plain = replace(SPEC, allowed_tools=())

    assert Terms(plain, wary=False).fit(plain, wary=True)
    assert Terms(plain, wary=True).fit(plain, wary=False)


@pytest.mark.parametrize(
    "answer",
    [
        Allow("session"),
        Allow("session", rules=("Bash(rm)",)),
        Allow(mode="acceptEdits"),
    ],
)
def test_what_people_allowed_for_long_ends_where_words_of_others_begin_or_end(
    answer: Answer,
) -> None:
    own, wary = OWN.after(answer), WARY.after(answer)

    assert not own.fit(own.spec, wary=True)
    assert own.fit(own.spec, wary=False)
    assert not wary.fit(wary.spec, wary=False)
    assert not wary.fit(wary.spec, wary=True)


@pytest.mark.parametrize("answer", [Allow(), Deny("no"), Allow(answers={"a": "b"})])
def test_what_was_allowed_once_changes_nothing(answer: Answer) -> None:
    assert OWN.after(answer) == OWN


def test_a_rule_that_the_process_was_told_needs_no_new_one_until_it_is_revoked() -> (
    None
):
    told = OWN.after(Allow("session", rules=("Bash(rm)",)))

    assert told.fit(replace(SPEC, allowed_tools=("Bash(ls)", "Bash(rm)")), wary=False)
    assert not told.fit(SPEC, wary=False)
