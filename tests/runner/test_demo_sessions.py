"""The demo agent is stopped, resumed and forked like a real one."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from runner.base import Allow, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.demo_scenes import NOTES, QUESTION
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    TextDelta,
    TextFinished,
    TurnFinished,
)
from tests.runner.talk import Talk, talking


async def test_stop_is_heard_in_the_middle_of_words(
    new_demo: Callable[[float], ClaudeRunner], spec: SessionSpec
) -> None:
    async with talking(new_demo(60).open(spec)) as talk:
        id_ = await talk.prompt("long")
        first = await talk.until(TextDelta)
        await talk.session.interrupt()
        end = await talk.finished(id_)

    assert (end.stop_reason, end.detail) == ("interrupted", "")
    assert [e.text for e in talk.all(TextFinished)] == [first.text]


async def test_stop_takes_its_question_back_and_the_next_turn_is_another(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = None
        id_ = await talk.prompt("edit")
        asked = await talk.until(PermissionRequested)
        await talk.session.interrupt()
        end = await talk.finished(id_)
        await talk.session.interrupt()  # idle: means nothing
        after = await talk.turn("hello")

    assert end.stop_reason == "interrupted"
    assert [e.request_id for e in talk.all(PermissionWithdrawn)] == [asked.request_id]
    assert after.stop_reason == "end_turn"
    assert not list(spec.workspace.iterdir())


async def test_a_session_is_resumed_and_does_a_known_prompt_never_again(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    id_ = str(uuid.uuid4())
    async with demo.open(spec) as session:
        await Talk(session).turn("edit", id_=id_)
    async with talking(demo.open(spec)) as talk:
        again = await talk.turn("edit", id_=id_)
        other = await talk.turn("hello")

    assert (again.stop_reason, again.cause) == ("failed", "unknown")
    assert "no AI" not in other.text
    assert len((spec.workspace / NOTES).read_text().splitlines()) == 3


async def test_it_can_be_forked_and_both_go_on_by_themselves(
    demo: ClaudeRunner, spec: SessionSpec, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    async with demo.open(spec) as session:
        await Talk(session).turn("hello")
    fork = replace(
        spec,
        session_id=str(uuid.uuid4()),
        fork_of=spec.session_id,
        workspace=elsewhere,
    )

    async with demo.open(fork) as session:
        assert "no AI" not in (await Talk(session).turn("hello")).text

    [copy] = await demo.sessions(elsewhere, limit=9)
    [original] = await demo.sessions(spec.workspace, limit=9)
    assert (copy.session_id, copy.prompts) == (fork.session_id, 2)
    assert (original.session_id, original.prompts) == (spec.session_id, 1)


async def test_two_sessions_at_once_do_not_mix(
    demo: ClaudeRunner, spec: SessionSpec, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = SessionSpec(session_id=str(uuid.uuid4()), workspace=tmp_path / "other")

    async def edit(spec: SessionSpec, line: str) -> TurnFinished:
        async with talking(demo.open(spec)) as talk:
            talk.answer = Allow(answers={QUESTION: line})
            return await talk.turn("tour")

    ends = await asyncio.gather(edit(spec, "one"), edit(other, "two"))

    assert {end.stop_reason for end in ends} == {"end_turn"}
    assert "1. one" in (spec.workspace / NOTES).read_text()
    assert "1. two" in (other.workspace / NOTES).read_text()
