"""Processes that use more than they may, and what becomes of the turn."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import ProcessLimits, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.errors import AgentUnsuitable
from runner.events import TurnFinished
from tests.runner.bridge import Fakes
from tests.runner.talk import Talk, talking

MB = 1_000_000
LIMITS = ProcessLimits(cpu_s=1, memory_bytes=150 * MB, file_bytes=MB)
ALONE = {
    "cpu": ProcessLimits(cpu_s=1),
    "memory": ProcessLimits(memory_bytes=150 * MB),
    "file": ProcessLimits(file_bytes=MB),
}


@pytest.mark.parametrize("what", ["cpu", "memory", "file"])
async def test_an_agent_beyond_a_limit_ends_its_turn_for_that_reason(
    fakes: Fakes, spec: SessionSpec, what: str
) -> None:
    async with talking(fakes("waste", what).open(replace(spec, limits=LIMITS))) as talk:
        end = await talk.turn("go")
        last = await talk.end()

    assert (end.stop_reason, end.limit, end.detail) == ("limit", "process", what)
    assert end.cause is None
    assert not last.expected


@pytest.mark.parametrize(
    ("what", "status"), [("cpu", "-24"), ("memory", "-9"), ("file", "-25")]
)
async def test_a_tool_beyond_a_limit_dies_alone(
    fakes: Fakes, spec: SessionSpec, what: str, status: str
) -> None:
    limited = replace(spec, limits=ALONE[what])
    async with talking(fakes("tool", what).open(limited)) as talk:
        end = await talk.turn("go")

    assert (end.stop_reason, end.text) == ("end_turn", status)


async def test_without_limits_nothing_is_limited(
    fakes: Fakes, spec: SessionSpec
) -> None:
    async with fakes("answer").open(spec) as session:
        [agent] = children(session.pid)
        limits = Path(f"/proc/{agent}/limits").read_text()
        assert (await Talk(session).turn("hi")).text == "fine"

    assert "Max cpu time              unlimited" in limits
    assert "Max file size             unlimited" in limits


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


async def test_a_limit_below_what_the_agent_itself_needs_is_told_at_the_start(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    tight = replace(spec, limits=ProcessLimits(file_bytes=10))

    with pytest.raises(AgentUnsuitable, match="agent-start-limit"):
        async with runner.open(tight):
            pass


async def test_tools_of_the_real_agent_die_alone_and_it_hears_of_it(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    limits = ProcessLimits(memory_bytes=700 * MB, file_bytes=20 * MB)
    hold = "import time; held = b'x' * 800_000_000; time.sleep(60)"
    async with talking(runner.open(replace(spec, limits=limits))) as talk:
        file: TurnFinished = await talk.turn(
            "RUN[head -c 30000000 /dev/zero > large; echo ended $?]RUN"
        )
        memory: TurnFinished = await talk.turn(
            f'RUN[{sys.executable} -c "{hold}"; echo ended $?]RUN'
        )
        after = await talk.turn("SAY[still here]")

    assert "File size limit exceeded" in file.text
    assert "ended 153" in file.text  # SIGXFSZ
    assert "ended 137" in memory.text  # SIGKILL
    assert after.text == "still here"
