from pathlib import Path

import pytest

from adapters.language import say
from runner.errors import AgentNotFound, AgentUnsuitable
from runner.locate import locate, reachable, version
from tests.claude_cli import claude_binary


def program(path: Path, says: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_it_is_found_on_the_path(tmp_path: Path) -> None:
    claude = program(tmp_path / "bin" / "claude", "2.1.329")

    found = locate(["claude", "--x"], {"PATH": str(claude.parent), "HOME": "/nowhere"})

    assert found == [str(claude), "--x"]


@pytest.mark.parametrize(
    "place",
    [".local/bin", ".claude/local", ".bun/bin", ".nvm/versions/node/v22.1.0/bin"],
)
def test_it_is_found_where_installers_put_it(tmp_path: Path, place: str) -> None:
    claude = program(tmp_path / place / "claude", "2.1.329")

    assert locate(["claude"], {"HOME": str(tmp_path), "PATH": ""}) == [str(claude)]


def test_a_missing_one_comes_with_instructions(tmp_path: Path) -> None:
    with pytest.raises(AgentNotFound) as missing:
        locate(["claude-of-nobody"], {"HOME": str(tmp_path), "PATH": ""})
    words = say("en", missing.value.phrase.key, **missing.value.phrase.values)
    assert words.startswith("`claude-of-nobody` is not on this machine.")
    assert "claude.ai/install.sh" in words
    assert "npm install -g" in words

    with pytest.raises(AgentNotFound):
        locate([str(tmp_path / "claude")], {"HOME": str(tmp_path), "PATH": "/bin"})


def test_its_own_folder_is_on_the_path_it_gets() -> None:
    assert reachable("/bin", "/opt/node/bin/claude") == "/bin:/opt/node/bin"
    assert reachable("/bin:/usr/bin", "/bin/claude") == "/bin:/usr/bin"


async def test_the_real_one_tells_its_version() -> None:
    assert await version([str(claude_binary())], {"HOME": "/nonexistent"})


@pytest.mark.parametrize(
    ("says", "code", "problem"),
    [
        ("2.0.9 (Claude Code)", 0, "agent-too-old"),
        ("segmentation fault", 0, "agent-version-fails"),
        ("2.1.329", 3, "agent-version-fails"),
    ],
)
async def test_an_unsuitable_one_is_refused(
    tmp_path: Path, says: str, code: int, problem: str
) -> None:
    claude = program(tmp_path / "claude", says, code)

    with pytest.raises(AgentUnsuitable, match=problem):
        await version([str(claude)], {"PATH": "/usr/bin:/bin"})


async def test_half_of_an_update_is_no_program(tmp_path: Path) -> None:
    claude = tmp_path / "claude"
    claude.write_bytes(b"\x7fELF half of it")
    claude.chmod(0o755)

    with pytest.raises(AgentUnsuitable, match="Exec format error"):
        await version([str(claude)], {"PATH": "/usr/bin:/bin"})
