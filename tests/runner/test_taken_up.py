"""Parley is killed in the middle of a turn, and the next one takes the agent up."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import psutil
import pytest

from runner.base import Prompt, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import (
    PermissionRequested,
    PromptJoined,
    SessionEnded,
    TextDelta,
    TextFinished,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.messages_api import FakeMessages
from tests.runner.bridge import Bridge
from tests.runner.talk import Talk, eventually

Bridges: TypeAlias = Callable[..., Coroutine[Any, Any, Bridge]]


@pytest.fixture
async def bridges(
    tmp_path: Path, home: Path, api: FakeMessages, spec: SessionSpec
) -> AsyncIterator[Bridges]:
    """Starts a bridge with the real `claude`; ends it and what it left."""
    started: list[Bridge] = []

    async def start(**more: Any) -> Bridge:
        bridge = await Bridge.start(
            command=[str(claude_binary())],
            billing="api_key",
            env=api_key_environment(api.url),
            environ=parent_environment(home),
            state=str(tmp_path / "state"),
            session_id=spec.session_id,
            workspace=str(spec.workspace),
            **more,
        )
        started.append(bridge)
        return bridge

    yield start
    for bridge in started:
        await bridge.kill()


@pytest.fixture
def turn() -> str:
    return str(uuid.uuid4())


async def taken(runner: ClaudeRunner, spec: SessionSpec) -> None:
    assert await runner.sweep() == 0
    assert await runner.living() == {spec.session_id}


async def test_killed_while_words_come_in_it_hears_all_of_them_once(
    bridges: Bridges,
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    turn: str,
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="HOLD[gate] SAY[one two three]", id=turn)
    await bridge.until("TextDelta")
    await bridge.kill()

    await taken(runner, spec)
    async with runner.open(replace(spec, turn=turn)) as session:
        assert session.pid == bridge.supervisor
        talk = Talk(session)
        await talk.prompt("HOLD[gate] SAY[one two three]", id_=turn)
        api.release("gate")
        end = await talk.finished(turn)
        after = await talk.turn("SAY[still here]")

    assert end.text == "one two three"
    assert after.text == "still here"
    assert "".join(e.text for e in talk.all(TextDelta)).startswith("one two three")
    assert [e.turn for e in talk.all(TurnStarted)] == [turn, after.turn]
    assert len(api.requests) == 2


async def test_killed_while_a_tool_runs_it_runs_once(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    order = "RUN[echo ran >> mark; until [ -e go ]; do sleep 0.05; done]RUN"
    bridge = await bridges()
    await bridge.say(prompt=order, id=turn)
    asked = await bridge.until("PermissionRequested")
    await bridge.say(allow=asked["request_id"], scope="once")
    await eventually((spec.workspace / "mark").exists)
    await bridge.kill()

    await taken(runner, spec)
    async with runner.open(replace(spec, turn=turn)) as session:
        talk = Talk(session)
        talk.answer = None
        await talk.prompt(order, id_=turn)
        (spec.workspace / "go").touch()
        end = await talk.finished(turn)

    assert end.stop_reason == "end_turn"
    assert (spec.workspace / "mark").read_text() == "ran\n"
    assert talk.all(PermissionRequested) == []  # it was answered before
    assert len(talk.all(ToolStarted)) == len(talk.all(ToolFinished)) == 1


async def test_killed_before_a_permission_was_given_it_is_asked_again_and_answered(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    order = "RUN[echo ran >> mark]RUN"
    bridge = await bridges()
    await bridge.say(prompt=order, id=turn)
    asked = await bridge.until("PermissionRequested")
    await bridge.kill()

    async with runner.open(replace(spec, turn=turn)) as session:
        talk = Talk(session)
        await talk.prompt(order, id_=turn)
        again = await talk.until(PermissionRequested)
        end = await talk.finished(turn)

    assert again.request_id == asked["request_id"]
    assert end.stop_reason == "end_turn"
    assert (spec.workspace / "mark").read_text() == "ran\n"


async def test_what_was_allowed_for_the_session_stays_allowed(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    order = "RUN[echo ran >> mark]RUN"
    bridge = await bridges()
    await bridge.say(prompt=order, id=turn)
    asked = await bridge.until("PermissionRequested")
    await bridge.say(allow=asked["request_id"], scope="session")
    await bridge.until("TurnFinished")
    await bridge.say(prompt="SAY[a turn later]", id=str(uuid.uuid4()))
    await bridge.until("TurnFinished")
    await bridge.kill()

    async with runner.open(spec) as session:
        talk = Talk(session)
        talk.answer = None
        end = await talk.turn(order)

    assert end.stop_reason == "end_turn"
    assert (spec.workspace / "mark").read_text() == "ran\nran\n"


async def test_killed_while_steering_the_words_join_once(
    bridges: Bridges,
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    turn: str,
) -> None:
    order = "RUN[touch began; until [ -e go ]; do sleep 0.05; done]RUN"
    steered = str(uuid.uuid4())
    bridge = await bridges()
    await bridge.say(prompt=order, id=turn)
    asked = await bridge.until("PermissionRequested")
    await bridge.say(allow=asked["request_id"], scope="once")
    await bridge.until("Done")
    await bridge.say(steer="and be brief", id=steered)
    await bridge.until("Done")
    await bridge.kill()

    async with runner.open(replace(spec, turn=turn)) as session:
        talk = Talk(session)
        await talk.prompt(order, id_=turn)
        await session.steer(prompt_of("and be brief", steered))
        (spec.workspace / "go").touch()
        await talk.finished(turn)

    assert [e.turn for e in talk.all(PromptJoined)] == [steered]
    assert len(api.requests) == 2
    assert api.requests[1].everything.count("and be brief") == 1


def prompt_of(text: str, id_: str) -> Prompt:
    return Prompt(uuid=id_, text=text)


async def test_killed_after_the_result_it_is_told_without_another_call(
    bridges: Bridges,
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    turn: str,
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="HOLD[gate] SAY[one two]", id=turn)
    await bridge.until("TextDelta")
    bridge.freeze()
    api.release("gate")
    await eventually(lambda: written(spec, runner, "one two"))
    await bridge.kill()

    async with runner.open(replace(spec, turn=turn)) as session:
        talk = Talk(session)
        await talk.prompt("HOLD[gate] SAY[one two]", id_=turn)
        end = await talk.finished(turn)

    assert end.text == "one two"
    assert len(talk.all(TextFinished)) == 1
    assert len(api.requests) == 1


def written(spec: SessionSpec, runner: ClaudeRunner, words: str) -> bool:
    folder = runner._marks.homes._folder
    [journal] = folder.glob("*/journal")
    return b'"result":"%b"' % words.encode() in journal.read_bytes()


async def test_a_turn_that_was_dealt_with_is_not_told_again(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="SAY[one]", id=turn)
    await bridge.until("TurnFinished")
    await bridge.kill()

    async with runner.open(spec) as session:
        talk = Talk(session)
        end = await talk.turn("SAY[two]")

    assert end.text == "two"
    assert [e.turn for e in talk.all(TurnFinished)] == [end.turn]
    assert "one" not in "".join(e.text for e in talk.all(TextDelta))


async def test_stop_steering_and_the_model_work_after_it(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="HOLD[never] SAY[one two]", id=turn)
    await bridge.until("TextDelta")
    await bridge.kill()

    async with runner.open(replace(spec, turn=turn)) as session:
        talk = Talk(session)
        await talk.prompt("HOLD[never] SAY[one two]", id_=turn)
        await talk.until(TextDelta)
        await session.interrupt()
        end = await talk.finished(turn)
        await session.set_model("opus")
        assert session.models
        assert session.commands
        assert await session.cost_usd() >= 0

    assert end.stop_reason == "interrupted"


async def test_the_turn_of_another_prompt_is_stopped_and_not_told(
    bridges: Bridges,
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    turn: str,
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="HOLD[never] SAY[one two]", id=turn)
    await bridge.until("TextDelta")
    await bridge.kill()

    async with runner.open(spec) as session:
        assert session.pid == bridge.supervisor
        talk = Talk(session)
        end = await talk.turn("SAY[mine]")

    assert end.text == "mine"
    assert [e.turn for e in talk.all(TurnStarted)] == [end.turn]


async def test_an_agent_that_nobody_takes_up_is_abandoned(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="HOLD[never] SAY[one two]", id=turn)
    await bridge.until("TextDelta")
    await bridge.kill()

    await taken(runner, spec)
    await runner.abandon(spec.session_id)

    assert await runner.living() == frozenset()
    await eventually(lambda: not psutil.pid_exists(bridge.supervisor))


async def test_a_released_agent_is_left_at_work(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec, turn: str
) -> None:
    bridge = await bridges()
    await bridge.say(prompt="HOLD[gate] SAY[one two]", id=turn)
    await bridge.until("TextDelta")
    await bridge.say(release=True)
    await bridge.gone()

    await taken(runner, spec)
    async with runner.open(replace(spec, turn=turn)) as session:
        assert session.pid == bridge.supervisor
        assert not session._decoder.turns.interrupting


async def test_one_with_other_settings_finishes_its_turn_and_ends(
    bridges: Bridges,
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    turn: str,
) -> None:
    changed = replace(spec, turn=turn, system_prompt="Be kind.")
    bridge = await bridges()
    await bridge.say(prompt="HOLD[gate] SAY[one two]", id=turn)
    await bridge.until("TextDelta")
    await bridge.kill()

    async with runner.open(changed) as session:
        assert session.pid == bridge.supervisor
        talk = Talk(session)
        await talk.prompt("HOLD[gate] SAY[one two]", id_=turn)
        api.release("gate")
        end = await talk.finished(turn)
        last = await talk.end()

    assert end.text == "one two"
    assert isinstance(last, SessionEnded)
    assert last.expected


def gone(pid: int) -> bool:
    """Or as good as: nobody may be there to reap it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_an_idle_one_with_other_settings_is_replaced(
    bridges: Bridges, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    bridge = await bridges()
    await bridge.kill()

    async with runner.open(replace(spec, system_prompt="Be kind.")) as session:
        assert session.pid != bridge.supervisor
        assert gone(bridge.supervisor)
        end: TurnFinished = await Talk(session).turn("SAY[new]")

    assert end.text == "new"


async def test_it_can_be_taken_up_again_and_again(
    bridges: Bridges,
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    turn: str,
) -> None:
    order = "HOLD[gate] SAY[one two]"
    for number in range(3):
        bridge = await bridges(turn=turn if number else "")
        await bridge.say(prompt=order, id=turn)
        await bridge.until("TextDelta")
        await bridge.kill()

    async with runner.open(replace(spec, turn=turn)) as session:
        talk = Talk(session)
        await talk.prompt(order, id_=turn)
        api.release("gate")
        await asyncio.wait_for(talk.finished(turn), 20)

    assert len(api.requests) == 1
