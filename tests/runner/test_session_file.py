"""What the agent's own record proves, by the real `claude` and its sudden death."""

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from runner.base import Prompt, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import (
    TextDelta,
    TextFinished,
    ToolFinished,
    ToolStarted,
)
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Say, Use
from tests.runner.talk import UNTIL, Talk, talking


def kill_agents() -> None:
    """SIGKILL for every `claude` under us, and nothing else."""
    for guard in psutil.Process().children():
        for agent in guard.children():
            agent.kill()


async def test_an_answered_prompt_and_its_answer(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        await talk.turn("SAY[earlier]")
        mine = (await talk.turn("RUN[touch made; echo ok]RUN")).turn
        assert mine
        await talk.turn("SAY[later]")

    found = await runner.evidence(spec, [mine])

    assert (found.last, found.answered) == (mine, True)
    first, step, done, last = found.events
    assert isinstance(first, TextFinished)
    assert isinstance(step, ToolStarted)
    assert isinstance(done, ToolFinished)
    assert (done.call_id, done.ok, done.output) == (step.call_id, True, "ok")
    assert isinstance(last, TextFinished)
    assert last.text == "Tool said: ok"


async def test_a_prompt_that_was_tried_again_after_somebody_elses(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        mine = [(await talk.turn("SAY[first try]")).turn]
        await talk.turn("SAY[not mine]")
        mine += [(await talk.turn("SAY[second try]")).turn]
        await talk.turn("SAY[nor that]")

    found = await runner.evidence(spec, [one for one in mine if one])

    assert (found.last, found.answered) == (mine[-1], True)
    said = [event.text for event in found.events if isinstance(event, TextFinished)]
    assert said == ["first try", "second try"]


async def test_an_unknown_prompt_and_an_unknown_session(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    assert (await runner.evidence(spec, ["nobody's"])).last is None
    async with runner.open(spec) as session:
        await Talk(session).turn("SAY[hi]")

    assert (await runner.evidence(spec, [str(uuid.uuid4())])).last is None


async def test_killed_on_its_result_it_is_answered(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    """Eager flushing: what its result promises is on disk. Often, to be sure."""
    for number in range(4):
        async with runner.open(spec) as session:
            mine = (await Talk(session).turn(f"SAY[answer {number}]")).turn
            kill_agents()
        assert mine
        found = await runner.evidence(spec, [mine])
        assert found.answered
        assert found.events == (
            TextFinished(found.events[0].message_id, f"answer {number}"),  # type: ignore[union-attr]
        )


async def test_killed_between_a_text_and_the_tool_after_it(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    tool = Use("Bash", {"command": "touch made"})
    api.then(Reply(blocks=[Say("I will do it."), tool], hold_after="gate"))
    async with talking(runner.open(spec)) as talk:
        mine = await talk.prompt("x")
        await talk.until(TextFinished)
        kill_agents()
        await talk.end()

    found = await runner.evidence(spec, [mine])

    assert (found.last, found.answered) == (mine, False)


async def test_killed_while_a_tool_runs(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        mine = await talk.prompt("RUN[tail -f /dev/null]RUN")
        step = await talk.until(ToolStarted)
        await _recorded(runner, spec, mine, lambda events: bool(events))
        kill_agents()
        await talk.end()

    found = await runner.evidence(spec, [mine])

    assert (found.last, found.answered) == (mine, False)
    assert [e.call_id for e in found.events if isinstance(e, ToolStarted)] == [
        step.call_id
    ]


async def test_what_a_resumed_agent_says_itself_answers_nothing(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    """Behind an unanswered prompt it puts "No response requested."."""
    async with talking(runner.open(spec)) as talk:
        mine = await talk.prompt("HOLD[gate] SAY[never said]")
        await talk.until(TextDelta)
        kill_agents()
        await talk.end()
    async with talking(runner.open(spec)) as talk:
        after = await talk.turn("SAY[and now]")
    assert after.turn

    found = await runner.evidence(spec, [mine])
    assert (found.last, found.answered, found.events) == (mine, False, ())

    both = await runner.evidence(spec, [mine, after.turn])
    assert (both.last, both.answered) == (after.turn, True)


@pytest.mark.parametrize("order", ["FAIL[400]", "FAIL[403]"])
async def test_an_error_of_the_service_answers_nothing(
    runner: ClaudeRunner, spec: SessionSpec, order: str
) -> None:
    async with runner.open(spec) as session:
        mine = (await Talk(session).turn(order)).turn
    assert mine

    found = await runner.evidence(spec, [mine])

    assert (found.last, found.answered, found.events) == (mine, False, ())


async def test_an_interrupted_turn_is_not_answered(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        mine = await talk.prompt("HOLD[gate] SAY[half a sentence]")
        await talk.until(TextDelta)
        await talk.session.interrupt()
        await talk.finished(mine)

    assert not (await runner.evidence(spec, [mine])).answered


async def test_words_slipped_into_a_turn_are_found(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    steered = str(uuid.uuid4())
    async with talking(runner.open(spec)) as talk:
        mine = await talk.prompt(f"RUN[{UNTIL.format('go')}]RUN")
        await talk.until(ToolStarted)
        await talk.session.steer(Prompt(uuid=steered, text="and be brief"))
        await talk.read()
        (spec.workspace / "go").touch()
        await talk.finished(mine)

    found = await runner.evidence(spec, [mine, steered])

    assert (found.last, found.answered) == (steered, True)


async def test_a_background_task_that_speaks_up_later_changes_nothing(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        mine = (await talk.turn(f"BACK[{UNTIL.format('go')}]BACK")).turn
        (spec.workspace / "go").touch()
        await talk.finished(None)
    assert mine

    found = await runner.evidence(spec, [mine])

    assert found.answered
    [said] = [e for e in found.events if isinstance(e, TextFinished)]
    assert said.text.startswith("Tool said: Command running in background")


@pytest.mark.parametrize("name", ["context", "compact", "mine"])
async def test_a_command_of_the_agents_own_is_answered_once_it_has_run(
    runner: ClaudeRunner, spec: SessionSpec, home: Path, name: str
) -> None:
    commands = home / ".claude" / "commands"
    commands.mkdir(parents=True)
    (commands / "mine.md").write_text("SAY[custom $ARGUMENTS]")
    command = Prompt(uuid=str(uuid.uuid4()), text="", command=name)
    async with talking(runner.open(spec)) as talk:
        before = (await talk.turn("SAY[before]")).turn
        assert before
        await talk.session.prompt(command)
        await talk.finished(command.uuid)
        spoken = talk.all(TextFinished)[1:]

    found = await runner.evidence(spec, [command.uuid])
    earlier = await runner.evidence(spec, [before])

    assert (found.last, found.answered) == (command.uuid, True)
    assert [e.text for e in found.events if isinstance(e, TextFinished)] == [
        e.text for e in spoken
    ]
    assert earlier.answered


async def test_words_that_got_a_turn_in_common_are_found_by_each_of_their_ids(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    late = [str(uuid.uuid4()), str(uuid.uuid4())]
    async with talking(runner.open(spec)) as talk:
        mine = await talk.prompt("HOLD[gate] WORDS[30]")
        await talk.until(TextDelta)
        for id_ in late:
            await talk.session.steer(Prompt(uuid=id_, text=f"SAY[and {id_}]"))
        await talk.read()
        api.release("gate")
        await talk.finished(mine)
        await talk.finished(late[0])

    for id_ in late:
        found = await runner.evidence(spec, [id_])
        assert (found.last, found.answered) == (id_, True)


@pytest.mark.parametrize(
    "name", ["café 😀 x", "dots.and_lines", "L" * 120 + "/" + "M" * 120]
)
async def test_the_record_is_found_whatever_the_workspace_is_called(
    runner: ClaudeRunner, tmp_path: Path, name: str
) -> None:
    workspace = tmp_path / name
    workspace.mkdir(parents=True)
    spec = SessionSpec(session_id=str(uuid.uuid4()), workspace=workspace)
    async with runner.open(spec) as session:
        mine = (await Talk(session).turn("SAY[hi]")).turn
    assert mine

    assert (await runner.evidence(spec, [mine])).answered


async def _recorded(
    runner: ClaudeRunner,
    spec: SessionSpec,
    prompt: str,
    enough: Callable[[tuple[object, ...]], bool],
) -> None:
    async with asyncio.timeout(10):
        while not enough((await runner.evidence(spec, [prompt])).events):
            await asyncio.sleep(0.01)
