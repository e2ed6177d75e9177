"""`parley doctor` tries the sandbox of each project, and says where there is none."""

import io
import json
from pathlib import Path

import pytest

from bot import config, doctor
from runner.base import Sandbox, SessionSpec
from runner.errors import AgentUnsuitable
from runner.rehearsal import rehearse
from tests.claude_cli import api_key_environment, claude_binary
from tests.messages_api import FakeMessages


async def test_each_project_is_tried_or_said_to_be_open(
    tmp_path: Path,
    home: Path,
    api: FakeMessages,
    bubblewrap: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "shop").mkdir()
    file = tmp_path / "config.toml"
    env = json.dumps(dict(api_key_environment(api.url))).replace('": ', '" = ')
    file.write_text(
        f"""
        [agents.claude]
        command = ["{claude_binary()}"]
        billing = "api_key"
        env = {env}
        [projects.default]
        path = "{tmp_path / "shop"}"
        sandbox = "bubblewrap"
        [projects.open]
        path = "{tmp_path / "shop"}"
        [store]
        path = "{tmp_path / "state/parley.db"}"
        """
    )
    file.chmod(0o600)

    out = io.StringIO()
    await doctor.examine(config.load(file), out)

    lines = [line for line in out.getvalue().splitlines() if "sandbox of" in line]
    assert lines[0].startswith("✓ sandbox of default: bubblewrap; the agent starts")
    assert lines[1].startswith("✓ sandbox of open: not sandboxed")
    assert list((tmp_path / "shop").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ("--bind / /", "agent-sandbox-leaks"),
        ("--ro-bind / /", "agent-sandbox-refused"),
    ],
)
async def test_a_sandbox_that_does_not_hold_is_found(
    spec: SessionSpec,
    tmp_path: Path,
    bubblewrap: None,
    monkeypatch: pytest.MonkeyPatch,
    options: str,
    key: str,
) -> None:
    """A `bwrap` that lets everything through, and one that lets nothing."""
    program = tmp_path / "bin/bwrap"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\n'
        f'exec /usr/bin/bwrap {options} --ro-bind /etc /etc --chdir "$PWD" "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    env = {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    caged = SessionSpec(
        session_id=spec.session_id, workspace=spec.workspace, sandbox=Sandbox()
    )

    with pytest.raises(AgentUnsuitable, match=key):
        await rehearse(caged, env, state=tmp_path / "state")
