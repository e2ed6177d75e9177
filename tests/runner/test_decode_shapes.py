"""What a CLI says in a way of its own is read, or means nothing."""

import pytest

from runner.claude_decode import ClaudeDecoder, Reply, Unpayable
from runner.errors import ProtocolError
from runner.events import SessionStarted, TextDelta, TurnFinished, TurnStarted
from tests.runner.decoded import lines


def prompted(uuid: str = "mine") -> ClaudeDecoder:
    decoder = ClaudeDecoder("/srv/project")
    decoder.turns.prompted(uuid)
    return decoder


def delta(text: str) -> dict[str, object]:
    given = {"type": "text_delta", "text": text}
    event = {"type": "content_block_delta", "index": 0, "delta": given}
    return {"type": "stream_event", "event": event, "parent_tool_use_id": None}


def result(**more: object) -> dict[str, object]:
    return {"type": "result", "subtype": "success", "is_error": False, **more}


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
