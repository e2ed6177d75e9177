"""Parley is killed in the middle of a turn, and the next one takes the agent up."""

import asyncio
import uuid

from runner.base import Prompt, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import (
    PermissionRequested,
    PromptJoined,
    TextDelta,
    TextFinished,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.messages_api import FakeMessages
from tests.runner.relay import Relay
from tests.runner.talk import eventually, talking


async def test_killed_while_words_come_in_it_hears_all_of_them_once(
    relay: Relay, api: FakeMessages
) -> None:
    bridge = await relay.begin("HOLD[gate] SAY[one two three]")
    await bridge.kill()

    await relay.living()
    async with relay.go_on() as talk:
        assert talk.session.pid == bridge.supervisor
        api.release("gate")
        end = await talk.finished(relay.turn)
        after = await talk.turn("SAY[still here]")

    assert end.text == "one two three"
    assert after.text == "still here"
    assert "".join(e.text for e in talk.all(TextDelta)).startswith("one two three")
    assert [e.turn for e in talk.all(TurnStarted)] == [relay.turn, after.turn]
    assert len(api.requests) == 2


async def test_killed_while_a_tool_runs_it_runs_once(
    relay: Relay, spec: SessionSpec
) -> None:
    order = "RUN[echo ran >> mark; until [ -e go ]; do sleep 0.05; done]RUN"
    bridge = await relay.begin(order, until="PermissionRequested")
    await bridge.allow()
    await eventually((spec.workspace / "mark").exists)
    await bridge.kill()

    await relay.living()
    async with relay.go_on() as talk:
        talk.answer = None
        (spec.workspace / "go").touch()
        end = await talk.finished(relay.turn)

    assert end.stop_reason == "end_turn"
    assert (spec.workspace / "mark").read_text() == "ran\n"
    assert talk.all(PermissionRequested) == []  # it was answered before
    assert len(talk.all(ToolStarted)) == len(talk.all(ToolFinished)) == 1


async def test_killed_before_a_permission_was_given_it_is_asked_again_and_answered(
    relay: Relay, spec: SessionSpec
) -> None:
    order = "RUN[echo ran >> mark]RUN"
    bridge = await relay.begin(order, until="PermissionRequested")
    await bridge.kill()

    async with relay.go_on() as talk:
        again = await talk.until(PermissionRequested)
        end = await talk.finished(relay.turn)

    assert again.request_id == bridge.heard[-1]["request_id"]
    assert end.stop_reason == "end_turn"
    assert (spec.workspace / "mark").read_text() == "ran\n"


async def test_what_was_allowed_for_the_session_stays_allowed(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    order = "RUN[echo ran >> mark]RUN"
    bridge = await relay.begin(order, until="PermissionRequested")
    await bridge.allow("session")
    await bridge.until("TurnFinished")
    await bridge.say(prompt="SAY[a turn later]", id=str(uuid.uuid4()))
    await bridge.until("TurnFinished")
    await bridge.kill()

    async with talking(runner.open(spec)) as talk:
        talk.answer = None
        end = await talk.turn(order)

    assert end.stop_reason == "end_turn"
    assert (spec.workspace / "mark").read_text() == "ran\nran\n"


async def test_killed_while_steering_the_words_join_once(
    relay: Relay, spec: SessionSpec, api: FakeMessages
) -> None:
    order = "RUN[touch began; until [ -e go ]; do sleep 0.05; done]RUN"
    steered = str(uuid.uuid4())
    bridge = await relay.begin(order, until="PermissionRequested")
    await bridge.allow()
    await bridge.until("Done")
    await bridge.say(steer="and be brief", id=steered)
    await bridge.until("Done")
    await bridge.kill()

    async with relay.go_on() as talk:
        await talk.session.steer(Prompt(uuid=steered, text="and be brief"))
        await talk.read()
        (spec.workspace / "go").touch()
        await talk.finished(relay.turn)

    assert [e.turn for e in talk.all(PromptJoined)] == [steered]
    assert len(api.requests) == 2
    assert api.requests[1].everything.count("and be brief") == 1


async def test_killed_after_the_result_it_is_told_without_another_call(
    relay: Relay, runner: ClaudeRunner, api: FakeMessages
) -> None:
    bridge = await relay.begin("HOLD[gate] SAY[one two]")
    bridge.freeze()
    api.release("gate")
    await eventually(lambda: written(runner, "one two"))
    await bridge.kill()

    async with relay.go_on() as talk:
        end = await talk.finished(relay.turn)

    assert end.text == "one two"
    assert len(talk.all(TextFinished)) == 1
    assert len(api.requests) == 1


def written(runner: ClaudeRunner, words: str) -> bool:
    """Whether the journal tells the turn's result."""
    folder = runner._marks.homes._folder
    [journal] = folder.glob("*/journal")
    return b'"result":"%b"' % words.encode() in journal.read_bytes()


async def test_a_turn_that_was_dealt_with_is_not_told_again(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    bridge = await relay.begin("SAY[one]", until="TurnFinished")
    await bridge.kill()

    async with talking(runner.open(spec)) as talk:
        end = await talk.turn("SAY[two]")

    assert end.text == "two"
    assert [e.turn for e in talk.all(TurnFinished)] == [end.turn]
    assert "one" not in "".join(e.text for e in talk.all(TextDelta))


async def test_stop_steering_and_the_model_work_after_it(relay: Relay) -> None:
    bridge = await relay.begin("HOLD[never] SAY[one two]")
    await bridge.kill()

    async with relay.go_on() as talk:
        await talk.until(TextDelta)
        session = talk.session
        await session.interrupt()
        end = await talk.finished(relay.turn)
        await session.set_model("opus")
        assert session.models
        assert session.commands
        assert await session.cost_usd() >= 0

    assert end.stop_reason == "interrupted"


async def test_it_can_be_taken_up_again_and_again(
    relay: Relay, api: FakeMessages
) -> None:
    for turn in ("", relay.turn, relay.turn):
        bridge = await relay.begin("HOLD[gate] SAY[one two]", turn=turn)
        await bridge.kill()

    async with relay.go_on() as talk:
        api.release("gate")
        await asyncio.wait_for(talk.finished(relay.turn), 20)

    assert len(api.requests) == 1
