"""What the sandbox refuses to be, and what cannot widen it. Nothing is started."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import Sandbox, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.errors import AgentUnsuitable
from runner.sandbox import wrapped

#: Arguments: the command line that a session gets.
Line = Callable[[SessionSpec], Sequence[str]]


@pytest.fixture
def line(
    tmp_path: Path, home: Path, spec: SessionSpec, monkeypatch: pytest.MonkeyPatch
) -> Line:
    """With a `bwrap` on the path that is never run."""
    program = tmp_path / "bin/bwrap"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}

    def make(given: SessionSpec) -> Sequence[str]:
        caged = given if given.sandbox else replace(given, sandbox=Sandbox())
        return wrapped(["/bin/sh", "-p"], caged, env, state=tmp_path / "state")

    return make


def bound(line: Sequence[str]) -> set[str]:
    """What can be written, or read, in it."""
    options = ("--bind", "--bind-try", "--ro-bind", "--ro-bind-try")
    return {line[i + 2] for i, word in enumerate(line) if word in options}


def test_without_a_sandbox_the_command_is_as_it_was(
    spec: SessionSpec, tmp_path: Path
) -> None:
    assert wrapped(["a", "b"], spec, {}, state=tmp_path) == ["a", "b"]


def test_without_bubblewrap_nothing_is_started(
    spec: SessionSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(AgentUnsuitable, match="agent-sandbox-missing"):
        wrapped(["/bin/sh"], replace(spec, sandbox=Sandbox()), {}, state=tmp_path)


async def test_a_machine_that_forbids_it_is_told_of(
    line: Line, runner: ClaudeRunner, spec: SessionSpec
) -> None:
    with pytest.raises(AgentUnsuitable) as caught:
        async with runner.open(replace(spec, sandbox=Sandbox())):
            pass

    assert caught.value.phrase.key == "agent-sandbox-refused"
    assert caught.value.phrase.values == {"words": "No permissions"}


@pytest.mark.parametrize("inside", ["state", "home", "home/.claude", "config.toml"])
def test_a_workspace_that_holds_secrets_is_refused(
    line: Line, spec: SessionSpec, tmp_path: Path, inside: str
) -> None:
    wide = replace(
        spec,
        workspace=(tmp_path / inside).parent,
        sandbox=Sandbox(hidden=(tmp_path / "config.toml",)),
    )

    with pytest.raises(AgentUnsuitable, match="agent-sandbox-too-wide"):
        line(wide)


def test_the_home_folder_is_no_workspace(
    line: Line, spec: SessionSpec, home: Path
) -> None:
    with pytest.raises(AgentUnsuitable, match="agent-sandbox-too-wide"):
        line(replace(spec, workspace=home))


def test_a_path_whose_record_cannot_be_named_is_refused(
    line: Line, spec: SessionSpec
) -> None:
    deep = spec.workspace.joinpath(*["a" * 60] * 4)
    deep.mkdir(parents=True)

    with pytest.raises(AgentUnsuitable, match="agent-sandbox-long-path"):
        line(replace(spec, workspace=deep))


def test_a_secret_that_lies_in_what_is_seen_is_covered(
    line: Line, spec: SessionSpec, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    (shared / "keys").mkdir(parents=True)
    (shared / "token").touch()
    hidden = Sandbox(hidden=(shared / "keys", shared / "token"))

    words = line(replace(spec, readable=(shared,), sandbox=hidden))

    at = {word: i for i, word in enumerate(words)}
    assert words[at[str(shared / "keys")] - 1] == "--tmpfs"
    assert words[at[str(shared / "token")] - 1] == "/dev/null"
    assert at[str(shared)] < at[str(shared / "keys")]


@pytest.mark.parametrize(
    "named", ["{home}/.ssh/worktrees/x", "{home}", "fake/worktrees/x"]
)
def test_a_worktree_that_names_a_foreign_folder_gets_nothing(
    line: Line, spec: SessionSpec, home: Path, named: str
) -> None:
    """The agent can write that name, and everything in the workspace."""
    (home / ".ssh/worktrees/x").mkdir(parents=True)
    (spec.workspace / ".git").write_text(f"gitdir: {named.format(home=home)}\n")
    fake = spec.workspace / "fake/worktrees/x"
    fake.mkdir(parents=True)
    (fake / "gitdir").write_text(str(spec.workspace / ".git"))
    (fake / "commondir").write_text(str(home / ".ssh"))

    seen = bound(line(spec))

    assert not {path for path in seen if ".ssh" in path or "fake" in path}
    assert str(home) not in seen


def test_a_record_that_became_a_link_is_not_followed(
    line: Line, spec: SessionSpec, tmp_path: Path, home: Path
) -> None:
    link = home / ".claude/projects/-other/record.jsonl"
    link.parent.mkdir(parents=True)
    link.symlink_to(home / ".ssh")
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    caged = replace(spec, sandbox=Sandbox())

    words = wrapped(["/bin/sh"], caged, env, state=tmp_path / "s", elsewhere=link)

    assert str(link) not in words
