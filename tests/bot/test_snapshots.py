import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import places
from bot.diffs import FileChange
from bot.git import GitError, GitMissing
from bot.places import TooBig
from bot.snapshots import SnapshotGone, Snapshots
from tests.bot.repository import commit, environment, git, looks, repository, write

DAY_S = 86_400


class Days:
    def __init__(self) -> None:
        self.now = 20_000.0 * DAY_S

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def snapshots(tmp_path: Path, days: Days) -> Snapshots:
    environ = environment(tmp_path / "home")
    return Snapshots(tmp_path / "state", environ=environ, clock=days)


def plain(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    write(folder, files)
    return folder


either = pytest.mark.parametrize("make", [plain, repository])
Make = Callable[[Path, dict[str, str]], Path]


@either
async def test_what_changed_since_is_told(
    make: Make, tmp_path: Path, snapshots: Snapshots
) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    folder = make(tmp_path / "work", {"a": "1\n2\n", "b": "old\n", "sub/c": text})
    before = await snapshots.snapshot(folder)

    write(folder, {"a": "1\n3\n", "ü new": "x\ny\n"})
    (folder / "b").unlink()
    (folder / "sub" / "c").rename(folder / "d")
    diff = await snapshots.diff(folder, before)

    assert set(diff.files) == {
        FileChange(path="a", kind="changed", insertions=1, deletions=1),
        FileChange(path="b", kind="deleted", deletions=1),
        FileChange(path="d", kind="renamed", was="sub/c"),
        FileChange(path="ü new", kind="added", insertions=2),
    }
    assert (diff.insertions, diff.deletions) == (3, 2)
    assert "-2\n+3\n" in diff.text
    assert "+++ b/ü new" in diff.text
    assert not diff.cut


@either
async def test_nothing_changed_is_an_empty_diff(
    make: Make, tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = make(tmp_path / "work", {"a": "1\n"})
    before = await snapshots.snapshot(folder)

    assert not (await snapshots.diff(folder, before)).files


async def test_two_snapshots_can_be_compared_later(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1\n"})
    before = await snapshots.snapshot(folder)
    write(folder, {"a": "2\n"})
    after = await snapshots.snapshot(folder)
    write(folder, {"a": "3\n"})

    diff = await snapshots.diff(folder, before, after)

    assert "+2\n" in diff.text
    assert "3" not in diff.text.partition("@@")[2]


async def test_the_repository_of_the_folder_stays_as_it_is(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = repository(tmp_path / "work", {"a": "1\n"})
    write(folder, {"a": "2\n", "new": "x\n"})
    was = looks(folder), sorted((folder / ".git").rglob("*"))

    before = await snapshots.snapshot(folder)
    write(folder, {"a": "3\n"})
    await snapshots.diff(folder, before)

    assert (looks(folder), sorted((folder / ".git").rglob("*"))) == was


@either
async def test_ignored_files_are_left_out(
    make: Make, tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = make(tmp_path / "work", {".gitignore": "*.log\n", "a": "1"})
    before = await snapshots.snapshot(folder)

    write(folder, {"x.log": "noise"})

    assert not (await snapshots.diff(folder, before)).files


async def test_a_workspace_below_the_top_follows_the_rules_of_the_top(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    top = repository(tmp_path / "top", {".gitignore": "junk/\n", "pkg/a": "1\n"})
    (top / ".git" / "info" / "exclude").write_text("secret\n")
    before = await snapshots.snapshot(top / "pkg")

    write(top, {"pkg/junk/x": "x", "pkg/secret": "x", "other": "x", "pkg/a": "2\n"})
    diff = await snapshots.diff(top / "pkg", before)

    assert [file.path for file in diff.files] == ["a"]


@either
async def test_binary_and_large_files_are_only_named(
    make: Make, tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = make(tmp_path / "work", {"a": "1"})
    (folder / "old.bin").write_bytes(b"x" * (places.MAX_FILE + 1))
    (folder / "same.bin").write_bytes(b"x" * (places.MAX_FILE + 1))
    before = await snapshots.snapshot(folder)

    (folder / "old.bin").write_bytes(b"y" * (places.MAX_FILE + 2))
    (folder / "picture").write_bytes(b"\0\1\2")
    diff = await snapshots.diff(folder, before)

    assert diff.files == (
        FileChange(path="old.bin", kind="changed", named_only=True),
        FileChange(path="picture", kind="added", named_only=True),
    )


async def test_a_large_file_that_is_committed_is_seen_to_change(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = repository(tmp_path / "work", {"big": "x" * (places.MAX_FILE + 1)})
    before = await snapshots.snapshot(folder)

    write(folder, {"big": "y" * (places.MAX_FILE + 1)})
    changed = await snapshots.diff(folder, before)
    git(folder, "checkout", "--quiet", "big")

    assert [file.path for file in changed.files] == ["big"]
    assert changed.files[0].named_only


@either
async def test_repositories_inside_are_looked_into(
    make: Make, tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = make(tmp_path / "work", {"a": "1"})
    inner = repository(folder / "deep" / "inner", {"b": "1\n", ".gitignore": "no\n"})
    repository(folder / "fresh")
    before = await snapshots.snapshot(folder)

    write(inner, {"b": "2\n", "no": "x"})
    write(folder, {"fresh/c": "new\n"})
    diff = await snapshots.diff(folder, before)

    assert [file.path for file in diff.files] == ["deep/inner/b", "fresh/c"]


async def test_commits_made_meanwhile_do_not_hide_changes(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = repository(tmp_path / "work", {"a": "1\n"})
    before = await snapshots.snapshot(folder)

    commit(folder, {"a": "2\n"})

    assert [file.path for file in (await snapshots.diff(folder, before)).files] == ["a"]


async def test_links_are_not_followed_and_pipes_not_read(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    (folder / "link").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe")
    before = await snapshots.snapshot(folder)

    (folder / "link").unlink()
    diff = await snapshots.diff(folder, before)

    assert [file.path for file in diff.files] == ["link"]
    assert "-/etc/hostname" in diff.text


async def test_names_in_no_known_script_do_not_break_a_diff(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    before = await snapshots.snapshot(folder)

    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\n")).write_text("x")
    diff = await snapshots.diff(folder, before)

    assert [file.path for file in diff.files] == ["�\n"]


async def test_of_a_long_diff_the_beginning_is_kept(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    folder = plain(tmp_path / "work", {"a": "1"})
    before = await snapshots.snapshot(folder)

    write(folder, {"b": "long line\n" * 200_000})
    diff = await snapshots.diff(folder, before)

    assert diff.cut
    assert diff.insertions == 200_000


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
