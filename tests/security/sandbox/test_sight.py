"""What the tools of an agent see, and what they can change, from inside."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from runner.base import Sandbox, SessionSpec
from tests.security.sandbox.conftest import Shell

Shells = Callable[[SessionSpec], AbstractAsyncContextManager[Shell]]

SECRET = "canary-7c1f"


@pytest.fixture
def secrets(tmp_path: Path, home: Path) -> list[Path]:
    """What a user of this machine has, each with the canary in it."""
    state = tmp_path / "state"
    files = [
        home / ".ssh/id_ed25519",
        home / ".aws/credentials",
        home / ".claude.json",
        home / ".claude/history.jsonl",
        home / ".claude/projects/-another/5f0c.jsonl",
        state / "parley.db",
        state / "web.token",
        state / "agents/1/journal",
        state / "conversations/8/inbox/letter.txt",
        tmp_path / "config.toml",
        tmp_path / "other-project/.env",
    ]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('{"canary": "' + SECRET + '"}\n')
    return files


@pytest.fixture
async def bystander() -> AsyncIterator[psutil.Process]:
    """A process of the same user, with a secret in its environment and its words."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "input()", f"--password={SECRET}"),
        env={**os.environ, "PASSWORD": SECRET},
        stdin=asyncio.subprocess.PIPE,
    )
    yield psutil.Process(process.pid)
    if process.returncode is None:
        process.kill()
    await process.wait()


LOOK = """
cat {files}
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n'
"""


async def test_without_a_sandbox_tools_see_what_our_user_sees(
    shell: Shells, spec: SessionSpec, secrets: list[Path], bystander: psutil.Process
) -> None:
    open_ = replace(spec, allowed_tools=("Bash",))

    async with shell(open_) as run:
        said = await run(LOOK.format(files=" ".join(map(str, secrets))))

    assert said.count(f'"{SECRET}"') == len(secrets)
    assert f"PASSWORD={SECRET}" in said
    assert f"--password={SECRET}" in said


async def test_in_a_sandbox_nothing_outside_is_there(
    shell: Shells,
    caged: SessionSpec,
    secrets: list[Path],
    bystander: psutil.Process,
    tmp_path: Path,
) -> None:
    hidden = Sandbox(hidden=(tmp_path / "config.toml",))

    async with shell(replace(caged, sandbox=hidden)) as run:
        said = await run(LOOK.format(files=" ".join(map(str, secrets))))
        pids = await run("ls -d /proc/[0-9]* | wc -l")
        await run(f"kill -9 {bystander.pid}")

    # The agent makes a ~/.claude.json of its own.
    assert said.count("No such file") == len(secrets) - 1
    assert SECRET not in said
    assert int(pids) < 12  # bubblewrap's own, the agent, its shell
    assert bystander.is_running()
    assert bystander.status() != psutil.STATUS_ZOMBIE


async def test_only_the_workspace_can_be_written(
    shell: Shells, caged: SessionSpec, secrets: list[Path], tmp_path: Path, home: Path
) -> None:
    outside: list[str | Path] = [
        "/etc/parley-was-here",
        "/usr/parley-was-here",
        "/parley-was-here",
    ]
    own: list[str | Path] = [
        tmp_path / "out.txt",
        home / "out.txt",
        Path("/tmp/parley-was-here"),
    ]
    before = sorted(tmp_path.rglob("*.txt"))

    async with shell(caged) as run:
        refused = await run("\n".join(f"echo x > {path}" for path in outside))
        await run("\n".join(f"echo x > {path}" for path in own))
        await run("echo x > passwd; echo y > /etc/passwd; rm -rf ~/.ssh")
        await run("mkdir -p deep/er && echo fine > deep/er/file")

    assert refused.count("Read-only file system") == len(outside)
    assert not any(map(os.path.exists, [*outside, *own]))
    assert sorted(tmp_path.rglob("*.txt")) == before
    assert secrets[0].exists()
    assert "root:" in Path("/etc/passwd").read_text()
    assert (caged.workspace / "deep/er/file").read_text() == "fine\n"


async def test_files_people_send_can_be_read_and_not_changed(
    shell: Shells, caged: SessionSpec, tmp_path: Path
) -> None:
    inbox = tmp_path / "state/conversations/7/inbox"
    inbox.mkdir(parents=True)
    (inbox / "plan.txt").write_text("the plan\n")

    async with shell(replace(caged, readable=(inbox,))) as run:
        read = await run(f"cat {inbox}/plan.txt; ls {inbox.parents[2]}")
        refused = await run(f"echo x > {inbox}/plan.txt")

    assert read == "the plan\nconversations\n"
    assert "Read-only file system" in refused
    assert (inbox / "plan.txt").read_text() == "the plan\n"


async def test_git_works_in_a_worktree_and_leaves_no_hook_behind(
    shell: Shells, caged: SessionSpec, tmp_path: Path, home: Path
) -> None:
    (home / ".gitconfig").write_text("[user]\nname = Ada\nemail = ada@example.org\n")
    shop, tree = tmp_path / "origin", tmp_path / "state/worktrees/a"
    git("init", "-q", str(shop))
    git("-C", str(shop), "commit", "-q", "--allow-empty", "-m", "one")
    git("-C", str(shop), "worktree", "add", "-q", "-b", "side", str(tree))
    (shop / "private.txt").write_text(SECRET)

    commit = "echo new > new; git add new; git commit -qm two && git log --oneline"
    hook = f"echo evil > {shop}/.git/hooks/post-merge; echo evil >> {shop}/.git/config"
    async with shell(replace(caged, workspace=tree)) as run:
        said = await run(f"{commit}\ncat {shop}/private.txt\n{hook}")

    assert "two" in said
    assert SECRET not in said
    assert said.count("Read-only file system") == 2
    assert git("-C", str(shop), "log", "--format=%s", "side").split() == ["two", "one"]


def git(*words: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.check_output(["git", *who, *words], text=True)
