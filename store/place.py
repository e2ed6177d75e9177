"""The files of the store: nobody else may read them, one process may use them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from store.errors import StoreInUse, Unwritable


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


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o700)  # not one that was there before: it may be shared


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 32, 0).decode().partition("\n")[0]
        raise StoreInUse(
            f"{path} is in use by process {holder or '(just starting)'}: "
            "stop that one first"
        ) from None
    # One write, so that nobody reads half of it; then what is left of a longer one.
    os.ftruncate(lock, os.pwrite(lock, f"{os.getpid()}\n".encode(), 0))
