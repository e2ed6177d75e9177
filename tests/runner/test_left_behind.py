"""Parley is gone, and the next one wants something else of the agent, or nothing."""

from dataclasses import replace

import psutil
import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import SessionEnded, TurnFinished, TurnStarted
from tests.messages_api import FakeMessages
from tests.runner.relay import Relay
from tests.runner.supervised import over
from tests.runner.talk import Talk, eventually


async def test_the_turn_of_another_prompt_is_stopped_and_not_told(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    bridge = await relay.begin("HOLD[never] SAY[one two]")
    await bridge.kill()

    async with runner.open(spec) as session:
        assert session.pid == bridge.supervisor
        talk = Talk(session)
        end = await talk.turn("SAY[mine]")

    assert end.text == "mine"
    assert [e.turn for e in talk.all(TurnStarted)] == [end.turn]


async def test_an_agent_that_nobody_takes_up_is_abandoned(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    bridge = await relay.begin("HOLD[never] SAY[one two]")
    await bridge.kill()

    await relay.living()
    await runner.abandon(spec.session_id)

    assert await runner.living() == frozenset()
    await eventually(lambda: not psutil.pid_exists(bridge.supervisor))


@pytest.mark.parametrize("holds", [True, False], ids=["holds", "was revoked"])
async def test_one_that_was_told_a_rule_stays_as_long_as_that_holds(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec, holds: bool
) -> None:
    rule = "Bash(touch ran)"
    bridge = await relay.begin("RUN[touch ran]RUN", until="PermissionRequested")
    await bridge.allow("session", rule)
    await bridge.until("TurnFinished")
    await bridge.kill()

    await relay.living()
    allowed = (rule,) if holds else ()
    async with runner.open(replace(spec, allowed_tools=allowed)) as session:
        assert (session.pid == bridge.supervisor) is holds


async def test_a_released_agent_is_left_at_work(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    bridge = await relay.begin("HOLD[gate] SAY[one two]")
    await bridge.say(release=True)
    await bridge.gone()

    await relay.living()
    async with runner.open(replace(spec, turn=relay.turn)) as session:
        assert session.pid == bridge.supervisor
        assert not session._decoder.turns.interrupting


async def test_one_with_other_settings_finishes_its_turn_and_ends(
    relay: Relay, api: FakeMessages
) -> None:
    bridge = await relay.begin("HOLD[gate] SAY[one two]")
    await bridge.kill()

    async with relay.go_on(system_prompt="Be kind.") as talk:
        assert talk.session.pid == bridge.supervisor
        api.release("gate")
        end = await talk.finished(relay.turn)
        last = await talk.end()

    assert end.text == "one two"
    assert isinstance(last, SessionEnded)
    assert last.expected


async def test_an_idle_one_with_other_settings_is_replaced(
    relay: Relay, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    bridge = await relay.start()
    await bridge.kill()

    async with runner.open(replace(spec, system_prompt="Be kind.")) as session:
        assert session.pid != bridge.supervisor
        assert over(bridge.supervisor)
        end: TurnFinished = await Talk(session).turn("SAY[new]")

    assert end.text == "new"
