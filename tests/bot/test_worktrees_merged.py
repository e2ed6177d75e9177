"""What was done in a worktree is told, merged and handed over."""

from pathlib import Path

import pytest

from bot.git import GitError
from bot.merging import Conflicts, Merged
from bot.worktree import WorktreeGone
from bot.worktrees import Worktrees, WouldLose
from tests.bot.repository import commit, git, looks, write


async def test_how_it_stands_is_told(worktrees: Worktrees, main: Path) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    fresh = await worktrees.state(worktree)
    commit(main, {"b": "1\n"})
    commit(worktree.path, {"c": "1\n"})
    write(worktree.path, {"a": "2\n", "new/file": "x", "x.log": "noise"})

    now = await worktrees.state(worktree)

    assert fresh.merged
    assert not fresh.would_lose
    assert (now.branch, now.target) == (worktree.branch, "main")
    assert (now.ahead, now.behind, now.only_here) == (1, 1, 1)
    assert now.changed == ("a",)
    assert now.untracked == ("new/file",)
    assert now.ignored == ("x.log",)
    assert not now.merged


async def test_its_diff_has_commits_and_what_is_in_none(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    commit(main, {"theirs": "1\n"})
    commit(worktree.path, {"b": "1\n"})
    write(worktree.path, {"a": "2\n", "new": "x\n"})

    diff = await worktrees.diff(worktree)

    assert [file.path for file in diff.files] == ["a", "b", "new"]
    assert (diff.insertions, diff.deletions) == (3, 1)


async def test_its_work_is_merged_into_the_main_tree(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    commit(main, {"b": "theirs\n"})
    write(main, {"notes": "untracked, in nobody's way"})
    commit(worktree.path, {"c": "1\n"})
    write(worktree.path, {"a": "2\n"})

    merged = await worktrees.merge(worktree, "Fix the login")

    assert merged == Merged("main", 2)
    assert (main / "a").read_text() == "2\n"
    assert (main / "c").exists()
    assert (main / "notes").exists()
    assert "Fix the login" in git(main, "log", "--format=%s")
    assert (await worktrees.state(worktree)).merged
    assert await worktrees.merge(worktree, "Again") == Merged("main", 0)


async def test_who_has_told_git_no_name_commits_as_parley(
    worktrees: Worktrees, main: Path
) -> None:
    git(main, "config", "user.useConfigOnly", "true")
    worktree = await worktrees.create(main, "app", "fix")
    write(worktree.path, {"a": "2\n"})

    await worktrees.merge(worktree, "Work")

    assert git(main, "log", "-1", "--format=%an") == "Parley"


async def test_conflicts_are_named_and_nothing_is_merged(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    commit(main, {"a": "theirs\n"})
    write(worktree.path, {"a": "ours\n"})
    was = looks(main)

    with pytest.raises(Conflicts) as raised:
        await worktrees.merge(worktree, "Work")

    assert raised.value.files == ("a",)
    assert looks(main) == was
    assert not (main / ".git" / "MERGE_HEAD").exists()
    assert (worktree.path / "a").read_text() == "ours\n"


async def test_into_a_dirty_tree_nothing_is_merged(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    write(worktree.path, {"b": "1\n"})
    write(main, {"a": "mine\n"})
    was = looks(main), looks(worktree.path)

    with pytest.raises(GitError) as raised:
        await worktrees.merge(worktree, "Work")

    assert raised.value.phrase.key == "work-main-dirty"
    assert raised.value.phrase.values["files"] == "a"
    assert (looks(main), looks(worktree.path)) == was


async def test_untracked_files_are_not_overwritten(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    write(worktree.path, {"ü new": "1\n"})
    write(main, {"ü new": "mine\n"})
    was = looks(main)

    with pytest.raises(GitError) as raised:
        await worktrees.merge(worktree, "Work")

    assert raised.value.phrase.key == "work-main-in-way"
    assert raised.value.phrase.values == {"files": "ü new"}
    assert looks(main) == was
    assert (main / "ü new").read_text() == "mine\n"


async def test_without_a_branch_there_is_nothing_to_merge_into(
    worktrees: Worktrees, main: Path
) -> None:
    git(main, "checkout", "--quiet", "--detach")
    worktree = await worktrees.create(main, "app", "fix")

    with pytest.raises(GitError) as raised:
        await worktrees.merge(worktree, "Work")

    assert raised.value.phrase.key == "work-main-detached"
    assert (await worktrees.state(worktree)).target == ""


async def test_a_merge_that_somebody_has_begun_is_left_alone(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    git(main, "branch", "other")
    commit(main, {"a": "mine\n"})
    git(main, "checkout", "--quiet", "other")
    commit(main, {"a": "other\n"})
    git(main, "-c", "merge.conflictStyle=merge", "merge", "--no-commit", "-s", "ours",
        "main")  # fmt: skip

    with pytest.raises(GitError) as raised:
        await worktrees.merge(worktree, "Work")

    assert raised.value.phrase.key == "work-main-unfinished"
    assert (main / ".git" / "MERGE_HEAD").exists()


async def test_handed_over_a_branch_has_everything(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    commit(worktree.path, {"b": "1\n"})
    write(worktree.path, {"a": "2\n", "new": "x\n"})

    branch = await worktrees.hand_over(worktree, "Work in progress")

    assert branch == "parley/fix"
    assert not worktree.root.exists()
    assert git(main, "show", f"{branch}:a") == "2"
    assert git(main, "show", f"{branch}:new") == "x"
    assert git(main, "log", "-1", "--format=%s", branch) == "Work in progress"
    with pytest.raises(WorktreeGone):
        worktrees.open(worktree.path)


async def test_commits_on_no_branch_get_one(worktrees: Worktrees, main: Path) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    git(worktree.path, "checkout", "--quiet", "--detach")
    commit(worktree.path, {"b": "1\n"})
    with pytest.raises(WouldLose):
        await worktrees.remove(worktree)

    branch = await worktrees.hand_over(worktree, "Work")

    assert branch == "parley/fix-2"
    assert git(main, "show", f"{branch}:b") == "1"
