"""Finding what carries a mark."""

import signal
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from runner.environment import MARK
from runner.leftovers import end_marked


@pytest.fixture
def tool() -> Iterator[psutil.Popen]:
    with psutil.Popen(["sleep", "60"], env={MARK: "mine"}) as tool:
        yield tool
        with suppress(psutil.NoSuchProcess):
            tool.kill()


def test_a_process_in_the_middle_of_its_exec_is_not_missed(
    tool: psutil.Popen, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def at_first(empty: dict[str, str] | list[str], name: str) -> None:
        """As Linux tells of one that has its new memory, and nothing in it yet."""
        real = getattr(psutil.Process, name)

        def told(process: psutil.Process) -> object:
            if process.pid != tool.pid or name in looks:
                return real(process)
            looks.append(name)
            return empty

        monkeypatch.setattr(psutil.Process, name, told)

    at_first({}, "environ")
    at_first([], "cmdline")

    assert end_marked("mine".__eq__) == 1

    assert looks == ["environ", "cmdline"]
    assert tool.wait() == -signal.SIGKILL
