"""A connection whose nth statement fails, as a full, failing or busy file's does."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosqlite import Connection

CODES = {
    "full": sqlite3.SQLITE_FULL,
    "failing": sqlite3.SQLITE_IOERR_FSYNC,
    "busy": sqlite3.SQLITE_BUSY,
}


class Faulty:
    """Everything that `Database` asks of a connection; `failing` makes it fail."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._left: int | None = None  # statements that still go well
        self._code = 0
        self.failed = False

    @contextmanager
    def failing(self, nth: int, code: int) -> Iterator[None]:
        self._left, self._code, self.failed = nth - 1, code, False
        try:
            yield
        finally:
            self._left = None

    async def execute(self, *statement: Any) -> Any:
        self._count()
        return await self._connection.execute(*statement)

    async def execute_fetchall(self, *statement: Any) -> Any:
        self._count()
        return await self._connection.execute_fetchall(*statement)

    async def executemany(self, *statement: Any) -> Any:
        self._count()
        return await self._connection.executemany(*statement)

    async def commit(self) -> None:
        self._count()
        await self._connection.commit()

    async def rollback(self) -> None:
        await self._connection.rollback()

    def _count(self) -> None:
        if self._left == 0:
            self._left, self.failed = None, True
            error = sqlite3.OperationalError("the test wants it so")
            error.sqlite_errorcode = self._code
            raise error
        if self._left is not None:
            self._left -= 1
