"""Killed at each step between Slack and the answer: one answer, no stray stream."""

import sqlite3
from pathlib import Path

from tests.e2e.parley import SlackParley, eventually, slack_as_described, slack_world
from tests.e2e.slack.chat import (
    ALLOW,
    answered,
    asks,
    begin,
    root_of,
    shows,
    texts,
    thread,
    until,
)
from tests.slack_server import Message

SLOWLY = "HOLD[gate] SAY[Slowly the answer comes]"


async def state(parley: SlackParley, *wanted: str) -> None:
    """Wait until the ledger's newest turn is in one of these states."""
    newest = "SELECT state FROM turn ORDER BY id DESC LIMIT 1"
    await eventually(lambda: rows(parley, newest) in [[(state,)] for state in wanted])


def rows(parley: SlackParley, sql: str) -> list[tuple[object, ...]]:
    try:
        return parley.rows(sql)
    except sqlite3.OperationalError:  # not made yet
        return []


async def gone(parley: SlackParley) -> None:
    await eventually(lambda: not parley.family())


def once(parley: SlackParley, asked: Message, words: str) -> bool:
    return sum(text.count(words) for text in texts(parley, asked)) == 1


async def test_killed_between_keeping_and_acknowledging(parley: SlackParley) -> None:
    await begin(parley)
    parley.slack.hold_acks = True
    asked = parley.slack.say("SAY[the answer]")
    await eventually(lambda: rows(parley, "SELECT 1 FROM inbox"))

    await parley.kill()
    parley.slack.hold_acks = False
    await begin(parley)

    await answered(parley, asked, "the answer")
    await parley.slack.answered(parley.slack.acts[0])
    assert once(parley, asked, "the answer")
    assert len(parley.rows("SELECT 1 FROM turn")) == 1


async def test_killed_between_acknowledging_and_working(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("HOLD[gate] SAY[the first answer]")
    await parley.api.arrived(1)
    parley.slack.say("SAY[the second answer]", thread=asked)
    await state(parley, "queued")

    await parley.kill()
    await gone(parley)
    parley.api.release("gate")
    await begin(parley)

    await answered(parley, asked, "the second answer")
    assert once(parley, asked, "the second answer")


async def test_killed_during_a_stream(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say(SLOWLY)
    first = await shows(parley, asked, "Slowly")
    await state(parley, "consumed")

    await parley.kill()
    await gone(parley)
    await begin(parley)

    await answered(parley, asked, "interrupted while working")
    assert thread(parley, asked) == [first]


async def test_killed_with_the_answer_not_yet_delivered(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say(SLOWLY)
    await shows(parley, asked, "Slowly")
    trouble = parley.slack.fail("chat[.](append|stop)Stream", 1000, "5xx")
    parley.api.release("gate")
    await state(parley, "answered")

    await parley.kill()
    trouble.left = 0
    await begin(parley)

    await answered(parley, asked, "Slowly the answer comes")
    assert once(parley, asked, "Slowly the answer comes")
    assert len(parley.api.requests) == 1
    await state(parley, "delivered")


async def test_killed_with_an_open_question(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("RUN[echo ran >> proof.txt]RUN")
    question = await asks(parley, asked)

    await parley.kill()
    await gone(parley)
    await begin(parley)
    await until(parley, lambda: question.deleted or not question.buttons)

    await answered(parley, asked, "interrupted while working")
    assert not (parley.workspace / "proof.txt").exists()


async def test_killed_after_a_slash_command_the_thread_has_one_root(
    parley: SlackParley,
) -> None:
    """It was sent, its id never learnt: Slack is asked before posting again."""
    await begin(parley)
    trouble = parley.slack.fail("chat[.]postMessage", 1, "drop_after")
    parley.slack.command("SAY[the answer]", channel=parley.slack.general)
    await parley.slack.until(lambda: parley.slack.messages(parley.slack.general))

    await parley.kill()
    trouble.left = 0
    await begin(parley)

    root = await root_of(parley, parley.slack.general, "the answer")
    await answered(parley, root, "the answer")
    ours = [m for m in parley.slack.messages(parley.slack.general) if not m.thread]
    assert ours == [root]


async def test_what_was_written_while_parley_was_down_is_answered(
    tmp_path: Path,
) -> None:
    """Slack may not deliver what nobody was there for: so it is fetched."""
    async with slack_world(tmp_path, slack_as_described(loses_events=True)) as parley:
        await begin(parley)
        asked = parley.slack.say("SAY[before]")
        await answered(parley, asked, "before")
        await parley.stop()

        parley.slack.say("SAY[in the thread]", thread=asked)
        other = parley.slack.say("SAY[a new one]")
        await begin(parley)

        await answered(parley, asked, "in the thread")
        await answered(parley, other, "a new one")
        assert len(parley.api.requests) == 3


async def test_claude_killed_in_the_middle_goes_on(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say(SLOWLY)
    await shows(parley, asked, "Slowly")
    (agent,) = parley.agents()

    agent.kill()

    await answered(parley, asked, "interrupted while working")
    assert len(parley.agents()) == 1


async def test_allowed_and_killed_it_runs_once(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("RUN[echo ran >> proof.txt; sleep 30]RUN")
    parley.slack.press(await asks(parley, asked), ALLOW)
    proof = parley.workspace / "proof.txt"
    await eventually(lambda: proof.exists() and proof.read_text())

    await parley.kill()
    await gone(parley)
    await begin(parley)

    await answered(parley, asked, "interrupted while working")
    assert proof.read_text() == "ran\n"
