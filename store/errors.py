"""What can be wrong with the store, in words that say what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """The store cannot do its work."""


class StoreInUse(StoreError):
    """Another process has this store."""


class SchemaTooNew(StoreError):
    """A newer version of the program has already migrated this database."""


class MigrationFailed(StoreError):
    """This database could not be brought up to date; it is as it was."""


class Damaged(StoreError):
    """The file is not a database, or not a whole one."""


class Passing(StoreError):
    """What was asked was not done. Once the trouble is mended, it can be asked again.

    All before it is safe.
    """


class Unwritable(Passing):
    """The file, or its folder, cannot be written."""


class DiskFull(Passing):
    """There is no space left."""


class DiskFailing(Passing):
    """The disk does not read or write."""


class Held(Passing):
    """Another program, a backup or a shell, does not let go of the file."""


class Displaced(Passing):
    """The file is not where it was: what is written to it would be lost."""


class TurnOver(StoreError):
    """The turn is final; an agent must not get its prompt any more."""


def full(path: Path) -> DiskFull:
    return DiskFull(f"no space is left for {path}: free some")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what an operator can do something about as a `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        # The extended codes keep the plain one in their low byte.
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                raise Damaged(
                    f"{path} is not a sound database ({error}): "
                    "move it away, or put a backup in its place"
                ) from error
            case sqlite3.SQLITE_FULL:
                raise full(path) from error
            case (
                sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM
            ):
                raise Unwritable(
                    f"{path} cannot be written ({error}): "
                    "check who owns it and its folder"
                ) from error
            case sqlite3.SQLITE_IOERR:
                raise DiskFailing(
                    f"reading or writing {path} failed ({error}): check the disk"
                ) from error
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise Held(
                    f"{path} is held by another program ({error}): close that"
                ) from error
            case _:
                raise
