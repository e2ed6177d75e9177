"""One SQLite connection, and transactions on it."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from aiosqlite import Connection, Row

from store.chain import install
from store.errors import Displaced as Displaced
from store.errors import Passing as Passing
from store.errors import StoreError as StoreError
from store.errors import StoreInUse as StoreInUse
from store.errors import explained
from store.place import claimed
from store.schema import migrate, released

#: How long to wait for a visitor (a shell, a backup) to let go of the file.
BUSY_S = 5.0


class Database:
    """Hands the connection to one caller at a time."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._file = _identity(path)
        # Tasks share the connection: without the lock, one task's statements
        # would land inside, and roll back with, another's transaction.
        self._lock = asyncio.Lock()

    async def run(
        self, statement: str, values: Mapping[str, object] | None = None
    ) -> list[Row]:
        """One statement, a transaction by itself, in one hop to its thread."""
        async with self._lock:
            self._in_place()
            with explained(self._path):
                return await fetch(self._connection, statement, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """All or nothing. Takes the write lock up front, so it cannot fail half-way.

        If cancelled it did or did not happen, as in a crash; never a part of it.
        """
        async with self._lock:
            self._in_place()
            with explained(self._path):
                try:
                    await self._connection.execute("BEGIN IMMEDIATE")
                    yield self._connection
                    await self._connection.commit()
                except BaseException:
                    # The thread takes things in order, so this comes after whatever a
                    # cancelled `await` left behind there.
                    await self._connection.rollback()
                    raise

    def _in_place(self) -> None:
        """SQLite would go on with a file that was deleted, and nobody would know."""
        if _identity(self._path) != self._file:
            raise Displaced(
                f"{self._path} was deleted or replaced while Parley uses it: put it "
                "back where it was, or start Parley again to go on with what is there"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    """Of the file that is there now."""
    try:
        found = os.stat(path)  # noqa: PTH116 - half the time, before each transaction
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def fetch(
    connection: Connection, statement: str, values: Mapping[str, object] | None = None
) -> list[Row]:
    """What a statement gives, in one hop to the connection's thread."""
    return list(await connection.execute_fetchall(statement, values or {}))


def listed(values: Sequence[object]) -> str:
    """A list as one value of a statement, which takes it apart with `json_each`."""
    return json.dumps(values, ensure_ascii=False)


@asynccontextmanager
async def connect(
    path: Path,
    migrations: Sequence[str] | None = None,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Database]:
    """The database at *path*, made or brought up to date first; closed at the end.

    Its only connection: aiosqlite's thread keeps the process alive until it is closed.
    Raises `StoreError`.
    """
    with claimed(path), explained(path):
        async with aiosqlite.connect(
            path, isolation_level=None, timeout=BUSY_S
        ) as connection:
            connection.row_factory = Row
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = FULL")
            await install(connection, clock)
            await migrate(
                connection, path, released() if migrations is None else migrations
            )
            # Only now: a migration may need to rebuild a table others refer to.
            await connection.execute("PRAGMA foreign_keys = ON")
            yield Database(connection, path)
