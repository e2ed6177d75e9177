"""A session in the sandbox lives as any other does: from its start to its end."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from runner.base import ProcessLimits, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.process import Patience
from tests.messages_api import FakeMessages
from tests.runner.talk import Talk, eventually

MB = 1_000_000

HELLO = """\
#!/bin/sh
read -r line
id=$(printf %s "$line" | sed 's/.*"request_id": *"\\([^"]*\\)".*/\\1/')
body='"subtype":"success","request_id":"'$id'","response":{}'
echo '{"type":"control_response","response":{'$body'}}'
"""
#: Listens to signals only, and does so before it says hello.
DEAF = f"""#!/bin/sh
trap 'echo INT >> signals' INT
trap 'echo TERM >> signals; exit 0' TERM
{HELLO}
while :; do sleep 0.02; done
"""
#: Needs far too much memory for its first turn.
GREEDY = f"""{HELLO}
read -r prompt
words=$(head -c 300000000 /dev/zero | tr '\\0' a)
sleep 60
"""


@pytest.fixture
def scripted(tmp_path: Path, home: Path) -> Callable[[str], ClaudeRunner]:
    """A runner of a shell script, which is found outside of the system's folders."""

    def make(script: str) -> ClaudeRunner:
        program = home / "bin/agent"
        program.parent.mkdir()
        program.write_text(script)
        program.chmod(0o755)
        return ClaudeRunner(
            [str(program)],
            billing="subscription",
            env={},
            environ={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            state=tmp_path / "state",
            patience=Patience(result=0.1, eof=0.3, sigint=0.3, sigterm=5),
        )

    return make


async def test_a_session_is_resumed_with_what_was_said(
    runner: ClaudeRunner, caged: SessionSpec, api: FakeMessages
) -> None:
    async with runner.open(caged) as session:
        talk = Talk(session)
        plum = await talk.prompt("remember the plum")
        first = await talk.finished(plum)
    async with runner.open(replace(caged, begun=True)) as session:
        second = await Talk(session).turn("and the fig")

    assert (first.stop_reason, second.stop_reason) == ("end_turn", "end_turn")
    assert "remember the plum" in api.requests[-1].everything
    evidence = await runner.evidence(caged, [plum])
    assert (evidence.last, evidence.answered) == (plum, True)


async def test_edits_can_be_taken_back_after_a_restart(
    runner: ClaudeRunner, caged: SessionSpec
) -> None:
    note = caged.workspace / "note.txt"
    note.write_text("before")
    async with runner.open(caged) as session:
        talk = Talk(session)
        await talk.turn(f"READ[{note}]")
        prompt = str(uuid.uuid4())
        await talk.turn(f"WRITE[{note}]", id_=prompt)
        written = note.read_text()
    async with runner.open(replace(caged, begun=True)) as session:
        done = await session.rewind(prompt, dry_run=False)

    assert written == "hello\n"
    assert done.possible
    assert note.read_text() == "before"


async def test_an_interrupt_stops_the_turn_and_its_tool(
    runner: ClaudeRunner, caged: SessionSpec
) -> None:
    async with runner.open(caged) as session:
        talk = Talk(session)
        id_ = await talk.prompt("RUN[touch began; sleep 300]RUN")
        await eventually((caged.workspace / "began").exists)
        await session.interrupt()
        end = await talk.finished(id_)
        await eventually(lambda: not named(session.pid, "sleep"))

    assert end.stop_reason == "interrupted"


async def test_signals_of_the_orderly_end_reach_the_agent(
    scripted: Callable[[str], ClaudeRunner], caged: SessionSpec
) -> None:
    async with scripted(DEAF).open(caged):
        pass

    assert (caged.workspace / "signals").read_text().split() == ["INT", "TERM"]


async def test_nothing_is_left_when_the_session_is_closed(
    runner: ClaudeRunner, caged: SessionSpec
) -> None:
    async with runner.open(caged) as session:
        await Talk(session).turn("RUN[setsid sleep 301 & touch began]RUN")
        await eventually(lambda: bool(named(session.pid, "sleep")))
        tree = psutil.Process(session.pid).children(recursive=True)
        assert "sleep" in {process.name() for process in tree}

    await eventually(lambda: not any(map(alive, tree)))


async def test_nothing_is_left_when_the_supervisor_is_killed(
    runner: ClaudeRunner, caged: SessionSpec
) -> None:
    async with runner.open(caged) as session:
        talk = Talk(session)
        await talk.turn("RUN[setsid sleep 302 & touch began]RUN")
        await eventually(lambda: bool(named(session.pid, "sleep")))
        supervisor = psutil.Process(session.pid)
        tree = supervisor.children(recursive=True)
        assert "sleep" in {process.name() for process in tree}
        supervisor.kill()
        await talk.end()
        await eventually(lambda: not any(map(alive, tree)))


async def test_a_tool_beyond_a_limit_dies_alone(
    runner: ClaudeRunner, caged: SessionSpec
) -> None:
    limits = ProcessLimits(memory_bytes=900 * MB, file_bytes=20 * MB)
    async with runner.open(replace(caged, limits=limits)) as session:
        talk = Talk(session)
        await talk.turn("RUN[head -c 30M /dev/zero > big; echo $? > code]RUN")
        hungry = await talk.turn("RUN[head -c 1500M /dev/zero | tail; echo gone]RUN")

    assert (caged.workspace / "big").stat().st_size == 20 * MB
    assert (caged.workspace / "code").read_text() == "153\n"  # of SIGXFSZ
    assert hungry.stop_reason == "end_turn"


async def test_an_agent_beyond_its_memory_ends_its_turn_for_that_reason(
    scripted: Callable[[str], ClaudeRunner], caged: SessionSpec
) -> None:
    limited = replace(caged, limits=ProcessLimits(memory_bytes=150 * MB))
    async with scripted(GREEDY).open(limited) as session:
        end = await Talk(session).turn("go")

    assert (end.stop_reason, end.limit, end.detail) == ("limit", "process", "memory")


def named(pid: int, name: str) -> list[psutil.Process]:
    tree = psutil.Process(pid).children(recursive=True)
    return [process for process in tree if alive(process) and process.name() == name]


def alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
