import os
from pathlib import Path

import psutil
import pytest

from adapters.language import say
from bot.children import TooSlow, output_of
from bot.git import Git, GitError, GitMissing, NotARepository
from tests.bot.repository import environment, repository
from tests.e2e.parley import eventually


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path / "home")


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


async def refusal(git: Git, *arguments: str) -> str:
    with pytest.raises(GitError) as raised:
        await git.run(*arguments)
    return raised.value.phrase.key


async def test_a_machine_without_git_is_told_to_install_it(tmp_path: Path) -> None:
    git = Git(tmp_path, executable=str(tmp_path / "no-git"))

    with pytest.raises(GitMissing) as raised:
        await git.run("version")

    phrase = raised.value.phrase
    assert say("en", phrase.key, **phrase.values).startswith("Git is not installed")


async def test_an_old_git_is_told_apart(tmp_path: Path) -> None:
    old = script(tmp_path / "git", "echo git version 2.17.1")

    with pytest.raises(GitMissing) as raised:
        await Git(tmp_path, executable=old).tamed()

    assert raised.value.phrase.values == {"found": "2.17", "needed": "2.26"}


async def test_a_folder_without_a_repository_is_said_to_be_none(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    with pytest.raises(NotARepository):
        await Git(tmp_path, environ=environ).run("rev-parse", "HEAD")


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotARepository) as raised:
        await Git(tmp_path / "gone").run("status")

    assert raised.value.phrase.values == {"folder": str(tmp_path / "gone")}


async def test_a_repository_of_another_user_is_not_trusted(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = repository(tmp_path / "repo", {"a": "1"})
    strange = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}

    git = Git(folder, environ=environ, variables=strange)

    assert await refusal(git, "status") == "work-dubious"


async def test_a_lock_that_another_git_holds_is_told(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = repository(tmp_path / "repo", {"a": "1"})
    (folder / ".git" / "index.lock").touch()

    assert await refusal(Git(folder, environ=environ), "add", ".") == "work-locked"


async def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = script(
        tmp_path / "git",
        "echo 'fatal: write error: No space left on device' >&2; false",
    )

    assert await refusal(Git(tmp_path, executable=full), "add") == "work-disk-full"


async def test_git_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    slow = script(tmp_path / "git", f"echo $$ >{tmp_path}/pid; sleep 60")

    key = await refusal(Git(tmp_path, executable=slow, timeout_s=5), "status")

    assert key == "work-slow"
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


async def test_of_endless_output_the_beginning_is_kept(tmp_path: Path) -> None:
    chatty = script(tmp_path / "git", "yes")

    output = await Git(tmp_path, executable=chatty).run("log", limit=10)

    assert output.cut
    assert output.out == b"y\n" * 5


async def test_nothing_of_our_environment_that_is_secret_reaches_git(
    tmp_path: Path,
) -> None:
    shown = script(tmp_path / "git", "env")
    environ = {**os.environ, "GIT_DIR": "/elsewhere", "ANTHROPIC_API_KEY": "secret"}

    names = await Git(tmp_path, executable=shown, environ=environ).text()

    assert "GIT_DIR" not in names
    assert "secret" not in names
    assert "GIT_TERMINAL_PROMPT=0" in names


async def test_a_repository_cannot_have_programs_of_its_own_run(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    folder = repository(tmp_path / "repo", {"a": "1", ".gitattributes": "* filter=x\n"})
    trap = script(tmp_path / "trap", f"touch {tmp_path}/sprung; cat")
    config = Git(folder, environ=environ)
    for name in ("filter.x.clean", "filter.x.smudge", "core.fsmonitor", "gpg.program"):
        await config.run("config", name, trap)
    await config.run("config", "commit.gpgSign", "true")
    script(folder / ".git" / "hooks" / "post-index-change", f"exec {trap}")
    (folder / "a").write_text("2")

    tamed = await config.tamed()
    await tamed.run("add", ".")
    await tamed.run("checkout", "HEAD", "--", ".")

    assert not (tmp_path / "sprung").exists()


async def test_a_program_gets_what_it_is_given(tmp_path: Path) -> None:
    output = await output_of(
        ["cat"], cwd=tmp_path, env=os.environ, timeout_s=10, limit=10**6,
        given=b"x" * 300_000,
    )  # fmt: skip

    assert output.out == b"x" * 300_000


async def test_a_program_that_does_not_listen_is_no_failure(tmp_path: Path) -> None:
    output = await output_of(
        ["true"], cwd=tmp_path, env=os.environ, timeout_s=10, limit=10,
        given=b"x" * 3_000_000,
    )  # fmt: skip

    assert output.code == 0


async def test_what_a_program_started_ends_with_it(tmp_path: Path) -> None:
    with pytest.raises(TooSlow):
        await output_of(
            ["sh", "-c", f"sleep 60 & echo $! >{tmp_path}/pid; wait"],
            cwd=tmp_path, env=os.environ, timeout_s=5, limit=10,
        )  # fmt: skip

    pid = (tmp_path / "pid").read_text().strip()
    await eventually(lambda: _over(int(pid)))


def _over(pid: int) -> bool:
    """A process that is killed takes a moment; its parent need not look at it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
