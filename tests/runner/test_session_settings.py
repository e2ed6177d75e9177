"""What a session is told at its start, with the real `claude`."""

import json
from dataclasses import replace

import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import PermissionRequested, ToolStarted
from tests.messages_api import FakeMessages
from tests.runner.talk import Talk

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
    }
)


async def test_an_answer_by_a_schema_comes_as_json(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with runner.open(replace(spec, output_schema=SCHEMA)) as session:
        talk = Talk(session)
        end = await talk.turn('TOOL[StructuredOutput|{"n": 4}]TOOL')

    assert (end.stop_reason, json.loads(end.structured)) == ("end_turn", {"n": 4})
    assert json.loads(end.text) == {"n": 4}
    assert [step.title for step in talk.all(ToolStarted)] == ["Hand in the answer"]
    assert talk.all(PermissionRequested) == []


async def test_a_session_goes_on_with_another_schema_or_none(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with runner.open(spec) as session:
        end = await Talk(session).turn("SAY[first]")
        assert end.structured == ""
    async with runner.open(replace(spec, output_schema=SCHEMA)) as session:
        end = await Talk(session).turn('TOOL[StructuredOutput|{"n": 5}]TOOL')
        assert json.loads(end.structured) == {"n": 5}
    async with runner.open(spec) as session:
        end = await Talk(session).turn("SAY[last]")

    assert (end.text, end.structured) == ("last", "")
    assert "first" in api.requests[-1].everything


async def test_a_limit_of_turns_ends_what_takes_longer(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with runner.open(replace(spec, max_turns=1)) as session:
        talk = Talk(session)
        end = await talk.turn("RUN[touch made]RUN")
        again = await talk.turn("SAY[short]")

    assert (end.stop_reason, again.stop_reason) == ("limit", "end_turn")


@pytest.mark.parametrize("tools", [("Bash(touch *)",), ("Read", "Bash(touch *)")])
async def test_a_tool_that_is_allowed_needs_no_permission(
    runner: ClaudeRunner, spec: SessionSpec, tools: tuple[str, ...]
) -> None:
    async with runner.open(replace(spec, allowed_tools=tools)) as session:
        talk = Talk(session)
        await talk.turn("RUN[touch made]RUN")
        assert talk.all(PermissionRequested) == []
        await talk.turn("RUN[rm made]RUN")

    assert len(talk.all(PermissionRequested)) == 1
