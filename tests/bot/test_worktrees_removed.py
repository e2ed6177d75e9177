"""Worktrees go without work being lost, whatever was left behind."""

import os
import shutil
from pathlib import Path

import pytest

from adapters.language import say
from bot.git import GitError
from bot.worktree import Worktree, WorktreeGone
from bot.worktrees import Worktrees, WouldLose
from tests.bot.repository import commit, git, repository, write


def old(worktree: Worktree) -> None:
    """Its conversation would have it by now."""
    os.utime(worktree.note, (0, 0))


@pytest.mark.parametrize("kind", ["changed", "untracked", "committed"])
async def test_nothing_is_removed_that_would_be_lost(
    worktrees: Worktrees, main: Path, kind: str
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    match kind:
        case "changed":
            write(worktree.path, {"a": "2\n"})
        case "untracked":
            write(worktree.path, {"new": "x"})
        case _:
            commit(worktree.path, {"b": "1\n"})

    with pytest.raises(WouldLose) as raised:
        await worktrees.remove(worktree)

    phrase = raised.value.phrase
    for language in ("en", "ko"):
        assert "fix" in say(language, phrase.key, **phrase.values)
    assert worktree.path.is_dir()
    assert worktrees.open(worktree.path) == worktree


async def test_what_is_merged_is_removed_with_its_branch(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    write(worktree.path, {"b": "1\n", "x.log": "noise"})
    await worktrees.merge(worktree, "Work")

    await worktrees.remove(worktree)

    assert not worktree.root.exists()
    assert git(main, "branch", "--format=%(refname:short)") == "main"
    assert git(main, "worktree", "list").count("\n") == 0
    assert await worktrees.leftovers([]) == []


async def test_a_repository_inside_is_not_thrown_away(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    repository(worktree.path / "inner", {"b": "1\n"})

    with pytest.raises(GitError) as raised:
        await worktrees.hand_over(worktree, "Work")
    with pytest.raises(WouldLose):
        await worktrees.remove(worktree)

    assert raised.value.phrase.key == "work-nested"
    assert (worktree.path / "inner" / "b").exists()


async def test_with_an_unfinished_merge_it_is_not_handed_over(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    commit(main, {"b": "1\n"})
    commit(worktree.path, {"c": "1\n"})
    git(worktree.path, "merge", "--quiet", "--no-commit", "main")

    with pytest.raises(GitError) as raised:
        await worktrees.hand_over(worktree, "Work")

    assert raised.value.phrase.key == "work-unfinished"


async def test_submodules_are_said_to_be_there(
    worktrees: Worktrees, main: Path, tmp_path: Path
) -> None:
    library = repository(tmp_path / "library", {"l": "1\n"})
    allowed = ("-c", "protocol.file.allow=always")
    git(main, *allowed, "submodule", "--quiet", "add", str(library), "lib")
    git(main, "commit", "--quiet", "--message", "Library")

    worktree = await worktrees.create(main, "app", "fix")
    git(worktree.path, *allowed, "submodule", "--quiet", "update", "--init")
    write(worktree.path, {"a": "2\n"})
    await worktrees.merge(worktree, "Work")
    await worktrees.remove(worktree)

    assert worktree.submodules
    assert not worktree.root.exists()


async def test_leftovers_are_listed_and_those_without_work_pruned(
    worktrees: Worktrees, main: Path
) -> None:
    names = ("known", "empty", "work", "gone", "fresh")
    made = {name: await worktrees.create(main, "app", name) for name in names}
    write(made["work"].path, {"a": "2\n"})
    shutil.rmtree(made["gone"].root)
    for name in ("known", "empty", "work", "gone"):
        old(made[name])
    known = [made["known"].path]

    listed = await worktrees.leftovers(known)
    pruned = await worktrees.prune(known)

    assert {leftover.worktree.name for leftover in listed} == {"empty", "work", "gone"}
    assert [one.worktree.name for one in listed if one.would_lose] == ["work"]
    assert {worktree.name for worktree in pruned} == {"empty", "gone"}
    assert made["work"].path.is_dir()
    assert not made["empty"].root.exists()
    branches = git(main, "branch", "--format=%(refname:short)").split()
    assert branches == ["main", "parley/fresh", "parley/known", "parley/work"]


async def test_work_whose_folder_is_gone_keeps_its_branch(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    commit(worktree.path, {"b": "1\n"})
    shutil.rmtree(worktree.root)
    old(worktree)

    await worktrees.prune([])

    assert git(main, "show", "parley/fix:b") == "1"
    assert await worktrees.leftovers([]) == []


async def test_one_whose_making_was_cut_short_is_cleared(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    text = worktree.note.read_text()
    worktree.note.write_text(text.replace('"complete": true', '"complete": false'))
    (worktree.root / "a").unlink()
    git(main, "worktree", "lock", str(worktree.root), "--reason", "initializing")
    old(worktree)

    with pytest.raises(WorktreeGone):
        worktrees.open(worktree.path)
    await worktrees.prune([])

    assert not worktree.root.exists()
    assert git(main, "branch", "--format=%(refname:short)") == "main"


async def test_one_whose_repository_is_gone_is_listed_and_kept(
    worktrees: Worktrees, main: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    shutil.rmtree(main)
    old(worktree)

    (leftover,) = await worktrees.leftovers([])
    await worktrees.prune([])

    assert leftover.problem
    assert leftover.problem.key == "work-main-gone"
    assert worktree.path.is_dir()


async def test_one_that_points_to_another_repository_is_not_touched(
    worktrees: Worktrees, main: Path, tmp_path: Path
) -> None:
    worktree = await worktrees.create(main, "app", "fix")
    other = repository(tmp_path / "other", {"a": "1\n"})
    git(other, "config", "core.worktree", str(worktree.root))
    (worktree.root / ".git").write_text(f"gitdir: {other}/.git\n")

    with pytest.raises(WorktreeGone):
        await worktrees.merge(worktree, "Work")
    with pytest.raises(WorktreeGone):
        await worktrees.remove(worktree)


async def test_a_path_that_is_no_worktree_of_ours_is_gone(
    worktrees: Worktrees, tmp_path: Path
) -> None:
    for path in (tmp_path, tmp_path / "state" / "worktrees" / "app" / "none"):
        with pytest.raises(WorktreeGone):
            worktrees.open(path)
