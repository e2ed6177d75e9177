"""The demo agent killed in the middle, and what its record lets it do afterwards."""

import uuid
from collections.abc import Callable
from pathlib import Path

import psutil

from bot.prompts import resuming
from runner.base import Allow, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.demo_scenes import NOTES, QUESTION
from runner.events import (
    PermissionRequested,
    QuestionsAsked,
    TextDelta,
    TextFinished,
    ToolFinished,
    ToolStarted,
)
from tests.runner.talk import Talk, talking

START_OVER = resuming("", {}).text


def kill_agents() -> None:
    """SIGKILL for every agent under us, and nothing else."""
    for guard in psutil.Process().children():
        for agent in guard.children():
            agent.kill()


async def test_killed_in_the_middle_of_words_it_begins_the_answer_again(
    new_demo: Callable[[float], ClaudeRunner], spec: SessionSpec
) -> None:
    slow, demo = new_demo(60), new_demo(0)
    async with talking(slow.open(spec)) as talk:
        mine = await talk.prompt("long")
        await talk.until(TextDelta)
        kill_agents()
        end = await talk.finished(mine)
    assert (end.stop_reason, end.cause) == ("failed", "crash")
    found = await slow.evidence(spec, [mine])
    assert (found.last, found.answered, found.events) == (mine, False, ())

    async with demo.open(spec) as session:
        end = await Talk(session).turn(START_OVER)

    assert "I was interrupted" in end.text
    assert "That is the end of the long answer." in end.text


async def test_killed_on_its_result_it_has_answered(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with demo.open(spec) as session:
        end = await Talk(session).turn("run")
        kill_agents()
    assert end.turn

    found = await demo.evidence(spec, [end.turn])

    assert (found.last, found.answered) == (end.turn, True)
    first, step, done, last = found.events
    assert isinstance(first, TextFinished)
    assert isinstance(step, ToolStarted)
    assert isinstance(done, ToolFinished)
    assert last == TextFinished(getattr(last, "message_id", ""), end.text)


async def test_killed_while_it_waits_for_permission_it_asks_again(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = None
        mine = await talk.prompt("edit")
        asked = await talk.until(PermissionRequested)
        kill_agents()
        await talk.end()
    found = await demo.evidence(spec, [mine])
    assert not found.answered
    assert [e.call_id for e in found.events if isinstance(e, ToolStarted)] == [
        asked.call_id
    ]

    async with talking(demo.open(spec)) as talk:
        await talk.turn(START_OVER)

    assert [e.body for e in talk.all(PermissionRequested)] == [asked.body]
    assert (spec.workspace / NOTES).read_text().count("1. ") == 1


async def test_what_was_done_before_the_kill_is_not_done_twice(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = Allow(answers={QUESTION: "once"})
        mine = await talk.prompt("tour")
        await talk.until(ToolFinished)  # of the question
        await talk.until(ToolFinished)  # of the edit
        kill_agents()
        await talk.end()
    noted = (spec.workspace / NOTES).read_text()

    async with talking(demo.open(spec)) as talk:
        end = await talk.turn(START_OVER)

    assert not talk.all(QuestionsAsked)
    assert not talk.all(PermissionRequested)
    assert (spec.workspace / NOTES).read_text() == noted
    assert "2 of my steps are done" in end.text
    both = await demo.evidence(spec, [mine, end.turn or ""])
    assert both.answered
    assert [e.text for e in both.events if isinstance(e, TextFinished)][-1] == end.text


async def test_an_edit_that_was_made_and_not_recorded_is_not_made_twice(
    demo: ClaudeRunner, spec: SessionSpec, tmp_path: Path
) -> None:
    async with demo.open(spec) as session:
        await Talk(session).turn("edit")
    async with demo.open(spec) as session:
        await Talk(session).turn("edit")
    noted = (spec.workspace / NOTES).read_text()
    [record] = (tmp_path / "state").rglob(f"{spec.session_id}.jsonl")
    lines = record.read_text().splitlines(keepends=True)
    # The result of the last edit and what was said after it, torn away.
    record.write_text("".join(lines[:-2]) + lines[-2][:20])

    async with talking(demo.open(spec)) as talk:
        end = await talk.turn(START_OVER)

    assert [e.title.key for e in talk.all(PermissionRequested)] == ["ask-edit"]
    assert [e.ok for e in talk.all(ToolFinished)] == [True]
    assert (spec.workspace / NOTES).read_text() == noted
    assert (end.stop_reason, NOTES in end.text) == ("end_turn", True)


async def test_an_answer_given_before_the_kill_is_not_asked_for_again(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = None
        await talk.prompt("question")
        await talk.until(QuestionsAsked)
        kill_agents()
        await talk.end()
    told = resuming(str(uuid.uuid4()), {QUESTION: "Buy milk"})

    async with talking(demo.open(spec)) as talk:
        end = await talk.turn(told.text)

    assert not talk.all(QuestionsAsked)
    assert "**Buy milk**" in end.text


async def test_killed_before_its_first_prompt_it_begins_anew(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with demo.open(spec) as session:
        kill_agents()
        await Talk(session).end()

    async with demo.open(spec) as session:
        end = await Talk(session).turn("hello")

    assert end.stop_reason == "end_turn"
