"""The files of the store: nobody else may read them, one process may use them."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from store.errors import StoreInUse, Unwritable, full

#: A process that is being started has all that its parent had open until it runs its
#: own program. So, for a moment, a lock may outlive a process that was killed.
LINGERS_S = 3.0


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Hold the database at *path* for this process alone; it and its folder exist.

    The kernel drops the claim of a process that dies. Raises `StoreInUse`.
    """
    with ExitStack() as claim:
        try:
            _make_folder(path.parent)
            lock = make_private(path.with_name(f"{path.name}.lock"))
            claim.callback(os.close, lock)
            _lock(lock, path)
            # SQLite gives -wal and -shm the mode of the database, whatever the umask.
            os.close(make_private(path))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise full(path) from error
            raise Unwritable(
                f"{path} cannot be written ({error.strerror}): "
                "choose another [store] path, or correct who may write there"
            ) from error
        yield


def make_private(path: Path) -> int:
    """An open descriptor of the file, which only its owner may use from now on."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.fchmod(file, 0o600)  # an old file, or a strange umask
    return file


@dataclass(frozen=True, slots=True)
class Holder:
    """A run of the program that holds a database."""

    pid: int
    since: int  # epoch nanoseconds: tells runs of one process from each other


def holder(path: Path) -> Holder | None:
    """Who holds the database at *path* now."""
    try:
        lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return last_holder(path)
    finally:
        os.close(lock)
    return None


def last_holder(path: Path) -> Holder | None:
    """Who held it last, or holds it. Looking does not get in anybody's way."""
    told = path.with_name(f"{path.name}.lock").read_text().split()
    if len(told) < len(fields(Holder)):
        return None  # just starting, or of an older version
    return Holder(int(told[0]), int(told[1]))


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o700)  # not one that was there before: it may be shared


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        pass  # it is another user's
    return True


def _lock(lock: int, path: Path) -> None:
    until = time.monotonic() + LINGERS_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            told = os.pread(lock, 32, 0).decode().partition("\n")[0]
            if _alive(told) or time.monotonic() > until:
                raise StoreInUse(
                    f"{path} is in use by process {told or '(just starting)'}: "
                    "stop that one first"
                ) from None
            time.sleep(0.01)
    # One write, so that nobody reads half of it; then what is left of a longer one.
    told = f"{os.getpid()}\n{time.time_ns()}\n"
    os.ftruncate(lock, os.pwrite(lock, told.encode(), 0))
