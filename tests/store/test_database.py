"""Transactions are whole, whatever happens in the middle of them."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from store.database import Database, connect, fetch
from store.errors import DiskFull, MigrationFailed, SchemaTooNew, StoreError

ONE = "CREATE TABLE one (a INTEGER PRIMARY KEY) STRICT; INSERT INTO one VALUES (1)"
TWO = "CREATE TABLE two (b TEXT) STRICT; INSERT INTO two SELECT a || '' FROM one"
BROKEN = "CREATE TABLE three (c TEXT) STRICT; DELETE FROM one; SELECT * FROM nowhere"


async def numbers(database: Database) -> list[int]:
    return [a for [a] in await database.run("SELECT a FROM one ORDER BY a")]


def look(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_the_connection_is_set_up_for_safety(path: Path) -> None:
    async with connect(path, [ONE]) as database:
        settings = {
            name: (await database.run(f"PRAGMA {name}"))[0][0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


async def test_a_failed_transaction_leaves_nothing_behind(path: Path) -> None:
    async def fail() -> None:
        async with database.transaction() as db:
            await db.execute("INSERT INTO one VALUES (2)")
            await db.execute("INSERT INTO one VALUES (1)")

    async with connect(path, [ONE]) as database:
        with pytest.raises(sqlite3.IntegrityError):
            await fail()

        assert await numbers(database) == [1]


async def test_a_cancelled_transaction_is_whole_or_nothing_at_every_step(
    path: Path,
) -> None:
    """Cancelled after each number of turns of the event loop that it can take."""

    async def write(first: int) -> None:
        async with database.transaction() as db:
            await db.execute("INSERT INTO one VALUES (:a)", {"a": first})
            await db.execute("INSERT INTO one VALUES (:a)", {"a": first + 1})

    async with connect(path, [ONE]) as database:
        for step in range(60):
            before = await numbers(database)
            task = asyncio.create_task(write(100 + 2 * step))
            for _ in range(step):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

            added = set(await numbers(database)) - set(before)
            assert added in (set(), {100 + 2 * step, 101 + 2 * step})
            async with database.transaction() as db:  # the connection is usable
                await db.execute("DELETE FROM one WHERE a > 1000")


async def test_tasks_do_not_get_into_each_others_transactions(path: Path) -> None:
    async def raise_by_one() -> None:
        async with database.transaction() as db:
            [[most]] = await fetch(db, "SELECT max(a) FROM one")
            await db.execute("INSERT INTO one VALUES (:a)", {"a": most + 1})

    async with connect(path, [ONE]) as database:
        await asyncio.gather(*(raise_by_one() for _ in range(20)))

        assert await numbers(database) == list(range(1, 22))


async def test_a_full_disk_is_named_and_survived(path: Path) -> None:
    async def fill() -> None:
        async with database.transaction() as db:
            await db.execute("INSERT INTO one VALUES (2)")
            await db.execute("INSERT INTO two VALUES (:b)", {"b": "x" * 100_000})

    async with connect(path, [ONE, TWO]) as database:
        await database.run("PRAGMA max_page_count = 10")
        with pytest.raises(DiskFull, match="free some"):
            await fill()
        assert await numbers(database) == [1]

        await database.run("PRAGMA max_page_count = 1000000")
        await database.run("INSERT INTO one VALUES (2)")

        assert await numbers(database) == [1, 2]


async def test_a_database_is_brought_up_to_date_once(path: Path) -> None:
    async with connect(path, [ONE]):
        pass
    for _ in range(2):
        async with connect(path, [ONE, TWO]) as database:
            assert len(await database.run("SELECT b FROM two")) == 1


async def test_an_older_database_is_backed_up_first(path: Path) -> None:
    async with connect(path, [ONE]):
        assert not list(path.parent.glob("*.backup-*"))
    # What an attempt that was killed has left is no obstacle.
    (path.parent / "parley.db.backup-draft").write_text("half")
    (path.parent / "parley.db.backup-v1").write_text("older")

    async with connect(path, [ONE, TWO]):
        pass

    [backup] = path.parent.glob("*.backup-*")
    assert backup.name == "parley.db.backup-v1"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert look(backup, "SELECT name FROM sqlite_schema") == [("one",)]
    assert look(backup, "PRAGMA user_version") == [(1,)]


async def test_a_failing_migration_leaves_the_database_as_it_was(path: Path) -> None:
    with pytest.raises(MigrationFailed, match=r"from schema 2 to 3 .*nowhere"):
        async with connect(path, [ONE, TWO, BROKEN]):
            pass

    assert look(path, "SELECT name FROM sqlite_schema") == [("one",), ("two",)]
    assert look(path, "SELECT a FROM one") == [(1,)]
    assert look(path, "PRAGMA user_version") == [(2,)]
    async with connect(path, [ONE, TWO]) as database:
        assert await numbers(database) == [1]


async def test_a_newer_database_is_refused(path: Path) -> None:
    async with connect(path, [ONE, TWO]):
        pass

    with pytest.raises(SchemaTooNew, match="install that version"):
        async with connect(path, [ONE]):
            pass


async def test_a_visitor_that_holds_the_file_is_waited_for(path: Path) -> None:
    async with connect(path, [ONE]) as database:
        visitor = sqlite3.connect(path, isolation_level=None)
        visitor.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(database.run("INSERT INTO one VALUES (2)"))
        await asyncio.wait([writing], timeout=0.1)
        assert not writing.done()

        visitor.execute("COMMIT")
        visitor.close()
        await writing

        assert await numbers(database) == [1, 2]


async def test_a_damaged_file_is_an_error_with_advice(path: Path) -> None:
    async with connect(path, [ONE, TWO]):
        pass
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)

    with pytest.raises(StoreError, match="put a backup in its place"):
        async with connect(path, [ONE, TWO]) as database:
            await numbers(database)
