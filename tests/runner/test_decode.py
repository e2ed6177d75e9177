"""What recorded runs of Claude Code mean, and lines nobody has recorded."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.base import ProtocolError
from runner.claude_decode import ClaudeDecoder, Heard, Reply, Unpayable
from runner.claude_turns import Turns
from runner.events import (
    Noted,
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    Possible,
    QuestionsAsked,
    SessionStarted,
    TextDelta,
    TextFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)

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


def prompted(uuid: str = "mine") -> ClaudeDecoder:
    decoder = ClaudeDecoder("/srv/project")
    decoder.turns.prompted(uuid)
    return decoder


def lines(*messages: object, decoder: ClaudeDecoder) -> list[Heard]:
    return [e for m in messages for e in decoder.decode(json.dumps(m).encode())]


def delta(text: str) -> dict[str, object]:
    given = {"type": "text_delta", "text": text}
    event = {"type": "content_block_delta", "index": 0, "delta": given}
    return {"type": "stream_event", "event": event, "parent_tool_use_id": None}


def result(**more: object) -> dict[str, object]:
    return {"type": "result", "subtype": "success", "is_error": False, **more}


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


def test_a_new_cli_says_itself_when_it_takes_a_prompt_up() -> None:
    decoder = prompted()

    def lifecycle(state: str) -> dict[str, str]:
        return {"type": "command_lifecycle", "command_uuid": "mine", "state": state}

    assert lines(lifecycle("queued"), decoder=decoder) == []
    assert lines(lifecycle("started"), delta("hi"), decoder=decoder) == [
        TurnStarted("mine"),
        TextDelta("", "hi"),
    ]


def test_words_before_it_is_taken_up_belong_to_nobody() -> None:
    decoder = prompted()
    queued = {"type": "command_lifecycle", "command_uuid": "mine", "state": "queued"}

    heard = lines(
        queued,
        delta("by myself"),
        result(origin={"kind": "task-notification"}),
        decoder=decoder,
    )

    assert [e.turn for e in heard if isinstance(e, TurnStarted | TurnFinished)] == [
        None,
        None,
    ]
    assert decoder.turns.prompt == "mine"  # still to come


def test_a_result_that_names_other_prompts_is_not_ours() -> None:
    decoder = prompted("first")
    lines(delta("hi"), decoder=decoder)
    decoder.turns.steered("steered")
    lines(result(user_message_uuids=["first"]), decoder=decoder)
    decoder.turns.prompted("mine")

    heard = lines(
        result(user_message_uuids=["steered"]),
        result(user_message_uuids=["mine"]),
        decoder=decoder,
    )

    ends = [e.turn for e in heard if isinstance(e, TurnFinished)]
    assert ends == ["steered", "mine"]


def test_a_mode_that_changes_is_told_at_once() -> None:
    decoder = ClaudeDecoder("/srv/project")
    init = {"type": "system", "subtype": "init", "session_id": "s"}
    status = {"type": "system", "subtype": "status", "permissionMode": "acceptEdits"}

    heard = lines({**init, "permissionMode": "plan"}, status, status, decoder=decoder)

    modes = [e.permission_mode for e in heard if isinstance(e, SessionStarted)]
    assert modes == ["plan", "acceptEdits"]


def test_each_turn_costs_what_it_adds() -> None:
    decoder = ClaudeDecoder("/srv/project")

    ends = lines(
        result(total_cost_usd=0.25), result(total_cost_usd=0.75), decoder=decoder
    )

    assert [e.cost_usd for e in ends if isinstance(e, TurnFinished)] == [0.25, 0.5]


@pytest.mark.parametrize("kind", ["elicitation", "request_user_dialog"])
def test_an_unknown_dialog_is_cancelled(kind: str) -> None:
    request = {
        "type": "control_request",
        "request_id": "r",
        "request": {"subtype": kind},
    }

    heard = lines(request, decoder=ClaudeDecoder("/srv/project"))

    assert heard == [Reply("r", {"behavior": "cancelled"})]


def test_an_unknown_request_gets_one_error() -> None:
    request = {
        "type": "control_request",
        "request_id": "r",
        "request": {"subtype": "x"},
    }

    heard = lines(request, decoder=ClaudeDecoder("/srv/project"))

    assert heard == [Reply("r", None)]


def test_unknown_lines_mean_nothing() -> None:
    decoder = ClaudeDecoder("/srv/project")

    assert lines({"type": "new"}, {"type": "system"}, {}, decoder=decoder) == []


@pytest.mark.parametrize(
    "line",
    [b"{bad", b"7", b'"text"', b'{"type":"assistant","message":{"content":[]', b"\xff"],
)
def test_a_broken_line_is_an_error_of_the_protocol(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        ClaudeDecoder("/srv/project").decode(line)


def test_a_result_in_a_new_shape_ends_the_turn_all_the_same() -> None:
    decoder = prompted()

    *_, end = lines(result(usage="much", total_cost_usd={}), decoder=decoder)

    assert isinstance(end, TurnFinished)
    assert (end.turn, end.stop_reason, end.cause) == ("mine", "failed", "unknown")


def test_a_request_in_a_new_shape_is_answered() -> None:
    request = {"subtype": "can_use_tool", "tool": "Bash"}
    asked = {"type": "control_request", "request_id": "r", "request": request}

    assert lines(asked, decoder=ClaudeDecoder("/srv/project")) == [Reply("r", None)]


def test_a_key_that_turns_up_later_ends_the_turn_before_it_costs() -> None:
    decoder = prompted()
    decoder.keys_may_pay = False
    init = {"type": "system", "subtype": "init", "session_id": "s"}

    heard = lines({**init, "apiKeySource": "apiKeyHelper"}, decoder=decoder)

    end, stop = heard
    assert isinstance(end, TurnFinished)
    assert (end.turn, end.cause) == ("mine", "billing_policy")
    assert isinstance(stop, Unpayable)


def test_a_login_may_pay() -> None:
    decoder = ClaudeDecoder("/srv/project", keys_may_pay=False)
    init = {"type": "system", "subtype": "init", "session_id": "s"}

    assert isinstance(
        lines({**init, "apiKeySource": "none"}, decoder=decoder)[0], SessionStarted
    )
