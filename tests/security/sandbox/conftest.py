"""The real `claude` in the real sandbox. Where there can be none, these are skipped."""

import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import TypeAlias

import pytest

from runner.base import Sandbox, SessionSpec
from runner.claude_runner import ClaudeRunner
from tests.runner import conftest as agents
from tests.runner.talk import Talk

api, home, workspace, spec = agents.api, agents.home, agents.workspace, agents.spec
new_runner, runner = agents.new_runner, agents.runner

#: Runs a script as the agent's Bash tool does; what it printed.
Shell: TypeAlias = Callable[[str], Awaitable[str]]


def why_not() -> str:
    """Why there can be no sandbox here; "": there can."""
    if shutil.which("bwrap") is None:
        return "NO SANDBOX TESTED: bubblewrap is not installed (apt install bubblewrap)"
    tried = subprocess.run(
        ["bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/", "true"],
        capture_output=True,
        check=False,
        text=True,
    )
    if tried.returncode:
        return f"NO SANDBOX TESTED: this machine forbids it ({tried.stderr.strip()})"
    return ""


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    if why := why_not():
        pytest.skip(why)


@pytest.fixture
def caged(spec: SessionSpec, bubblewrap: None) -> SessionSpec:
    """A session in a sandbox, whose tools need no permission."""
    return replace(spec, sandbox=Sandbox(), allowed_tools=("Bash", "Write", "Edit"))


@pytest.fixture
def shell(
    runner: ClaudeRunner,
) -> Callable[[SessionSpec], AbstractAsyncContextManager[Shell]]:
    """The shell of an agent that is started for it."""

    @asynccontextmanager
    async def open_(spec: SessionSpec) -> AsyncIterator[Shell]:
        async with runner.open(spec) as session:
            talk = Talk(session)

            async def run(script: str) -> str:
                (spec.workspace / "do.sh").write_text(script)
                await talk.turn("RUN[sh do.sh > said 2>&1]RUN")
                return (spec.workspace / "said").read_text()

            yield run

    return open_
