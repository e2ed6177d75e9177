"""Brings a database up to the tables this version knows."""

import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import aiosqlite

from store.errors import MigrationFailed, SchemaTooNew
from store.place import make_private


def released() -> list[str]:
    """The migrations that come with the program, oldest first."""
    files = (resources.files("store") / "migrations").iterdir()
    scripts = sorted(
        (file for file in files if file.name.endswith(".sql")), key=lambda f: f.name
    )
    return [script.read_text(encoding="utf-8") for script in scripts]


async def migrate(
    connection: aiosqlite.Connection, path: Path, migrations: Sequence[str]
) -> None:
    """Apply those this database has not seen, oldest first, each whole or not at all.

    `user_version` counts the applied ones, so a released one is never edited.
    """
    version = await schema_version(connection)
    if version > len(migrations):
        raise SchemaTooNew(
            f"{path} was written by a newer version of this program (its schema is "
            f"{version}, this one knows {len(migrations)}): install that version"
        )
    if version < len(migrations) and await _filled(connection):
        await _back_up(connection, path, version)
    for number, script in enumerate(migrations[version:], start=version + 1):
        try:
            # As one script: `executescript` commits what is open first, nothing here.
            await connection.executescript(
                f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {number}; COMMIT;"
            )
        except aiosqlite.Error as error:
            # The caller closes the connection, which undoes what was begun.
            raise MigrationFailed(
                f"{path} could not be brought from schema {number - 1} to {number} "
                f"({error}); it is as it was: go back to the version before"
            ) from error


async def schema_version(connection: aiosqlite.Connection) -> int:
    [[version]] = await connection.execute_fetchall("PRAGMA user_version")
    return int(version)


async def _filled(connection: aiosqlite.Connection) -> bool:
    [[tables]] = await connection.execute_fetchall("SELECT count(*) FROM sqlite_schema")
    return bool(tables)


async def _back_up(connection: aiosqlite.Connection, path: Path, version: int) -> None:
    """A copy beside the database, complete under its name or not there."""
    draft = path.with_name(f"{path.name}.backup-draft")
    draft.unlink(missing_ok=True)
    file = make_private(draft)  # SQLite fills an empty file and leaves its mode alone
    try:
        await connection.execute("VACUUM INTO ?", (str(draft),))
        os.fsync(file)  # `VACUUM INTO` does not
    finally:
        os.close(file)
    draft.replace(path.with_name(f"{path.name}.backup-v{version}"))
