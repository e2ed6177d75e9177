"""The bridge is killed, or replaced, and its agents are not: nobody notices."""

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import psutil
import pytest

from tests.e2e.conversation.scenes import TELL, on, states, steer, works
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import eventually

Leave: TypeAlias = Callable[[Surface], Awaitable[None]]

ONCE = "Allow once"
UNSURE = "SELECT 1 FROM post WHERE ref IS NULL"


async def killed(chat: Surface) -> None:
    # Between a send and its note is another story: it may be on the screen twice.
    await eventually(lambda: not chat.parley.rows(UNSURE))
    await chat.parley.kill_bridge()
    await chat.begin()


async def replaced(chat: Surface) -> None:
    """As by an upgrade."""
    await chat.replace()


leaves = pytest.mark.parametrize("leave", [killed, replaced])


def calls(chat: Surface) -> int:
    """How often the model was asked."""
    return len(chat.parley.api.requests)


def unbroken(chat: Surface) -> bool:
    said = "\n".join(chat.texts())
    return not any(word in said for word in ("nterrupted", "estart"))


@leaves
async def test_while_it_speaks(chat: Surface, leave: Leave) -> None:
    await chat.begin()
    await chat.say("HOLD[gate] SAY[the answer and all of it]")
    await chat.until(lambda: chat.find("the"))
    [agent] = chat.parley.agents()

    await leave(chat)
    chat.parley.api.release("gate")

    await chat.answered("the answer and all of it")
    assert chat.parley.agents() == [agent]
    assert calls(chat) == 1
    assert "".join(chat.texts()).count("the answer") == 1
    assert unbroken(chat)


@leaves
@on(["telegram"])
async def test_before_it_says_a_word(chat: Surface, leave: Leave) -> None:
    await chat.begin()
    await chat.say("WAIT[gate] SAY[the answer]")
    await chat.parley.api.arrived(1)

    await leave(chat)
    chat.parley.api.release("gate")

    await chat.answered("the answer")
    assert calls(chat) == 1
    assert unbroken(chat)


@leaves
async def test_while_a_tool_runs(chat: Surface, tmp_path: Path, leave: Leave) -> None:
    gate = tmp_path / "gate"
    await chat.begin()
    command = f"echo ran >> proof.txt; until [ -e {gate} ]; do sleep 0.05; done"
    await chat.say(f"RUN[{command}]RUN")
    await chat.press(ONCE)
    proof = chat.parley.workspace / "proof.txt"
    await eventually(proof.exists)

    await leave(chat)
    gate.touch()

    await chat.answered("Tool said")
    assert proof.read_text() == "ran\n"
    assert calls(chat) == 2
    assert unbroken(chat)


@leaves
async def test_while_it_asks(chat: Surface, leave: Leave) -> None:
    await chat.begin()
    await chat.say("RUN[echo ran >> proof.txt]RUN")
    await chat.offers(ONCE)

    await leave(chat)
    await chat.press(ONCE)

    await chat.answered("Tool said")
    assert (chat.parley.workspace / "proof.txt").read_text() == "ran\n"
    assert calls(chat) == 2
    assert unbroken(chat)


@leaves
@on(["telegram"])
async def test_it_ended_while_nobody_was_there(chat: Surface, leave: Leave) -> None:
    await chat.begin()
    await chat.say("HOLD[gate] SAY[the answer]")
    await chat.until(lambda: chat.find("the"))
    chat.parley.api.release("gate")

    await leave(chat)

    await chat.answered("the answer")
    assert calls(chat) == 1


@leaves
@on(["telegram"])
async def test_it_can_be_stopped_afterwards(chat: Surface, leave: Leave) -> None:
    await chat.begin()
    await chat.say("HOLD[gate] SAY[the answer]")
    await chat.until(lambda: chat.find("the"))

    await leave(chat)
    await chat.press("Stop")

    await eventually(lambda: states(chat) == ["cancelled"])
    await chat.say("SAY[the next one]")
    await chat.answered("the next one")


@leaves
@on(["slack"])
async def test_what_waits_goes_on_waiting(chat: Surface, leave: Leave) -> None:
    await chat.begin()
    await chat.say("HOLD[gate] SAY[the first answer]")
    await chat.until(lambda: chat.find("the"))
    await chat.say("SAY[the second answer]")
    await eventually(lambda: len(states(chat)) == 2)

    await leave(chat)
    chat.parley.api.release("gate")

    await chat.answered("the second answer")
    assert states(chat) == ["answered", "answered"]
    assert calls(chat) == 2


@leaves
@on(["telegram"])
async def test_words_on_their_way_arrive(
    chat: Surface, tmp_path: Path, leave: Leave
) -> None:
    gate = tmp_path / "gate"
    await chat.begin()
    await works(chat, gate)
    await steer(chat, "SAY[to the steered one]")

    await leave(chat)
    gate.touch()

    await eventually(lambda: states(chat) == ["answered", "joined"])
    assert calls(chat) == 2
    assert TELL not in chat.labels()


@on(["telegram"])
async def test_an_agent_that_rests_stays_warm(chat: Surface) -> None:
    await chat.begin()
    await chat.say("SAY[the first answer]")
    await chat.answered("the first answer")
    [agent] = chat.parley.agents()

    await killed(chat)
    await chat.say("SAY[the second answer]")

    await chat.answered("the second answer")
    assert chat.parley.agents() == [agent]


@on(["telegram"])
async def test_nobody_claims_it(chat: Surface) -> None:
    """It ends by itself, in order, when it has nothing more to do."""
    chat.parley.extra["PARLEY_AGENT__UNCLAIMED_S"] = "3"
    await chat.begin()
    await chat.say("HOLD[gate] SAY[the answer]")
    await chat.until(lambda: chat.find("the"))

    await chat.parley.kill_bridge()
    assert chat.parley.agents()
    chat.parley.api.release("gate")

    await eventually(lambda: not chat.parley.family())
    await chat.begin()
    await chat.answered("the answer")
    assert calls(chat) == 1


@on(["telegram"])
async def test_the_bridge_freezes(chat: Surface, tmp_path: Path) -> None:
    """Its agent does not act on alone; when it thaws, the turn goes on."""
    gate = tmp_path / "gate"
    await chat.begin()
    await works(chat, gate)

    psutil.Process(chat.parley.pid).send_signal(signal.SIGSTOP)
    await eventually(lambda: not chat.parley.family())
    gate.touch()
    psutil.Process(chat.parley.pid).send_signal(signal.SIGCONT)

    await eventually(lambda: states(chat) == ["answered"], timeout_s=30)
