"""Plans, with the real `claude`."""

import json
import re
from dataclasses import replace

import pytest

from runner.base import Allow, Deny, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import (
    Noted,
    PermissionRequested,
    Phrase,
    PlanProposed,
    SessionStarted,
)
from tests.messages_api import FakeMessages
from tests.runner.talk import Talk, talking


@pytest.fixture
def spec(spec: SessionSpec) -> SessionSpec:
    return replace(spec, permission_mode="plan")


async def write_plan(talk: Talk, api: FakeMessages, words: str) -> None:
    """Where the plan has to be is in the agent's instructions."""
    await talk.turn("SAY[looking]")
    sent = json.dumps(api.requests[0].body)
    [plan, *_] = re.findall(r"/[^\s\"\\`]*/plans/[^\s\"\\`]*\.md", sent)
    await talk.turn(
        f"TOOL[Write|{json.dumps({'file_path': plan, 'content': words})}]TOOL"
    )


async def test_nothing_changes_until_the_plan_is_approved(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    made = spec.workspace / "made"
    async with talking(runner.open(spec)) as talk:
        await talk.turn(f"WRITE[{made}]")
        assert not made.exists()
        assert talk.all(PermissionRequested) == []
        assert talk.all(Noted) == [
            Noted("denied", Phrase("step-refused-planning", {"tool": "Write"}))
        ]

        await write_plan(talk, api, "1. write it")
        await talk.turn("PLAN[]PLAN")
        await talk.turn(f"WRITE[{made}]")

    [proposed] = talk.all(PlanProposed)
    assert proposed.plan == "1. write it"
    assert len(talk.all(PermissionRequested)) == 1  # as before the plan
    assert made.exists()
    assert talk.all(SessionStarted)[-1].permission_mode == "default"


async def test_an_approval_may_say_that_edits_are_accepted(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    made = spec.workspace / "made"
    async with talking(runner.open(spec)) as talk:
        talk.answer = Allow(mode="acceptEdits")
        await write_plan(talk, api, "1. write it")
        await talk.turn("PLAN[]PLAN")
        await talk.turn(f"WRITE[{made}]")

    assert talk.all(PermissionRequested) == []
    assert made.exists()
    assert talk.all(SessionStarted)[-1].permission_mode == "acceptEdits"


async def test_feedback_reaches_the_agent_and_it_goes_on_planning(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    made = spec.workspace / "made"
    async with talking(runner.open(spec)) as talk:
        talk.answer = Deny("shorter, please")
        await write_plan(talk, api, "1. write it")
        end = await talk.turn("PLAN[]PLAN")
        await talk.turn(f"WRITE[{made}]")

    assert "shorter, please" in end.text
    assert not made.exists()
    assert {e.permission_mode for e in talk.all(SessionStarted)} == {"plan"}
