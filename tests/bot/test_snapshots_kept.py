"""Snapshots are refused, repaired, and forgotten in time."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from bot import places
from bot.git import GitError, GitMissing
from bot.places import TooBig
from bot.snapshots import SnapshotGone, Snapshots
from tests.bot.days import DAY_S, Days
from tests.bot.repository import git, plain, repository, write


async def test_a_folder_with_too_much_to_read_is_refused_until_later(
    tmp_path: Path, snapshots: Snapshots, days: Days
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    for number in range(places.MAX_BYTES // places.MAX_FILE + 1):
        with (folder / f"{number}.bin").open("wb") as file:
            file.truncate(places.MAX_FILE)

    with pytest.raises(TooBig) as raised:
        await snapshots.snapshot(folder)
    write(folder, {".gitignore": "*.bin"})
    with pytest.raises(TooBig):
        await snapshots.snapshot(folder)
    days.now += DAY_S

    assert raised.value.phrase.key == "work-too-many-bytes"
    assert await snapshots.snapshot(folder)


async def test_a_folder_with_too_many_names_is_refused(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = tmp_path / "work"
    deep = folder.joinpath(*["x" * 240] * 14)
    deep.mkdir(parents=True)
    for number in range(100 * places.MAX_FILES // (14 * 240)):
        (deep / str(number)).touch()

    with pytest.raises(TooBig) as raised:
        await snapshots.snapshot(folder)

    assert raised.value.phrase.key == "work-too-many-files"


async def test_what_a_killed_git_left_locked_is_cleared(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    before = await snapshots.snapshot(folder)
    (shadow,) = (tmp_path / "state").glob("*.git")
    (shadow / "index.lock").touch()
    (shadow / "index").write_bytes(b"half an ind")

    write(folder, {"a": "2"})

    assert [file.path for file in (await snapshots.diff(folder, before)).files] == ["a"]


async def test_a_git_that_outlived_a_kill_is_waited_for(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    before = await snapshots.snapshot(folder)
    (held,) = (tmp_path / "state").glob("*.held")
    orphan = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HOLDS, held), stdin=PIPE, stdout=PIPE
    )
    assert orphan.stdout
    await orphan.stdout.readline()

    snapshot = asyncio.create_task(snapshots.snapshot(folder))
    done, _ = await asyncio.wait([snapshot], timeout=0.3)
    await orphan.communicate(b"")

    assert not done
    assert await snapshot == before


_HOLDS = """
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


async def test_objects_that_the_repository_lost_are_read_again(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = repository(tmp_path / "work", {"a": "1\n"})
    await snapshots.snapshot(folder)
    git(folder, "checkout", "--quiet", "--orphan", "other")
    for ref in ("refs/heads/main", "HEAD"):
        git(folder, "update-ref", "-d", ref)
    git(folder, "rm", "--quiet", "--cached", "a")
    git(folder, "-c", "gc.reflogExpire=now", "gc", "--quiet", "--prune=now")

    before = await snapshots.snapshot(folder)
    write(folder, {"a": "2\n"})

    assert "-1\n" in (await snapshots.diff(folder, before)).text


async def test_many_at_once_take_turns(tmp_path: Path, snapshots: Snapshots) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})

    trees = await asyncio.gather(*(snapshots.snapshot(folder) for _ in range(5)))

    assert len(set(trees)) == 1


async def test_what_is_two_weeks_old_is_forgotten(
    tmp_path: Path, snapshots: Snapshots, days: Days
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    old = await snapshots.snapshot(folder)
    days.now += 10 * DAY_S
    write(folder, {"a": "2"})
    newer = await snapshots.snapshot(folder)
    days.now += 5 * DAY_S
    write(folder, {"a": "3"})

    await snapshots.prune()

    assert (await snapshots.diff(folder, newer)).files
    with pytest.raises(SnapshotGone):
        await snapshots.diff(folder, old)


async def test_a_folder_nobody_works_in_any_more_leaves_nothing(
    tmp_path: Path, snapshots: Snapshots, days: Days
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    before = await snapshots.snapshot(folder)
    days.now += 30 * DAY_S
    write(folder, {"a": "2"})

    await snapshots.prune()

    assert not list((tmp_path / "state").glob("*.git"))
    with pytest.raises(SnapshotGone):
        await snapshots.diff(folder, before)


async def test_a_tree_that_never_was_is_gone(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    await snapshots.snapshot(folder)

    for tree in ("0" * 40, "--help", "main"):
        with pytest.raises(SnapshotGone):
            await snapshots.diff(folder, tree)


async def test_a_repository_that_claims_other_files_is_a_plain_folder(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = repository(tmp_path / "work", {"a": "1\n"})
    plain(tmp_path / "secret", {"key": "x"})
    git(folder, "config", "core.worktree", str(tmp_path / "secret"))
    before = await snapshots.snapshot(folder)

    (tmp_path / "work" / "a").write_text("2\n")

    assert [file.path for file in (await snapshots.diff(folder, before)).files] == ["a"]


async def test_without_git_or_folder_the_reason_is_told(tmp_path: Path) -> None:
    without = Snapshots(tmp_path / "state", executable=str(tmp_path / "no-git"))
    folder = plain(tmp_path / "work", {"a": "1"})

    with pytest.raises(GitMissing):
        await without.snapshot(folder)
    with pytest.raises(GitError) as raised:
        await Snapshots(tmp_path / "state").snapshot(tmp_path / "nowhere")
    assert raised.value.phrase.key == "work-no-folder"


async def test_a_state_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"state": "a file, where a folder should be"})
    folder = plain(tmp_path / "work", {"a": "1"})

    with pytest.raises(GitError) as raised:
        await Snapshots(tmp_path / "state").snapshot(folder)

    assert raised.value.phrase.key == "work-failed"
