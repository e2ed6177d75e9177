"""Cards and the real `claude`: what people decide there is what it does."""

import json
import re
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from bot.outcomes import Answered, Outcome
from bot.rules import allowed_tools
from runner.base import Session, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import PermissionRequested, PlanProposed, QuestionsAsked
from tests.bot.table import table
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.messages_api import FakeMessages
from tests.runner.talk import Talk


@pytest.fixture
def spec(tmp_path: Path) -> SessionSpec:
    workspace = tmp_path / "shop"
    workspace.mkdir()
    return SessionSpec(session_id=str(uuid.uuid4()), workspace=workspace)


def runner_for(folder: Path, api: FakeMessages) -> ClaudeRunner:
    (folder / "home").mkdir()
    return ClaudeRunner(
        [str(claude_binary())],
        billing="api_key",
        env=api_key_environment(api.url),
        environ=parent_environment(folder / "home"),
        state=folder / "state",
    )


def talk_to(session: Session) -> Talk:
    """One whose questions people answer, not the test's `Talk`."""
    talk = Talk(session)
    talk.answer = None
    return talk


async def pass_on(outcome: Outcome | None, session: Session) -> None:
    assert isinstance(outcome, Answered)
    await session.answer(outcome.request_id, outcome.answer)


async def test_what_is_always_allowed_is_not_asked_again_nor_after_a_restart(
    tmp_path: Path, spec: SessionSpec
) -> None:
    async with FakeMessages() as api, table(tmp_path) as at:
        runner = runner_for(tmp_path, api)
        async with runner.open(spec) as session:
            talk = talk_to(session)
            turn = await talk.prompt("RUN[touch one]RUN")
            event = await talk.until(PermissionRequested)
            await at.questions.permission(
                event, await at.turn(), project="shop", language="en"
            )
            await pass_on(await at.press("always"), session)
            await talk.finished(turn)
            await talk.turn("RUN[touch one]RUN")
        rules = allowed_tools(await at.store.rules("shop"))
        assert rules == event.patterns[:1]

        async with runner.open(replace(spec, allowed_tools=rules)) as session:
            (spec.workspace / "one").unlink()
            await talk_to(session).turn("RUN[touch one]RUN")

        assert (spec.workspace / "one").exists()


async def test_feedback_on_a_plan_is_heard_word_for_word(
    tmp_path: Path, spec: SessionSpec
) -> None:
    async with FakeMessages() as api, table(tmp_path) as at:
        runner = runner_for(tmp_path, api)
        async with runner.open(replace(spec, permission_mode="plan")) as session:
            talk = talk_to(session)
            await talk.turn("SAY[looking]")
            sent = json.dumps(api.requests[0].body)
            [file, *_] = re.findall(r"/[^\s\"\\`]*/plans/[^\s\"\\`]*\.md", sent)
            write = json.dumps({"file_path": file, "content": "1. leap"})
            await talk.turn(f"TOOL[Write|{write}]TOOL")
            turn = await talk.prompt("PLAN[]PLAN")
            event = await talk.until(PlanProposed)
            await at.questions.plan(event, await at.turn(), language="en")
            await pass_on(await at.say('look "twice" first'), session)
            await talk.finished(turn)

        heard = api.requests[-1].everything
        assert "The person has read the plan and does not approve it" in heard
        assert json.dumps('They say:\n\nlook "twice" first')[1:-1] in heard


async def test_a_question_that_is_not_answered_lets_the_agent_go_on(
    tmp_path: Path, spec: SessionSpec
) -> None:
    async with FakeMessages() as api, table(tmp_path) as at:
        async with runner_for(tmp_path, api).open(spec) as session:
            talk = talk_to(session)
            turn = await talk.prompt("ASK[Which colour?]")
            event = await talk.until(QuestionsAsked)
            await at.questions.agent_asks(event, await at.turn(), language="en")
            await pass_on(await at.press("skip"), session)
            finished = await talk.finished(turn)

        assert finished.stop_reason == "end_turn"
        assert "The person chose not to answer" in api.requests[-1].everything
