"""What an agent writes, with every part of it missing or something else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.base import HostTool
from runner.claude_decode import ClaudeDecoder, Reply
from runner.claude_tools import HostTools
from runner.errors import ProtocolError
from runner.events import PermissionRequested, TextFinished, TurnFinished
from runner.ndjson import LineBuffer
from runner.untrusted import parsed
from tests.fuzz.hostile import briefly, check_kept, deep, mutants
from tests.fuzz.seeds import AGENT, TOOL_CALLS

KINDS = sorted({str(message.get("type")) for message in AGENT})
RESULT = b'{"type":"result","subtype":"success","result":"ok"}'
TOOL = HostTool(name="send_file", description="Sends a file.", schema={})


def decoder() -> ClaudeDecoder:
    """With a prompt that waits for its end."""
    made = ClaudeDecoder("/srv/project", tools=HostTools((TOOL,)))
    made.turns.prompted("mine")
    return made


def survives(line: bytes) -> None:
    """It is understood or refused, and the prompt is answered for all the same."""
    agent = decoder()
    try:
        heard = agent.decode(line)
    except ProtocolError:
        heard = []
    for item in heard:
        check_kept(item)
    heard += agent.decode(RESULT)
    ends = [item for item in heard if isinstance(item, TurnFinished)]
    assert any(end.turn == "mine" for end in ends)


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_of_an_agent_may_lack_anything(kind: str) -> None:
    for message in AGENT:
        if str(message.get("type")) != kind:
            continue
        for what, mutant in mutants(message, each=6):
            try:
                survives(json.dumps(mutant).encode())
            except Exception as error:
                raise AssertionError(f"{kind}: {what}") from error


@pytest.mark.parametrize("message", TOOL_CALLS, ids=lambda m: str(m["method"]))
def test_every_call_of_our_tools_may_lack_anything(message: dict[str, Any]) -> None:
    request = {"subtype": "mcp_message", "server_name": "parley", "message": message}
    line = {"type": "control_request", "request_id": "r1", "request": request}

    for what, mutant in mutants(line, each=6):
        try:
            survives(json.dumps(mutant).encode())
        except Exception as error:
            raise AssertionError(what) from error


def test_a_call_that_makes_no_sense_is_refused_and_not_left_open() -> None:
    agent = decoder()
    given = {"name": "send_file", "arguments": {}, "_meta": "nonsense"}
    message = {"method": "tools/call", "id": 1, "params": given}
    request = {"subtype": "mcp_message", "message": message}
    line = {"type": "control_request", "request_id": "r1", "request": request}

    (reply,) = agent.decode(json.dumps(line).encode())

    check_kept(reply)
    assert agent.tools.open == frozenset()


@pytest.mark.parametrize(
    "line", [deep(100_000), b'{"a":' * 100_000, b"\xff\xfe{", b"1"]
)
def test_what_is_no_object_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decoder().decode(line)


@pytest.mark.parametrize("levels", [100, 500, 900, 960, 990, 5_000])
def test_a_permission_for_something_nested_is_asked_or_refused(levels: int) -> None:
    given = b'{"a":' * levels + b"1" + b"}" * levels
    line = (
        b'{"type":"control_request","request_id":"r1","request":{"subtype":'
        b'"can_use_tool","tool_name":"Strange","input":' + given + b"}}"
    )

    try:
        (heard,) = decoder().decode(line)
    except ProtocolError:
        assert levels > 900
    else:
        assert isinstance(heard, PermissionRequested | Reply)


def test_half_a_character_of_an_agent_is_replaced() -> None:
    line = (
        rb'{"type":"assistant","message":{"id":"m","content":['
        rb'{"type":"text","text":"cut \ud83d, whole \ud83d\ude00"}]}}'
    )

    said = [e for e in decoder().decode(line) if isinstance(e, TextFinished)]

    assert said == [TextFinished("m", "cut \ufffd, whole 😀")]


def test_what_is_no_number_is_nothing() -> None:
    assert parsed(b"[NaN, -Infinity, 1e999, 1.5]") == [None, None, None, 1.5]


@briefly
@given(st.binary(max_size=400))
def test_any_bytes_are_an_error_or_a_value(line: bytes) -> None:
    try:
        json.dumps(parsed(line), ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        assert not isinstance(error, UnicodeEncodeError)  # noqa: PT017


def test_a_line_of_ten_megabytes_is_read_wherever_it_is_cut() -> None:
    text = "x" * 10_000_000
    block = {"type": "text", "text": text}
    message = {"type": "assistant", "message": {"id": "m", "content": [block]}}
    line = json.dumps(message).encode()
    buffer, heard, agent = LineBuffer(), [], decoder()

    for at in range(0, len(line) + 1, 65_537):
        chunk = (line + b"\n")[at : at + 65_537]
        heard += [e for whole in buffer.feed(chunk) for e in agent.decode(whole)]

    assert TextFinished("m", text) in heard
    assert buffer.whole


def test_recorded_lines_are_all_tried() -> None:
    folder = Path(__file__).parents[1] / "transcripts"

    assert len(list(folder.rglob("*.jsonl"))) > 30
    assert len(AGENT) > 50
    assert {"assistant", "control_request", "result", "stream_event"} <= {*KINDS}
