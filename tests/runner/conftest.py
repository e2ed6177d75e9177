import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.demo_runner import COMMAND, demo_runner
from runner.leftovers import Marks
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.messages_api import FakeMessages
from tests.runner.bridge import FAKE, Bridge, Bridges, Fakes
from tests.runner.relay import Relay


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


@pytest.fixture
async def relay(
    tmp_path: Path,
    home: Path,
    api: FakeMessages,
    spec: SessionSpec,
    runner: ClaudeRunner,
) -> AsyncIterator[Relay]:
    """Its runs have the real `claude`; they end, with what they left."""
    first = {
        "command": [str(claude_binary())],
        "billing": "api_key",
        "env": api_key_environment(api.url),
        "environ": parent_environment(home),
        "state": str(tmp_path / "state"),
        "session_id": spec.session_id,
        "workspace": str(spec.workspace),
    }
    relay = Relay(first, runner, spec)
    yield relay
    await relay.end()


@pytest.fixture
def new_demo(tmp_path: Path, home: Path) -> Callable[[float], ClaudeRunner]:
    """A runner whose agent takes so many seconds for a word."""

    def make(pace_s: float) -> ClaudeRunner:
        return demo_runner(
            environ=parent_environment(home),
            state=tmp_path / "state",
            command=(*COMMAND, f"--pace={pace_s}"),
        )

    return make


@pytest.fixture
def demo(new_demo: Callable[[float], ClaudeRunner]) -> ClaudeRunner:
    return new_demo(0)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def fakes(state: Path, home: Path) -> Fakes:
    """Makes runners of a fake agent that behaves as told (`tests.fake_agent`)."""

    def make(*mode: str, **more: Any) -> ClaudeRunner:
        return ClaudeRunner(
            [sys.executable, str(FAKE), *mode],
            billing="subscription",
            env={},
            environ={"HOME": str(home), "PATH": os.environ["PATH"]},
            state=state,
            **more,
        )

    return make


@pytest.fixture
async def bridges(state: Path, home: Path, spec: SessionSpec) -> AsyncIterator[Bridges]:
    """Starts a bridge with a fake agent that behaves as told."""
    started: list[Bridge] = []

    async def start(mode: str = "answer", **more: Any) -> Bridge:
        bridge = await Bridge.start(
            command=[sys.executable, str(FAKE), *mode.split()],
            billing="subscription",
            env={},
            environ={"HOME": str(home), "PATH": os.environ["PATH"]},
            state=str(state),
            session_id=spec.session_id,
            workspace=str(spec.workspace),
            **more,
        )
        started.append(bridge)
        return bridge

    yield start
    for bridge in started:
        bridge.thaw()
        await bridge.kill()
    await asyncio.to_thread(Marks(state).sweep)
