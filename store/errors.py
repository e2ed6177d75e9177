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


class Unwritable(StoreError):
    """The file, or its folder, cannot be written."""


class DiskFull(StoreError):
    """What was asked was not done, for lack of space; all before it is safe."""


class TurnOver(StoreError):
    """The turn is final; an agent must not get its prompt any more."""


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
                raise DiskFull(f"no space is left for {path}: free some") from error
            case (
                sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM
            ):
                raise Unwritable(
                    f"{path} cannot be written ({error}): "
                    "check who owns it and its folder"
                ) from error
            case sqlite3.SQLITE_IOERR:
                raise StoreError(
                    f"reading or writing {path} failed ({error}): check the disk"
                ) from error
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise StoreError(
                    f"{path} is held by another program ({error}): close that"
                ) from error
            case _:
                raise
