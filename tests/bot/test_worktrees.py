"""A worktree is made beside the main tree, on a branch of its own."""

import shutil
from pathlib import Path

import pytest

from bot.git import GitError, NotARepository
from bot.worktrees import Worktrees
from tests.bot.repository import commit, git, looks, repository, write


async def test_a_worktree_begins_where_the_main_tree_is(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "Fix the login!")

    assert worktree.name == "fix-the-login"
    assert worktree.branch == "parley/fix-the-login"
    assert worktree.path.parts[-3:] == ("worktrees", "app", "fix-the-login")
    assert (worktree.path / "a").read_text() == "1\n"
    assert git(worktree.path, "branch", "--show-current") == worktree.branch
    assert git(main, "branch", "--show-current") == "main"
    assert worktrees.open(worktree.path) == worktree


async def test_a_name_in_any_script_will_do(worktrees: Worktrees, main: Path) -> None:
    assert (await worktrees.create(main, "앱", "로그인 고치기")).name == "로그인-고치기"
    assert (await worktrees.create(main, "앱", "../..")).name == "work"


async def test_a_name_that_is_taken_gets_a_number(
    worktrees: Worktrees, main: Path
) -> None:
    git(main, "branch", "parley/fix-2")

    names = [(await worktrees.create(main, "app", "fix")).name for _ in range(3)]

    assert names == ["fix", "fix-3", "fix-4"]


async def test_it_can_begin_elsewhere(worktrees: Worktrees, main: Path) -> None:
    first = git(main, "rev-parse", "HEAD")
    commit(main, {"a": "2\n"})

    worktree = await worktrees.create(main, "app", "fix", "HEAD~1")

    assert worktree.base == first
    assert (worktree.path / "a").read_text() == "1\n"


async def test_uncommitted_changes_stay_where_they_are_and_are_named(
    worktrees: Worktrees, main: Path
) -> None:
    write(main, {"a": "mine\n", "new": "x"})

    worktree = await worktrees.create(main, "app", "fix")

    assert worktree.left_out == ("a", "new")
    assert (worktree.path / "a").read_text() == "1\n"
    assert (main / "a").read_text() == "mine\n"


async def test_a_workspace_below_the_top_is_found_again_in_it(
    worktrees: Worktrees, main: Path
) -> None:
    commit(main, {"pkg/b": "1\n"})

    worktree = await worktrees.create(main / "pkg", "app", "fix")

    assert worktree.path == worktree.root / "pkg"
    assert (worktree.path / "b").exists()
    assert worktrees.open(worktree.path) == worktree


@pytest.mark.parametrize("base", ["nowhere", "--help", "HEAD:a"])
async def test_a_base_that_is_no_commit_is_told(
    worktrees: Worktrees, main: Path, base: str
) -> None:
    was = looks(main)

    with pytest.raises(GitError) as raised:
        await worktrees.create(main, "app", "fix", base)

    assert raised.value.phrase.key == "work-no-base"
    assert looks(main) == was


async def test_no_repository_is_told(worktrees: Worktrees, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()

    with pytest.raises(NotARepository) as raised:
        await worktrees.create(tmp_path / "plain", "app", "fix")

    assert raised.value.phrase.key == "work-not-repository"


async def test_a_bare_repository_is_told(
    worktrees: Worktrees, main: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(main), "bare")

    with pytest.raises(NotARepository) as raised:
        await worktrees.create(tmp_path / "bare", "app", "fix")

    assert raised.value.phrase.key == "work-bare"


async def test_a_repository_without_commits_is_told(
    worktrees: Worktrees, tmp_path: Path
) -> None:
    with pytest.raises(GitError) as raised:
        await worktrees.create(repository(tmp_path / "empty"), "app", "fix")

    assert raised.value.phrase.key == "work-no-commits"


async def test_a_branch_in_the_way_is_told(worktrees: Worktrees, main: Path) -> None:
    git(main, "branch", "parley")

    with pytest.raises(GitError) as raised:
        await worktrees.create(main, "app", "fix")

    assert raised.value.phrase.key == "work-branch-in-way"


async def test_one_that_cannot_be_made_leaves_nothing(
    worktrees: Worktrees, main: Path, tmp_path: Path
) -> None:
    was = looks(main)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "worktrees").write_text("in the way")

    with pytest.raises(GitError):
        await worktrees.create(main, "app", "fix")

    assert looks(main) == was


async def test_programs_that_a_repository_names_are_not_run(
    worktrees: Worktrees, main: Path, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    commit(main, {".gitattributes": "a filter=x merge=y diff=z\n", "a": "1\n2\n3\n4\n"})
    commit(main, {"a": "1\n2\n3\nfour\n"})
    for name in (
        *("filter.x.smudge", "filter.x.clean", "filter.x.process", "merge.y.driver"),
        *("diff.z.command", "diff.z.textconv", "core.fsmonitor"),
    ):
        git(main, "config", name, str(trap))
    for hook in ("post-checkout", "pre-commit", "pre-merge-commit", "post-merge"):
        shutil.copy(trap, main / ".git" / "hooks" / hook)

    worktree = await worktrees.create(main, "app", "fix", "HEAD~1")
    write(worktree.path, {"a": "one\n2\n3\n4\n"})
    await worktrees.diff(worktree)
    await worktrees.merge(worktree, "Work")

    assert (main / "a").read_text() == "one\n2\n3\nfour\n"
    assert not (tmp_path / "sprung").exists()
