"""Killed while words wait, or are on their way: each is answered or joined, once."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest

from tests.e2e.conversation.scenes import TOLD, heard, on, states, steer
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually
from tests.messages_reply import Reply, Say

Kill: TypeAlias = Callable[[Surface], Awaitable[None]]

ONCE = "Allow once"
STEERED, QUEUED = "SAY[to the steered one]", "SAY[to the queued one]"


async def kill_parley(chat: Surface) -> None:
    await chat.parley.kill()
    await eventually(lambda: not chat.parley.family())
    await chat.begin()


async def kill_agent(chat: Surface) -> None:
    [agent] = chat.parley.agents()
    agent.kill()
    await eventually(lambda: not psutil.pid_exists(agent.pid))


kills = pytest.mark.parametrize("kill", [kill_parley, kill_agent])


async def _proves(chat: Surface, gate: Path) -> Path:
    """A turn runs a command that proves how often it ran, and waits for *gate*."""
    command = f"echo ran >> proof.txt; until [ -e {gate} ]; do sleep 0.05; done"
    await chat.say(f"RUN[{command}]RUN")
    await chat.press(ONCE)
    proof = chat.parley.workspace / "proof.txt"
    await eventually(proof.exists)
    return proof


async def _all_is_well(chat: Surface, proof: Path) -> None:
    await chat.answered("to the queued one")
    expected = [["answered", how, "answered"] for how in ("joined", "answered")]
    await eventually(lambda: states(chat) in expected)
    assert heard(chat, STEERED) == heard(chat, QUEUED) == 1
    assert proof.read_text() == "ran\n"


@kills
@on(["slack"])  # nothing of it depends on the platform
async def test_killed_before_the_agent_has_read_it(
    chat: Surface, tmp_path: Path, kill: Kill
) -> None:
    await chat.begin()
    proof = await _proves(chat, tmp_path / "gate")
    await steer(chat, STEERED)
    await chat.say(QUEUED)
    await eventually(lambda: states(chat) == ["consumed", "submitted", "queued"])

    (tmp_path / "gate").touch()
    await kill(chat)

    await _all_is_well(chat, proof)


@kills
@on(["slack"])
async def test_killed_when_the_agent_has_read_it(
    chat: Surface, tmp_path: Path, kill: Kill
) -> None:
    await chat.begin()
    proof = await _proves(chat, tmp_path / "gate")
    await steer(chat, STEERED)
    await chat.say(QUEUED)
    await eventually(lambda: len(states(chat)) == 3)
    chat.parley.api.then(Reply(blocks=[Say("half of the answer")], hold="never"))

    (tmp_path / "gate").touch()
    await chat.parley.api.arrived(2)
    await chat.shows(TOLD)
    await kill(chat)  # it may not have recorded what it has read just now

    await _all_is_well(chat, proof)


@on(["slack"])
async def test_killed_while_late_words_have_a_turn_of_their_own(chat: Surface) -> None:
    await chat.begin()
    await chat.say("HOLD[gate] SAY[Slowly the answer comes]")
    await chat.shows("Slowly")
    await steer(chat, f"HOLD[never] {STEERED}")
    await chat.say(QUEUED)
    await eventually(lambda: len(states(chat)) == 3)

    chat.parley.api.release("gate")
    await chat.parley.api.arrived(2)
    await eventually(lambda: states(chat) == ["answered", "consumed", "queued"])
    await kill_parley(chat)

    await chat.answered("to the queued one")
    await eventually(lambda: states(chat) == ["answered"] * 3)
    assert heard(chat, STEERED) == heard(chat, QUEUED) == 1
