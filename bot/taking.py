"""Copies of files from where they may be taken, of the very file that was checked."""

import math
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.files import MB
from adapters.names import file_name
from bot.private import make_private
from runner.events import Phrase

MAX_SIZE = 50 * MB
_PIECE = 1 << 18
#: Where files are that look ordinary and are not.
_SPECIAL = tuple(map(Path, ("/proc", "/sys", "/dev")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Where files may be taken from."""

    workspace: Path
    folders: Sequence[Path] = ()  # further ones: what came with the turn
    private: Path | None = None  # never from here, except from those inside it


class NotTaken(Exception):
    """*phrase* says why."""

    def __init__(self, key: str, **values: str | float) -> None:
        super().__init__(key)
        self.phrase = Phrase(key, values)


def take(path: str, allowed: Allowed, folder: Path) -> None:
    """Copy it into *folder*, which must not exist. Raises `NotTaken`, `OSError`."""
    name = file_name(Path(path).name)
    descriptor = _open(path, allowed)
    try:
        _check(os.fstat(descriptor), path, name)
        with whole(folder) as new, (new / name).open("xb") as copy:
            while piece := os.read(descriptor, _PIECE):
                copy.write(piece)
                if copy.tell() > MAX_SIZE:  # it grew meanwhile
                    raise _too_big(name, copy.tell())
    finally:
        os.close(descriptor)


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """A folder to fill, which is *folder* afterwards; on failure there is none."""
    new = folder.with_name(f".{folder.name}")
    shutil.rmtree(new, ignore_errors=True)
    make_private(new.parent)
    new.mkdir(mode=0o700)
    try:
        yield new
        for file in new.iterdir():
            file.chmod(0o600)
        new.rename(folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _open(path: str, allowed: Allowed) -> int:
    """A descriptor of the file that *path* really is, if it may be sent."""
    workspace = allowed.workspace.resolve()
    try:
        real = (workspace / Path(path).expanduser()).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # not there, a circle, a NUL
        raise NotTaken("work-file-missing", path=_shown(path)) from None
    root = _root(real, path, allowed)
    try:
        return _descend(root, real.relative_to(root).parts)
    except OSError as error:  # replaced since, or a socket, or not ours to read
        key = (
            "work-file-forbidden"
            if isinstance(error, PermissionError)
            else "work-file-not-regular"
        )
        raise NotTaken(key, path=_shown(path)) from error


def _root(real: Path, path: str, allowed: Allowed) -> Path:
    """The folder by which it is allowed."""
    roots = [folder.resolve() for folder in (allowed.workspace, *allowed.folders)]
    around = [root for root in roots if real.is_relative_to(root)]
    if not around or any(real.is_relative_to(special) for special in _SPECIAL):
        raise NotTaken("work-file-outside", path=_shown(path))
    private = allowed.private.resolve() if allowed.private else None
    if private and real.is_relative_to(private):
        around = [root for root in around if root.is_relative_to(private)]
        around = [root for root in around if root != private]
    if not around:
        raise NotTaken("work-file-private", path=_shown(path))
    return around[0]


def _descend(root: Path, parts: Sequence[str]) -> int:
    """Open it step by step: no link put in the way meanwhile leads elsewhere."""
    here = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    for number, part in enumerate(parts, 1):
        # Without O_NONBLOCK, opening a FIFO would wait for whoever writes to it.
        kind = os.O_DIRECTORY if number < len(parts) else os.O_NONBLOCK
        try:
            inside = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | kind, dir_fd=here)
        finally:
            os.close(here)
        here = inside
    return here


def _check(seen: os.stat_result, path: str, name: str) -> None:
    if stat.S_ISDIR(seen.st_mode):
        raise NotTaken("work-file-folder", path=_shown(path))
    if not stat.S_ISREG(seen.st_mode):
        raise NotTaken("work-file-not-regular", path=_shown(path))
    if not seen.st_size:
        raise NotTaken("work-file-empty", name=name)
    if seen.st_size > MAX_SIZE:
        raise _too_big(name, seen.st_size)


def _too_big(name: str, size: int) -> NotTaken:
    return NotTaken(
        "work-file-too-big",
        name=name,
        size=math.ceil(size / MB),
        limit=MAX_SIZE // MB,
    )


def _shown(path: str) -> str:
    return path.encode(errors="replace").decode()[:300]
