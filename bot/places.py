"""Folders to remember: the repository they are in, and what has to be read of them."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.git import MB, Git, GitError

MAX_FILES = 20_000  # that have to be read for one snapshot
MAX_BYTES = 500 * MB
MAX_FILE = 5 * MB  # of larger ones only size and time are kept


class TooBig(GitError):
    """There is more to read than a snapshot is worth."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to remember, and the repository it is in."""

    folder: Path
    top: Path  # where that repository begins; the folder itself if there is none
    objects: Path | None = None
    index: Path | None = None
    excluded: Path | None = None  # a list of what to ignore
    object_format: str = "sha1"


async def find(git: Git) -> Place:
    """Where a folder lies. One whose repository is broken is a plain folder."""
    folder = git.folder
    plain = Place(folder, folder)
    try:
        said = await git.text(
            *("rev-parse", "--show-toplevel", "--show-object-format"),
            *("--git-path", "objects", "--git-path", "index"),
            *("--git-path", "info/exclude"),
        )
        top, object_format, *paths = said.split("\n")
        objects, index, excluded = (folder / path for path in paths)
    except (GitError, ValueError):
        return plain
    # A repository can claim (core.worktree) that its files are anywhere.
    if not folder.is_relative_to(top) or not (Path(top) / ".git").exists():
        return plain
    return Place(folder, Path(top), objects, index, excluded, object_format)


@dataclass(slots=True)
class Found:
    """What has changed since the last look, or is new."""

    small: list[str] = field(default_factory=list)  # read as they are
    large: dict[str, str] = field(default_factory=dict)  # name → what stands for it
    nested: list[str] = field(default_factory=list)  # repositories inside


def look(folder: Path, names: Sequence[str]) -> Found:
    """What is behind names that changed. Raises `TooBig`."""
    found, total = Found(), 0
    for name in names:
        path = folder / name
        try:
            seen = path.lstat()
        except OSError:
            found.small.append(name)  # gone
            continue
        if name.endswith("/"):
            found.nested.append(name)
        elif stat.S_ISREG(seen.st_mode) and not _legible(path, seen):
            found.large[name] = f"\0{seen.st_size} {seen.st_mtime_ns}"
        else:
            found.small.append(name)
            total += seen.st_size
        if total > MAX_BYTES:
            raise TooBig("work-too-many-bytes", limit=MAX_BYTES // MB)
    return found


def _legible(path: Path, seen: os.stat_result) -> bool:
    return seen.st_size <= MAX_FILE and os.access(path, os.R_OK)
