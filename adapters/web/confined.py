"""Files of a folder that somebody else fills, and nothing outside of it.

Rule: a path is resolved first, then opened name by name without following a link: what
is swapped for a link meanwhile is not opened either.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

#: Entries of one folder that are told; more than that is nothing to look through.
MOST = 1000


class NotThere(Exception):
    """No such file, or none that may be given out."""


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    kind: Literal["file", "folder"]
    size: int
    modified_at: float


def listing(root: Path, path: str) -> list[Found]:
    """Files and folders right in *path*, by name; one more than `MOST` at most."""
    with os.scandir(_resolved(root, path)) as entries:
        found = [each for each in map(_described, entries) if each]
    return sorted(found, key=lambda each: each.name)[: MOST + 1]


def opened(root: Path, path: str) -> BinaryIO:
    """A regular file under *root*, to be closed by the caller."""
    target = _resolved(root, path)
    names = target.relative_to(root.resolve()).parts
    if not names:
        raise NotThere(path)
    try:
        descriptor = _descend(root, names)
    except OSError as error:
        raise NotThere(path) from error
    status = os.fstat(descriptor)
    # A second name may be outside of the root.
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
        os.close(descriptor)
        raise NotThere(path)
    return os.fdopen(descriptor, "rb")


def _resolved(root: Path, path: str) -> Path:
    names = PurePosixPath(path).parts
    if "\0" in path or "\\" in path or any(name in ("/", "..") for name in names):
        raise NotThere(path)
    try:
        target = root.joinpath(*names).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise NotThere(path) from error
    if not target.is_relative_to(root.resolve()):
        raise NotThere(path)
    return target


def _descend(root: Path, names: tuple[str, ...]) -> int:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for name in names[:-1]:
        try:
            inner = os.open(
                name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder
            )
        finally:
            os.close(folder)
        folder = inner
    try:
        # Not to wait for the other end of a pipe, which is refused right after.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        return os.open(names[-1], flags, dir_fd=folder)
    finally:
        os.close(folder)


def _described(entry: os.DirEntry[str]) -> Found | None:
    """None for what is not given out: links, pipes, names that are no text."""
    try:
        status = entry.stat(follow_symlinks=False)
        entry.name.encode()
    except (OSError, UnicodeEncodeError):
        return None
    if stat.S_ISDIR(status.st_mode):
        return Found(entry.name, "folder", 0, status.st_mtime)
    if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
        return Found(entry.name, "file", status.st_size, status.st_mtime)
    return None
