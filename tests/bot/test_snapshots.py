"""What changed in a folder is told, and the folder stays as it is."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import places
from bot.diffs import FileChange
from bot.snapshots import Snapshots
from tests.bot.repository import commit, git, looks, plain, repository, write

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
