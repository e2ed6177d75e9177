"""Starting and ending, with a fake agent that misbehaves."""

import asyncio
import gc
import os
import signal
import sys
from functools import partial
from pathlib import Path

import psutil
import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.errors import AgentNotFound, AgentUnsuitable, RunnerError, WorkspaceMissing
from runner.events import SessionEnded, TurnFinished
from runner.process import Patience
from tests.runner.bridge import FAKE, Fakes
from tests.runner.supervised import over
from tests.runner.talk import Talk, eventually, talking

IMPATIENT = Patience(result=0.1, eof=0.1, sigint=0.1, sigterm=0.1)


@pytest.fixture
def fakes(fakes: Fakes) -> Fakes:
    return partial(fakes, patience=IMPATIENT)


def children() -> set[int]:
    """Ours, zombies included."""
    return {process.pid for process in psutil.Process().children()}


def open_files() -> int:
    return psutil.Process().num_fds()


async def tool_of(spec: SessionSpec) -> int:
    tool = spec.workspace / "tool"
    await eventually(lambda: tool.exists() and bool(tool.read_text()))
    return int(tool.read_text())


async def test_thirty_sessions_leave_nothing_open(
    fakes: Fakes, spec: SessionSpec
) -> None:
    runner = fakes("answer")
    async with runner.open(spec) as session:
        await Talk(session).turn("warm up")
    gc.collect()
    files, before = open_files(), children()

    for _ in range(30):
        async with runner.open(spec) as session:
            assert (await Talk(session).turn("hi")).text == "fine"

    gc.collect()
    assert open_files() <= files
    assert children() == before
    assert [t for t in asyncio.all_tasks() if t is not asyncio.current_task()] == []


async def test_a_stubborn_agent_is_ended_all_the_same(
    fakes: Fakes, spec: SessionSpec
) -> None:
    before = children()
    async with fakes("stubborn").open(spec) as session:
        await Talk(session).turn("hi")
        assert children() != before

    assert children() == before


async def test_being_cancelled_twice_leaks_no_process(
    fakes: Fakes, spec: SessionSpec
) -> None:
    before, opened = children(), asyncio.Event()

    async def hold() -> None:
        async with fakes("stubborn").open(spec):
            opened.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await opened.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert children() == before


async def test_cancelled_while_it_starts(fakes: Fakes, spec: SessionSpec) -> None:
    before = children()

    async def hold() -> None:
        async with fakes("mute").open(spec):
            raise AssertionError("it never greets")

    task = asyncio.create_task(hold())
    await eventually(lambda: children() != before)
    task.cancel()
    await asyncio.wait([task])

    assert children() == before


async def test_what_it_started_ends_with_it(fakes: Fakes, spec: SessionSpec) -> None:
    async with fakes("litter").open(spec):
        tool = await tool_of(spec)
        assert not over(tool)

    assert over(tool)


async def test_a_killed_supervisor_takes_the_agent_and_its_tools_along(
    fakes: Fakes, spec: SessionSpec
) -> None:
    before = children()
    async with fakes("litter").open(spec) as session:
        tool = await tool_of(spec)
        [supervisor] = children() - before
        [agent] = [p.pid for p in psutil.Process(supervisor).children()]
        os.kill(supervisor, signal.SIGKILL)
        assert not (await Talk(session).end()).expected

    assert over(agent)
    assert over(tool)
    assert children() == before


async def test_an_exit_at_once_is_explained_in_its_own_words(
    fakes: Fakes, spec: SessionSpec
) -> None:
    with pytest.raises(RunnerError, match="no such option"):
        async with fakes("refuse").open(spec):
            pass


async def test_a_crash_in_the_middle_of_a_line_ends_the_turn(
    fakes: Fakes, spec: SessionSpec
) -> None:
    async with talking(fakes("burst").open(spec)) as talk:
        end = await talk.turn("hi")
        last = await talk.end()

    assert (end.stop_reason, end.cause, end.detail) == (
        "failed",
        "crash",
        "out of luck",
    )
    assert last == SessionEnded("out of luck", expected=False)
    assert talk.heard[-2:] == [end, last]


async def test_a_prompt_to_one_that_is_gone_raises_nothing(
    fakes: Fakes, spec: SessionSpec
) -> None:
    async with talking(fakes("burst").open(spec)) as talk:
        assert isinstance(await talk.turn("x" * 1_000_000), TurnFinished)
        await talk.end()
        await talk.prompt("too late")


async def test_a_hidden_key_is_refused_before_it_costs(
    fakes: Fakes, spec: SessionSpec
) -> None:
    with pytest.raises(AgentUnsuitable, match="agent-would-bill-key"):
        async with fakes("key").open(spec):
            pass


async def test_a_missing_workspace_and_a_missing_agent_are_told_apart(
    fakes: Fakes, spec: SessionSpec, tmp_path: Path, home: Path
) -> None:
    gone = SessionSpec(session_id=spec.session_id, workspace=tmp_path / "gone")
    with pytest.raises(WorkspaceMissing, match="agent-workspace-missing"):
        async with fakes("answer").open(gone):
            pass

    missing = ClaudeRunner(
        ["claude-of-nobody"],
        billing="subscription",
        env={},
        environ={"HOME": str(home), "PATH": ""},
        state=tmp_path / "state",
    )
    with pytest.raises(AgentNotFound, match="agent-not-found"):
        async with missing.open(spec):
            pass


# --- another process, which is killed ---------------------------------------------

BRIDGE = """
import asyncio, os, sys
from pathlib import Path
from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner

async def main() -> None:
    fake, state, workspace, session_id = sys.argv[1:]
    runner = ClaudeRunner(
        [sys.executable, fake, "litter"],
        billing="subscription", env={}, environ=dict(os.environ), state=Path(state),
    )
    spec = SessionSpec(session_id=session_id, workspace=Path(workspace))
    async with runner.open(spec):
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def bridge(
    spec: SessionSpec, tmp_path: Path, home: Path
) -> asyncio.subprocess.Process:
    """Another Parley with the same state folder, and an agent with a tool."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BRIDGE, str(FAKE), str(tmp_path / "state")),
        *(str(spec.workspace), spec.session_id),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
    )
    assert process.stdout
    while await process.stdout.readline() != b"open\n":
        pass  # its log
    return process


async def test_what_a_killed_bridge_left_ends_when_nobody_can_take_it_up(
    bridge: asyncio.subprocess.Process, spec: SessionSpec, fakes: Fakes, tmp_path: Path
) -> None:
    tool = await tool_of(spec)
    family = [p.pid for p in psutil.Process(bridge.pid).children(recursive=True)]
    assert len(family) == 3  # the supervisor, the agent, the tool
    bridge.kill()
    await bridge.communicate()
    [socket] = (tmp_path / "state" / "agents").glob("*/socket")
    socket.unlink()

    assert await fakes("answer").sweep() == 3

    assert all(map(over, [*family, tool]))
    assert list((tmp_path / "state" / "agents").iterdir()) == []


async def test_a_sweep_ends_what_even_the_supervisor_could_not(
    bridge: asyncio.subprocess.Process, spec: SessionSpec, fakes: Fakes
) -> None:
    tool = await tool_of(spec)
    [supervisor] = psutil.Process(bridge.pid).children()
    bridge.send_signal(signal.SIGSTOP)  # it notices nothing
    supervisor.kill()
    bridge.kill()
    await bridge.communicate()
    assert not over(tool)

    assert await fakes("answer").sweep() >= 1

    assert over(tool)
    assert await fakes("answer").sweep() == 0


async def test_a_sweep_spares_another_living_parley(
    bridge: asyncio.subprocess.Process, spec: SessionSpec, fakes: Fakes
) -> None:
    tool = await tool_of(spec)

    assert await fakes("answer").sweep() == 0

    assert not over(tool)
    bridge.kill()
    await bridge.communicate()
    await fakes("answer").abandon(spec.session_id)
    await eventually(lambda: over(tool))


async def test_a_sweep_spares_our_own(fakes: Fakes, spec: SessionSpec) -> None:
    runner = fakes("litter")
    async with runner.open(spec):
        tool = await tool_of(spec)
        assert await runner.sweep() == 0
        assert not over(tool)
