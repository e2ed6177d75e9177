"""A session with the real `claude`: turns, permissions, questions, memory."""

import json
import struct
import uuid
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import Allow, Deny, PromptFile, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    Possible,
    QuestionsAsked,
    SessionStarted,
    TextDelta,
    TextFinished,
    ThinkingDelta,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.messages_api import FakeMessages
from tests.messages_orders import ask, question
from tests.messages_reply import Reply, Say, Use
from tests.runner.talk import UNTIL, Talk, talking


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


#: A red square.
PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress((b"\0" + b"\xff\0\0" * 8) * 8)),
        _chunk(b"IEND", b""),
    )
)


async def test_a_turn_streams_its_words_and_ends(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        end = await talk.turn("SAY[one two three]")
        again = await talk.turn("SAY[four]")

    [started] = {e.session_id for e in talk.all(SessionStarted)}
    assert started == spec.session_id
    assert [e.turn for e in talk.all(TurnStarted)] == [end.turn, again.turn]
    assert "".join(e.text for e in talk.all(TextDelta)) == "one two threefour"
    assert [e.text for e in talk.all(TextFinished)] == ["one two three", "four"]
    assert (end.stop_reason, end.text) == ("end_turn", "one two three")
    assert end.usage
    assert end.usage.output == 20
    assert end.cost_usd
    assert end.cost_usd == pytest.approx(again.cost_usd)  # each turn its own


async def test_a_tool_waits_for_permission_and_runs_once_allowed(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        end = await talk.turn("RUN[touch made; echo fine]RUN")

    [asked] = talk.all(PermissionRequested)
    assert (asked.kind, asked.title) == ("execute", Phrase("ask-run"))
    assert "touch made; echo fine" in asked.body
    [step] = talk.all(ToolStarted)
    [done] = talk.all(ToolFinished)
    assert step.call_id == done.call_id == asked.call_id
    assert (done.ok, done.output) == (True, "fine")
    assert end.text == "Tool said: fine"
    assert (spec.workspace / "made").exists()


async def test_a_refusal_reaches_the_agent_with_its_reason(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.answer = Deny("not on a Friday")
        end = await talk.turn("RUN[touch made]RUN")

    assert "not on a Friday" in end.text
    assert [e.ok for e in talk.all(ToolFinished)] == [False]
    assert not (spec.workspace / "made").exists()


async def test_allowed_for_the_session_is_not_asked_again_and_nothing_wider(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.answer = Allow(scope="session")
        await talk.turn("RUN[touch made]RUN")
        await talk.turn("RUN[touch made]RUN")
        assert len(talk.all(PermissionRequested)) == 1

        await talk.turn("RUN[rm made]RUN")
    assert len(talk.all(PermissionRequested)) == 2
    assert {e.permission_mode for e in talk.all(SessionStarted)} <= {"default", ""}
    assert not (spec.workspace / ".claude").exists()  # kept in the process only


async def test_an_interrupt_withdraws_the_question_and_ends_the_turn(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.answer = None
        id_ = await talk.prompt("RUN[touch made]RUN")
        asked = await talk.until(PermissionRequested)
        await talk.session.interrupt()
        end = await talk.finished(id_)
        await talk.session.answer(asked.request_id, Allow())  # too late: ignored
        after = await talk.turn("SAY[still here]")

    assert end.stop_reason == "interrupted"
    assert [e.request_id for e in talk.all(PermissionWithdrawn)] == [asked.request_id]
    assert after.stop_reason == "end_turn"
    assert not (spec.workspace / "made").exists()


async def test_an_interrupt_in_the_middle_of_words(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("HOLD[gate] SAY[hello there]")
        await talk.until(TextDelta)
        await talk.session.interrupt()
        end = await talk.finished(id_)

    assert (end.stop_reason, end.detail) == ("interrupted", "")


async def test_an_idle_interrupt_does_not_colour_the_next_turn(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        await talk.session.interrupt()
        end = await talk.turn("FAIL[400]")

    assert (end.stop_reason, end.cause) == ("failed", "request")


async def test_a_background_task_may_speak_up_while_a_prompt_waits(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        late, ended = UNTIL.format("late"), UNTIL.format("ended")
        await talk.turn(f"BACK[{late}]BACK")
        api.then(
            Reply(blocks=[Say("It is "), Use("Bash", {"command": ended})]),
            Reply(blocks=[Say("over by itself")]),
        )
        (spec.workspace / "late").touch()
        await talk.until(ToolStarted, lambda e: e.title.values["what"] == ended)
        mine = await talk.prompt("SAY[this is for you]")
        await talk.read()
        (spec.workspace / "ended").touch()
        end = await talk.finished(mine)

    by_itself = [e for e in talk.all(TurnFinished) if e.turn is None]
    assert [e.text for e in by_itself] == ["over by itself"]
    assert end.text == "this is for you"
    turns = [e.turn for e in talk.heard if isinstance(e, TurnStarted | TurnFinished)]
    assert turns[2:] == [None, None, mine, mine]


async def test_a_prompt_the_agent_has_already_does_not_hang(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    id_ = str(uuid.uuid4())
    async with talking(runner.open(spec)) as talk:
        await talk.turn("SAY[once]", id_=id_)
        again = await talk.turn("SAY[once]", id_=id_)
        other = await talk.turn("SAY[other]")

    assert (again.stop_reason, again.cause) == ("failed", "unknown")
    assert "already" in again.detail
    assert other.stop_reason == "end_turn"
    assert len(api.requests) == 2


async def test_a_session_is_resumed_with_its_memory(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with runner.open(spec) as session:
        await Talk(session).turn("SAY[before]")
    async with runner.open(spec) as session:
        await Talk(session).turn("SAY[after]")

    assert "SAY[before]" in api.requests[1].everything


async def test_a_record_without_a_word_does_not_lock_the_session_out(
    runner: ClaudeRunner, spec: SessionSpec, home: Path
) -> None:
    """Killed too early, the CLI leaves a file it neither resumes nor begins anew."""
    async with runner.open(spec) as session:
        await Talk(session).turn("SAY[hi]")
    [file] = home.glob(".claude/projects/*/*.jsonl")
    file.write_text(json.dumps({"type": "queue-operation", "operation": "enqueue"}))

    async with runner.open(spec) as session:
        end = await Talk(session).turn("SAY[hi again]")

    assert end.text == "hi again"


async def test_a_subagents_words_are_not_the_answer(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        end = await talk.turn("TASK[RUN[echo inner]RUN]TASK")

    outer, inner = talk.all(ToolStarted)
    assert (outer.kind, inner.parent_id) == ("delegate", outer.call_id)
    assert len(talk.all(TextFinished)) == 1
    assert end.text == talk.all(TextFinished)[0].text


async def test_thinking_shows(runner: ClaudeRunner, spec: SessionSpec) -> None:
    async with talking(runner.open(spec)) as talk:
        end = await talk.turn("THINK[3]")

    assert talk.all(ThinkingDelta)
    assert end.text == "Thought about it."


@pytest.mark.parametrize("mode", ["default", "plan"])
async def test_questions_are_put_to_people_and_their_answers_to_the_agent(
    runner: ClaudeRunner, spec: SessionSpec, mode: str
) -> None:
    spec = replace(spec, permission_mode=mode)
    toppings = question("What toppings?", "Cheese", "Ham", "Olives", several=True)
    async with talking(runner.open(spec)) as talk:
        talk.answer = Allow(
            answers={"What toppings?": "Cheese, Ham", "Size?": 'as "L" as it gets'}
        )
        end = await talk.turn(ask(toppings, question("Size?", "S", "L")))

    [asked] = talk.all(QuestionsAsked)
    assert [(q.text, q.several) for q in asked.questions] == [
        ("What toppings?", True),
        ("Size?", False),
    ]
    assert asked.questions[1].offered == (
        Possible("S", "this is S"),
        Possible("L", "this is L"),
    )
    assert '"What toppings?"="Cheese, Ham"' in end.text
    assert '"Size?"="as "L" as it gets"' in end.text
    assert [e.ok for e in talk.all(ToolFinished)] == [True]


async def test_an_interrupt_takes_questions_back(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.answer = None
        id_ = await talk.prompt("ASK[Which colour?]")
        asked = await talk.until(QuestionsAsked)
        await talk.session.interrupt()
        end = await talk.finished(id_)

    assert end.stop_reason == "interrupted"
    assert [e.request_id for e in talk.all(PermissionWithdrawn)] == [asked.request_id]


async def test_pictures_are_shown_and_other_files_are_named(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages, tmp_path: Path
) -> None:
    picture = tmp_path / "dot.png"
    picture.write_bytes(PNG)
    files = [
        PromptFile(picture, "image/png"),
        PromptFile(tmp_path / "report.pdf", "application/pdf"),
        PromptFile(tmp_path / "gone.png", "image/png"),
    ]
    async with runner.open(spec) as session:
        end = await Talk(session).turn("", files=files)

    assert end.stop_reason == "end_turn"
    assert api.requests[0].everything.count('"type": "image"') == 1
    for file in files:
        assert str(file.path) in api.requests[0].everything.replace("\\", "")
