import os
import shutil
from pathlib import Path

import pytest

from adapters.language import say
from bot.git import GitError, NotARepository
from bot.merging import Conflicts, Merged
from bot.snapshots import Snapshots
from bot.worktree import Worktree, WorktreeGone
from bot.worktrees import Worktrees, WouldLose
from tests.bot.repository import commit, environment, git, looks, repository, write


@pytest.fixture
def worktrees(tmp_path: Path) -> Worktrees:
    environ = environment(tmp_path / "home")
    snapshots = Snapshots(tmp_path / "state" / "snapshots", environ=environ)
    return Worktrees(tmp_path / "state" / "worktrees", snapshots, environ=environ)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return repository(tmp_path / "main", {"a": "1\n", ".gitignore": "*.log\n"})


def old(worktree: Worktree) -> None:
    """Its conversation would have it by now."""
    os.utime(worktree.note, (0, 0))


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
