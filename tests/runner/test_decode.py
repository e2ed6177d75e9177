"""Recorded runs of the CLI are understood."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.claude_decode import ClaudeDecoder, Heard
from runner.claude_turns import Turns
from runner.events import (
    Noted,
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    Possible,
    QuestionsAsked,
    TextDelta,
    TextFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.runner.decoded import lines

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"
RECORDED = sorted(TRANSCRIPTS.glob("claude-*/*.jsonl"))
OLD, NEW = TRANSCRIPTS / "claude-2.1.197", TRANSCRIPTS / "claude-2.1.329"


def decoded(file: Path, decoder: ClaudeDecoder | None = None) -> list[Heard]:
    decoder = decoder or ClaudeDecoder("/srv/project")
    return [e for line in file.read_bytes().splitlines() for e in decoder.decode(line)]


def as_asked(file: Path) -> Iterator[Heard]:
    """The same, with each prompt in flight from before it is heard of."""
    decoder = ClaudeDecoder("/srv/project")
    said = [json.loads(line) for line in file.read_bytes().splitlines()]
    prompts = iter([m["uuid"] for m in said if m.get("isReplay")])
    for message in said:
        if decoder.turns.prompt is None and (uuid := next(prompts, None)):
            decoder.turns.prompted(uuid)
        yield from decoder.decode(json.dumps(message).encode())


@pytest.mark.parametrize("file", RECORDED, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_every_recorded_run_is_understood(file: Path) -> None:
    ends = [e for e in decoded(file) if isinstance(e, TurnFinished)]

    results = [x for x in file.read_text().splitlines() if '"type":"result"' in x]
    assert len(ends) == len(results)


CAUSES = {
    "err_400_credit": "credit",
    "err_400_generic": "request",
    "err_400_too_long": "context_full",
    "err_403": "login",
    "err_404_model": "model",
    "err_413": "attachment",
    "err_429_exhaust": "rate_limit",
    "err_500_exhaust": "overloaded",
    "err_529_exhaust": "overloaded",
    "err_conn_refused": "network",
    "err_drop_conn": "network",
    "err_max_tokens": "output_full",
    "no_auth_stream": "login",
    "rate_limit_subscriber": "rate_limit",
}


@pytest.mark.parametrize("name", CAUSES)
def test_a_failure_has_a_cause_and_words(name: str) -> None:
    events = decoded(OLD / f"{name}.jsonl")

    failed = [
        e for e in events if isinstance(e, TurnFinished) and e.stop_reason == "failed"
    ]
    assert {e.cause for e in failed} == {CAUSES[name]}
    assert all(e.detail and not e.text for e in failed)


def test_a_usage_limit_says_when_it_ends() -> None:
    events = decoded(OLD / "rate_limit_subscriber.jsonl")

    ends = [e for e in events if isinstance(e, TurnFinished)]
    assert [e.until for e in ends] == [None, 1795231598]
    assert [e.until for e in events if isinstance(e, Noted)] == [1795231597, 1795231598]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("err_refusal", "refusal"),
        ("max_turns_1", "limit"),
        ("max_budget", "limit"),
    ],
)
def test_other_ends_are_told_apart(name: str, reason: str) -> None:
    first = next(
        e for e in decoded(OLD / f"{name}.jsonl") if isinstance(e, TurnFinished)
    )
    assert first.stop_reason == reason


@pytest.mark.parametrize("name", ["interrupt_stream", "interrupt_tool"])
def test_an_interrupted_turn_shows_no_diagnostics(name: str) -> None:
    decoder = ClaudeDecoder("/srv/project", turns=Turns(interrupting=True))

    first = next(
        e
        for e in decoded(OLD / f"{name}.jsonl", decoder)
        if isinstance(e, TurnFinished)
    )
    assert (first.stop_reason, first.detail) == ("interrupted", "")


def test_a_cut_stream_leaves_a_draft_of_another_message() -> None:
    events = decoded(OLD / "err_cut_mid_stream.jsonl")

    drafts = {e.message_id for e in events if isinstance(e, TextDelta)}
    said = [e.message_id for e in events if isinstance(e, TextFinished)]
    assert said[0] not in drafts


@pytest.mark.parametrize("name", ["subagent_fg", "subagent_bg"])
def test_a_subagent_acts_inside_its_call_and_says_nothing(name: str) -> None:
    events = decoded(OLD / f"{name}.jsonl")

    steps = [e for e in events if isinstance(e, ToolStarted)]
    outer = next(e for e in steps if e.kind == "delegate")
    assert any(e.parent_id == outer.call_id for e in steps)
    texts = [e.text for e in events if isinstance(e, TextFinished)]
    assert not any(text == "Running it." for text in texts)


def test_a_background_task_speaks_in_a_turn_of_nobody() -> None:
    events = list(as_asked(OLD / "bash_bg.jsonl"))

    turns = [e.turn for e in events if isinstance(e, TurnStarted | TurnFinished)]
    assert turns[0] == turns[1] != None  # noqa: E711 - a prompt's, both
    assert turns[2:] == [None, None]


def test_an_old_cli_acknowledges_what_it_had_already() -> None:
    events = list(as_asked(OLD / "uuid_dedup.2_resume.jsonl"))

    ends = [e for e in events if isinstance(e, TurnFinished)]
    assert ends[0].cause == "unknown"
    assert "already" in ends[0].detail


def test_a_cancelled_question_is_withdrawn() -> None:
    assert any(
        isinstance(e, PermissionWithdrawn) for e in decoded(OLD / "perm_cancel.jsonl")
    )


def test_the_agents_questions_are_read() -> None:
    [asked] = [
        e
        for e in decoded(OLD / "ask_multi_comma.jsonl")
        if isinstance(e, QuestionsAsked)
    ]

    toppings, size = asked.questions
    assert (toppings.text, toppings.header) == ("What toppings?", "Toppings")
    assert [p.label for p in toppings.offered] == ["Cheese", "Ham", "Olives"]
    assert (toppings.several, size.several) == (True, False)
    assert size.offered[0] == Possible("S", "small", "### small")


@pytest.mark.parametrize(
    "given", [{}, {"questions": None}, {"questions": ["Which?", {"question": "?"}]}]
)
def test_questions_in_a_new_shape_are_asked_as_a_permission(
    given: dict[str, object],
) -> None:
    request = {
        "type": "control_request",
        "request_id": "r",
        "request": {
            "subtype": "can_use_tool",
            "tool_name": "AskUserQuestion",
            "input": given,
        },
    }

    [asked] = lines(request, decoder=ClaudeDecoder("/srv/project"))

    assert isinstance(asked, PermissionRequested)
    assert asked.title == Phrase("ask-question")
    assert all(str(key) in asked.details for key in given)
