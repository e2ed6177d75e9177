"""Killed at each state of the ledger: one answer, no orphan, no tool run twice."""

import json
import signal
import sqlite3

import psutil
import pytest

from tests.claude_cli import claude_binary
from tests.e2e.parley import Parley, eventually
from tests.e2e.test_stories import ALLOW, shows
from tests.security.leaving import command_lines
from tests.telegram_server import Message


def final(chat: list[Message]) -> list[str]:
    """What the bot says for good.

    A message that was sent a moment before a kill, and whose id died with the program,
    keeps its button until it is pressed: Telegram offers no way to find it.
    """
    return [m.text for m in chat if m.from_bot and not m.buttons]


def once(chat: list[Message], wanted: str) -> bool:
    return sum(text.count(wanted) for text in final(chat)) == 1


async def answered(parley: Parley, wanted: str) -> list[Message]:
    """Wait for the answer, and until nothing that is on record offers a button."""
    await parley.telegram.until(
        lambda chat: any(wanted in text for text in final(chat)), timeout_s=30
    )

    def settled() -> bool:
        recorded = {ref for (ref,) in parley.rows("SELECT ref FROM post")}
        now = parley.telegram.chat()
        return not any(m.buttons for m in now if str(m.id) in recorded)

    await eventually(settled)
    return parley.telegram.chat()


async def state(parley: Parley, *wanted: str) -> None:
    """Wait until the ledger's newest turn is in one of these states."""
    newest = "SELECT state FROM turn ORDER BY id DESC LIMIT 1"

    def reached() -> bool:
        try:
            return parley.rows(newest) in [[(state,)] for state in wanted]
        except sqlite3.OperationalError:  # not made yet
            return False

    await eventually(reached)


async def gone(parley: Parley) -> None:
    await eventually(lambda: not parley.family())


async def test_killed_while_queued(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[the first answer]")
    await parley.api.arrived(1)
    parley.telegram.say("SAY[the second answer]")
    await state(parley, "queued")

    await parley.kill()
    await gone(parley)
    parley.api.release("gate")
    await parley.start()

    chat = await answered(parley, "the second answer")
    assert once(chat, "the second answer")


async def test_killed_when_submitted_before_the_agent_took_it(parley: Parley) -> None:
    """A cold agent needs half a second; the bridge dies in it."""
    await parley.start()
    parley.telegram.say("WAIT[gate] SAY[the answer]")
    await state(parley, "submitted", "consumed")

    await parley.kill()
    await gone(parley)
    parley.api.release("gate")
    await parley.start()

    chat = await answered(parley, "the answer")
    assert once(chat, "the answer")


async def test_killed_while_the_agent_speaks(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[Slowly the answer comes]")
    await parley.telegram.until(lambda chat: shows(chat, "Slowly"))
    await state(parley, "consumed")

    await parley.kill()
    await gone(parley)
    await parley.start()

    await answered(parley, "interrupted while working")
    assert len(final(parley.telegram.chat())) == 1


async def test_killed_while_a_tool_runs(parley: Parley) -> None:
    await parley.start()
    command = "echo ran >> proof.txt; sleep 30; echo done >> proof.txt"
    parley.telegram.say(f"RUN[{command}]RUN")
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)
    parley.telegram.press(chat[-1], ALLOW)
    proof = parley.workspace / "proof.txt"
    await eventually(lambda: proof.exists() and proof.read_text())

    await parley.kill()
    await gone(parley)
    await parley.start()

    await answered(parley, "interrupted while working")
    assert proof.read_text() == "ran\n"


async def test_killed_with_an_open_question(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("RUN[echo ran >> proof.txt]RUN")
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)
    question = chat[-1]

    await parley.kill()
    await gone(parley)
    parley.telegram.press(question, ALLOW)
    await parley.start()

    await parley.telegram.until(
        lambda chat: question not in chat or not question.buttons
    )
    await answered(parley, "interrupted while working")
    assert not (parley.workspace / "proof.txt").exists()


async def test_killed_when_answered_and_not_yet_delivered(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[Slowly the answer comes]")
    await parley.telegram.until(lambda chat: shows(chat, "Slowly"))
    trouble = parley.telegram.fail("editMessageText", 1000, "5xx")
    parley.api.release("gate")
    await state(parley, "answered")

    await parley.kill()
    trouble.left = 0
    await parley.start()

    chat = await answered(parley, "Slowly the answer comes")
    assert once(chat, "Slowly the answer comes")
    assert len(parley.api.requests) == 1
    await state(parley, "delivered")


async def test_killed_when_delivered_nothing_is_done_again(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("SAY[the answer]")
    await answered(parley, "the answer")
    await state(parley, "delivered")

    await parley.kill()
    await parley.start()
    parley.telegram.say("SAY[the next]")

    chat = await answered(parley, "the next")
    assert once(chat, "the answer")
    assert len(parley.api.requests) == 2


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
async def test_claude_killed_in_the_middle_goes_on(
    parley: Parley, signum: signal.Signals
) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[Slowly the answer comes]")
    await parley.telegram.until(lambda chat: shows(chat, "Slowly"))
    (agent,) = parley.agents()

    agent.send_signal(signum)

    await answered(parley, "interrupted while working")
    assert len(final(parley.telegram.chat())) == 1
    assert len(parley.agents()) == 1


async def test_claude_killed_while_a_tool_runs_does_not_run_it_again(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say(
        "RUN[echo ran >> proof.txt; sleep 30; echo late >> proof.txt]RUN"
    )
    chat = await parley.telegram.until(lambda chat: ALLOW in chat[-1].labels)
    parley.telegram.press(chat[-1], ALLOW)
    proof = parley.workspace / "proof.txt"
    await eventually(lambda: proof.exists() and proof.read_text())
    (agent,) = parley.agents()

    agent.kill()

    await answered(parley, "interrupted while working")
    assert proof.read_text() == "ran\n"
    assert not any("sleep" in line for line in command_lines(parley))


async def test_killed_twice_in_a_row(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[Slowly the answer comes]")
    await parley.telegram.until(lambda chat: shows(chat, "Slowly"))
    for _ in range(2):
        await parley.kill()
        await gone(parley)
        await parley.start()

    await answered(parley, "interrupted while working")
    assert len(final(parley.telegram.chat())) == 1


def starting(parley: Parley) -> list[psutil.Process]:
    """Agents that are held up before they are `claude`."""
    return [one for one in parley.family() if name_of(one) == "slow"]


def name_of(process: psutil.Process) -> str:
    """ "": it is gone."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


async def test_claude_killed_while_it_starts_is_started_again(parley: Parley) -> None:
    gate, slow = parley.root / "gate", parley.root / "slow"
    slow.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || until [ -e {gate} ]; do sleep 0.05; done\n'
        f'exec {claude_binary()} "$@"\n'
    )
    slow.chmod(0o700)
    parley.extra["PARLEY_AGENTS__CLAUDE__COMMAND"] = json.dumps([str(slow)])
    await parley.start()
    parley.telegram.say("SAY[the answer]")
    await eventually(lambda: starting(parley))
    assert not parley.api.requests

    for process in starting(parley):
        process.kill()
    gate.touch()

    chat = await answered(parley, "the answer")
    assert once(chat, "the answer")
