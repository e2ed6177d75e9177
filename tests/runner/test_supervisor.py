"""A supervisor whose bridge freezes, is late, is another's, or never comes."""

import asyncio
import os
import resource
import stat
import uuid
from pathlib import Path

import psutil
import pytest

from runner import wire
from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.cli import Refused
from runner.events import TurnFinished
from tests.runner.bridge import Bridges, Fakes
from tests.runner.supervised import attach, home_of, over
from tests.runner.talk import Talk, eventually, talking


@pytest.fixture
def runner(fakes: Fakes) -> ClaudeRunner:
    return fakes("answer")


async def test_the_agent_of_a_frozen_bridge_ends_at_once(bridges: Bridges) -> None:
    bridge = await bridges()
    [agent] = psutil.Process(bridge.supervisor).children()
    bridge.freeze()

    await eventually(lambda: over(agent.pid), within_s=wire.SILENCE_S + 4)

    await eventually(lambda: over(bridge.supervisor))


async def test_a_bridge_that_is_late_finds_its_agent_taken(
    bridges: Bridges, state: Path
) -> None:
    await bridges()
    newer = await attach(state, claim=7)
    assert newer.pid

    with pytest.raises(Refused, match="claim"):
        await attach(state, claim=6)
    assert not home_of(state).takes(6)
    assert home_of(state).takes(7)

    await newer.detach()


async def test_one_that_is_replaced_does_not_touch_the_agent(
    bridges: Bridges, state: Path
) -> None:
    bridge = await bridges()
    newer = await attach(state, claim=7)

    await bridge.until("SessionEnded")
    await bridge.kill()

    assert not over(bridge.supervisor)
    await newer.detach()


async def test_a_bridge_of_another_version_is_refused(
    bridges: Bridges, state: Path
) -> None:
    await bridges()

    with home_of(state).connect() as connection:
        connection.sendall(b"take 98,99 7\n")
        assert connection.recv(100) == b"no version\n"


async def test_unclaimed_an_idle_agent_ends(bridges: Bridges, state: Path) -> None:
    bridge = await bridges(unclaimed_s=2)
    await bridge.kill()

    await eventually(lambda: over(bridge.supervisor))

    assert list((state / "agents").iterdir()) == []


async def test_unclaimed_a_turn_finishes_and_then_it_ends(
    bridges: Bridges, spec: SessionSpec
) -> None:
    bridge = await bridges("until go", unclaimed_s=2)
    await bridge.say(prompt="work", id=str(uuid.uuid4()))
    await bridge.until("Done")
    await bridge.kill()
    with pytest.raises(TimeoutError):  # long unclaimed
        await eventually(lambda: over(bridge.supervisor), within_s=3)

    (spec.workspace / "go").touch()

    await eventually(lambda: over(bridge.supervisor))
    assert (spec.workspace / "went").exists()


async def test_unclaimed_one_that_waits_for_an_answer_ends(bridges: Bridges) -> None:
    bridge = await bridges("ask", unclaimed_s=2)
    await bridge.say(prompt="work", id=str(uuid.uuid4()))
    await bridge.until("PermissionRequested")
    await bridge.kill()

    await eventually(lambda: over(bridge.supervisor), within_s=15)


async def test_with_the_journal_full_the_agent_waits_and_nothing_is_lost(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        await talk.turn("hi")
        limit = resource.prlimit(talk.session.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(talk.session.pid, resource.RLIMIT_FSIZE, (0, limit[1]))
        turn = asyncio.create_task(talk.turn("are you there?"))
        done, _ = await asyncio.wait((turn,), timeout=0.6)
        assert not done

        resource.prlimit(talk.session.pid, resource.RLIMIT_FSIZE, limit)
        end: TurnFinished = await turn

    assert end.text == "fine"


async def test_a_long_stream_that_nobody_reads_stays_out_of_memory(
    bridges: Bridges, state: Path, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    turn = str(uuid.uuid4())
    bridge = await bridges("flood 100")
    await bridge.say(prompt="work", id=turn)
    await bridge.until("Done")
    await bridge.kill()
    [journal] = (state / "agents").glob("*/journal")
    await eventually(lambda: journal.stat().st_size > 60_000_000)
    held = psutil.Process(bridge.supervisor).memory_info().rss

    assert held < 40_000_000
    assert journal.stat().st_size < 70_000_000
    await runner.abandon(spec.session_id)
    await eventually(lambda: over(bridge.supervisor))


async def test_folders_and_files_are_private_whatever_the_umask(
    runner: ClaudeRunner, spec: SessionSpec, state: Path
) -> None:
    before = os.umask(0)
    try:
        async with runner.open(spec):
            [folder] = (state / "agents").iterdir()
            modes = {
                stat.S_IMODE(path.stat().st_mode)
                for path in folder.iterdir()
                if not path.is_socket()
            }
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
            assert modes == {0o600}
    finally:
        os.umask(before)


async def test_a_long_path_is_no_obstacle(
    bridges: Bridges, tmp_path: Path, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    deep = tmp_path / ("x" * 120) / "state"
    far = ClaudeRunner(
        runner._command,
        billing="subscription",
        env={},
        environ=runner._environ,
        state=deep,
    )
    async with far.open(spec) as session:
        home = home_of(deep)
        assert home.takes(9)
        assert (await Talk(session).turn("hi")).text == "fine"
