"""A session with the real `claude` in trouble: failures, cut connections, kills."""

import asyncio
import os
import signal
from pathlib import Path

import psutil

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import PermissionRequested, TextDelta, TextFinished
from runner.process import Patience
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Say
from tests.runner.bridge import Fakes
from tests.runner.talk import Talk, eventually, talking

#: Longer than any test may take.
PATIENT = Patience(result=3600, eof=3600, sigint=3600, sigterm=3600)


async def test_a_failure_has_a_cause_and_the_session_goes_on(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        refused = await talk.turn("FAIL[403]")
        missing = await talk.turn("FAIL[404]")
        end = await talk.turn("SAY[fine]")

    assert (refused.stop_reason, refused.cause) == ("failed", "login")
    assert missing.cause == "model"
    assert end.stop_reason == "end_turn"


async def test_a_cut_connection_leaves_a_void_draft_and_the_whole_answer(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        api.then(
            Reply(blocks=[Say("lost words here")], cut_after=1),
            Reply(blocks=[Say("the whole answer")]),
        )
        end = await talk.turn("x")

    assert end.text == "the whole answer"
    [said] = talk.all(TextFinished)
    drafts = {e.message_id for e in talk.all(TextDelta) if "lost" in e.text}
    assert said.message_id not in drafts


async def test_a_prompt_of_a_megabyte_and_many_deltas_do_not_block_each_other(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with runner.open(spec) as session:
        end = await Talk(session).turn("x" * 2_000_000 + " WORDS[3000]")

    assert end.text.endswith("word2999")


async def test_a_killed_agent_takes_its_tools_along_and_ends_its_turn(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("RUN[echo $PPID > pid; echo $$ > tool; sleep 300]RUN")
        await talk.until(PermissionRequested)
        tool = spec.workspace / "tool"
        await eventually(lambda: tool.exists() and bool(tool.read_text()))
        agent = int((spec.workspace / "pid").read_text())
        Path(f"/proc/{agent}").stat()
        os.kill(agent, signal.SIGKILL)
        end = await talk.finished(id_)
        last = await talk.end()

    assert (end.stop_reason, end.cause) == ("failed", "crash")
    assert not last.expected
    assert not Path(f"/proc/{tool.read_text().strip()}").exists()


async def test_closing_in_the_middle_of_a_turn_ends_it_first(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt("HOLD[gate] SAY[never ends]")
        await talk.until(TextDelta)

    end = await talk.finished(id_)
    assert end.stop_reason == "interrupted"
    assert (await talk.end()).expected


async def test_in_a_hurry_it_ends_in_the_middle_of_a_tool(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    opened, tool = asyncio.Event(), spec.workspace / "tool"

    async def hold() -> None:
        async with talking(runner.open(spec)) as talk:
            await talk.prompt("RUN[echo $$ > tool; exec tail -f /dev/null]RUN")
            await talk.until(PermissionRequested)
            await eventually(lambda: tool.exists() and bool(tool.read_text()))
            opened.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await opened.wait()
    runner.hurry()
    task.cancel()
    await asyncio.wait([task])

    assert not psutil.pid_exists(int(tool.read_text()))


async def test_in_a_hurry_nothing_is_waited_for(
    fakes: Fakes, spec: SessionSpec, tmp_path: Path
) -> None:
    runner = fakes("until", str(tmp_path / "never"), patience=PATIENT)
    async with runner.open(spec) as session:
        await Talk(session).prompt("go")
        agent = psutil.Process(session.pid)
        runner.hurry()

    assert not agent.is_running()
