"""Supervisors that fail, and bridges and agents that are gone too soon."""

import asyncio
import socket
import stat
from pathlib import Path
from typing import cast

import psutil
import pytest
from structlog.testing import capture_logs

from runner import wire
from runner.base import SessionSpec
from runner.bridge import CHUNK
from runner.claude_runner import ClaudeRunner
from runner.cli import AT_ONCE, CaughtUp, Pipes
from runner.errors import AgentKilled
from runner.process import SUPERVISOR
from tests.runner.bridge import Bridges, Fakes
from tests.runner.supervised import home_of, over
from tests.runner.talk import Talk, eventually


@pytest.fixture
def runner(fakes: Fakes) -> ClaudeRunner:
    return fakes("answer")


async def test_one_that_fails_leaves_its_last_words_to_the_log(
    runner: ClaudeRunner, spec: SessionSpec, state: Path
) -> None:
    with capture_logs() as logs:
        async with runner.open(spec) as session:
            session._pipes._send(wire.frame(wire.END, b"soon"))
            end = await Talk(session).end()

    assert not end.expected
    [failed] = [entry for entry in logs if entry["event"] == "supervisor.failed"]
    assert failed["log_level"] == "error"
    assert "Traceback" in failed["words"]
    assert "could not convert string to float" in failed["words"]
    assert list((state / "agents").iterdir()) == []


async def test_unclaimed_its_last_words_wait_for_the_next_run(
    bridges: Bridges, runner: ClaudeRunner, state: Path
) -> None:
    bridge = await bridges()
    with home_of(state).connect() as newer:
        newer.sendall(b"take 1 7\n" + wire.frame(wire.END, b"soon"))
        await eventually(lambda: over(bridge.supervisor))
    await bridge.kill()
    words = home_of(state).folder / "last-words"
    assert stat.S_IMODE(words.stat().st_mode) == 0o600

    with capture_logs() as logs:
        await runner.sweep()

    assert "supervisor.failed" in [entry["event"] for entry in logs]
    assert list((state / "agents").iterdir()) == []


async def test_what_a_bridge_sent_as_it_died_is_given_once(
    bridges: Bridges, state: Path
) -> None:
    bridge = await bridges()
    supervisor = psutil.Process(bridge.supervisor)
    first, rest = b'{"type": "first"}\n', b'{"type": "%b"}\n' % (b"x" * CHUNK)
    with home_of(state).connect() as dying:
        dying.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CHUNK)
        dying.sendall(b"take 1 7\n")
        assert dying.recv(wire.GREETING).startswith(b"welcome")
        supervisor.suspend()
        dying.sendall(wire.line(b"{}", first) + wire.line(b"{}", rest))
    supervisor.resume()

    journal = home_of(state).folder / "journal"
    await eventually(lambda: rest in journal.read_bytes())
    assert journal.read_bytes().count(first) == 1


async def test_one_that_fails_as_it_starts_says_why(
    runner: ClaudeRunner, spec: SessionSpec, state: Path
) -> None:
    runner._unclaimed_s = cast("float", "soon")

    with pytest.raises(AgentKilled) as raised:
        async with runner.open(spec):
            pass

    assert "could not convert string to float: 'soon'" in str(raised.value)
    assert list((state / "agents").iterdir()) == []


async def test_an_agent_that_says_more_than_we_can_read_lets_others_go_on() -> None:
    theirs, ours = socket.socketpair()
    line = b'{"a":"' + b"b" * 1_000 + b'"}\n'
    said = b"".join(wire.record(wire.SAID, line, 0) for _ in range(4_000))
    pipes = Pipes(ours)
    heard = [0]  # between two turns of somebody else

    async def listen() -> None:
        async for _ in pipes.told():
            heard[-1] += 1

    with theirs:
        welcome = b"welcome 1 7 0 0 0\n"
        sending = asyncio.create_task(asyncio.to_thread(theirs.sendall, welcome + said))
        await pipes.attach(1)
        listening = asyncio.create_task(listen())
        while sum(heard) < 4_000:
            heard.append(0)
            await asyncio.sleep(0)
        await sending

    assert max(heard) <= AT_ONCE // len(line) + 2
    await pipes.detach()
    await listening


async def test_an_agent_that_is_gone_at_once_is_told_of_all_the_same(
    tmp_path: Path,
) -> None:
    theirs, ours = socket.socketpair()
    told = (tmp_path / "home", tmp_path, 1, 600, 1 << 20, "0,0,0")
    (tmp_path / "home").mkdir()
    with theirs:
        supervisor = await asyncio.create_subprocess_exec(
            *SUPERVISOR, *map(str, told), "/bin/false", stdin=theirs.fileno()
        )
    await eventually((tmp_path / "home" / "journal").exists)
    await eventually(lambda: not psutil.Process(supervisor.pid).children())

    pipes = Pipes(ours)
    await pipes.attach(1)
    assert [told async for told in pipes.told()] == [CaughtUp()]
    assert pipes.code == 1
    pipes.closed()
    await supervisor.wait()
