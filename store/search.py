"""The index of what was said, kept by SQLite itself where it has FTS5.

Rule: three characters are the least it can find, in any script; shorter words, and
all where there is no FTS5, are looked for row by row, and no further back than `NEAR`
turns: everybody waits for the one thread that reads them.
"""

import sqlite3
from collections.abc import Sequence

from store.database import Database, fetch

SHORTEST = 3
NEAR = 10_000  # of ordinary length: some 0.05 s

TABLE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (
        prompt, answer, content = 'said', content_rowid = 'id', tokenize = 'trigram'
    )
    """
TRIGGERS = {
    "search_added": """
        CREATE TRIGGER search_added AFTER INSERT ON turn BEGIN
            INSERT INTO search (rowid, prompt, answer)
            SELECT id, prompt, answer FROM said WHERE id = new.id;
        END
        """,
    "search_left": """
        CREATE TRIGGER search_left BEFORE UPDATE OF prompt, answer ON turn BEGIN
            INSERT INTO search (search, rowid, prompt, answer)
            SELECT 'delete', id, prompt, answer FROM said WHERE id = old.id;
        END
        """,
    "search_changed": """
        CREATE TRIGGER search_changed AFTER UPDATE OF prompt, answer ON turn BEGIN
            INSERT INTO search (rowid, prompt, answer)
            SELECT id, prompt, answer FROM said WHERE id = new.id;
        END
        """,
}
INDEXED = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND name = 'search_added'"


async def prepare(database: Database) -> None:
    """Index what was said so far, and from now on; at each start, SQLite may differ."""
    async with database.transaction() as db:
        try:
            await db.execute(TABLE)
        except sqlite3.OperationalError:  # this SQLite has no FTS5, or no trigrams
            for name in TRIGGERS:
                await db.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        if await fetch(db, INDEXED):
            return
        for trigger in TRIGGERS.values():
            await db.execute(trigger)
        await db.execute("INSERT INTO search (search) VALUES ('rebuild')")


def conditions(
    words: Sequence[str], *, indexed: bool
) -> tuple[list[str], dict[str, object]]:
    """All of the words are in it: conditions on `said`, and their values.

    Of the turns that hold the long words, and so of all if there are none, the newest
    `NEAR` are read for the short ones.
    """
    long = [word for word in words if indexed and len(word) >= SHORTEST]
    short = [word for word in words if word not in long]
    values: dict[str, object] = {f"w{nth}": word for nth, word in enumerate(short)}
    found = []
    if long:
        bound = f"ORDER BY rowid DESC LIMIT {NEAR}" if short else ""
        match = f"SELECT rowid FROM search WHERE search MATCH :match {bound}"  # noqa: S608 - a number of ours
        found.append(f"said.id IN ({match})")
        values["match"] = " ".join(map(_quoted, long))
    elif short:
        first = f"SELECT id FROM turn ORDER BY id DESC LIMIT 1 OFFSET {NEAR}"  # noqa: S608 - likewise
        found.append(f"said.id > coalesce(({first}), 0)")
    found += [
        f"instr(lower(said.prompt || ' ' || said.answer), lower(:w{nth})) > 0"
        for nth in range(len(short))
    ]
    return found, values


def _quoted(word: str) -> str:
    """As the words themselves, whatever FTS5 would read into them."""
    return '"' + word.replace('"', '""') + '"'
