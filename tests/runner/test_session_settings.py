"""What a session is told at its start, with the real `claude`."""

import json
import os
from dataclasses import replace

import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.errors import RunnerError
from runner.events import (
    PermissionRequested,
    Phrase,
    QuestionsAsked,
    ToolStarted,
)
from tests.messages_api import FakeMessages
from tests.runner.talk import Talk, talking

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
    async with talking(runner.open(replace(spec, output_schema=SCHEMA))) as talk:
        end = await talk.turn('TOOL[StructuredOutput|{"n": 4}]TOOL')

    assert (end.stop_reason, json.loads(end.structured)) == ("end_turn", {"n": 4})
    assert json.loads(end.text) == {"n": 4}
    assert [step.title for step in talk.all(ToolStarted)] == [Phrase("step-answer")]
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
    async with talking(runner.open(replace(spec, max_turns=1))) as talk:
        end = await talk.turn("RUN[touch made]RUN")
        again = await talk.turn("SAY[short]")

    assert (end.stop_reason, end.limit) == ("limit", "turns")
    assert again.stop_reason == "end_turn"


async def test_without_permissions_nothing_is_asked_but_questions(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    spec = replace(spec, permission_mode="bypassPermissions", env={"IS_SANDBOX": "1"})
    async with talking(runner.open(spec)) as talk:
        await talk.turn("RUN[touch made]RUN")
        await talk.turn("ASK[Which?]")

    assert talk.all(PermissionRequested) == []
    assert len(talk.all(QuestionsAsked)) == 1
    assert (spec.workspace / "made").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
async def test_root_may_not_do_without_permissions(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    with pytest.raises(RunnerError) as refused:
        async with runner.open(replace(spec, permission_mode="bypassPermissions")):
            pass

    assert "root" in str(refused.value.phrase.values["words"])


@pytest.mark.parametrize("tools", [("Bash(touch *)",), ("Read", "Bash(touch *)")])
async def test_a_tool_that_is_allowed_needs_no_permission(
    runner: ClaudeRunner, spec: SessionSpec, tools: tuple[str, ...]
) -> None:
    async with talking(runner.open(replace(spec, allowed_tools=tools))) as talk:
        await talk.turn("RUN[touch made]RUN")
        assert talk.all(PermissionRequested) == []
        await talk.turn("RUN[rm made]RUN")

    assert len(talk.all(PermissionRequested)) == 1
