import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.messages_api import FakeMessages


@pytest.fixture
async def api() -> AsyncIterator[FakeMessages]:
    async with FakeMessages() as api:
        yield api


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The agent's home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


@pytest.fixture
def spec(workspace: Path) -> SessionSpec:
    return SessionSpec(session_id=str(uuid.uuid4()), workspace=workspace)


@pytest.fixture
def new_runner(
    tmp_path: Path, home: Path, api: FakeMessages
) -> Callable[[], ClaudeRunner]:
    """A runner of the real `claude`, as a Parley that was just started makes it."""

    def make() -> ClaudeRunner:
        return ClaudeRunner(
            [str(claude_binary())],
            billing="api_key",
            env=api_key_environment(api.url),
            environ=parent_environment(home),
            state=tmp_path / "state",
        )

    return make


@pytest.fixture
def runner(new_runner: Callable[[], ClaudeRunner]) -> ClaudeRunner:
    return new_runner()
