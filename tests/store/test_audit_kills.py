"""Killed at whatever statement, the audit is whole, and says what happened: no more."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from store.store import Store
from tests.store.audited import kinds, sound, story

#: What is in the tables, and how often the audit has to tell of it.
HAPPENED = {
    "SELECT count(*) FROM turn": "asked",
    "SELECT count(*) FROM turn WHERE finished_at IS NOT NULL": "ended",
    "SELECT count(*) FROM decision": "permission",
    "SELECT count(*) FROM decision WHERE state = 'decided'": "decided",
    "SELECT count(*) FROM rule": "access",
}


async def test_killed_at_each_statement_it_is_whole_and_goes_on(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.child", "live and die", str(tmp_path))
    )
    assert await child.wait() == 0

    *killed, ended = sorted(tmp_path.glob("*/parley.db"))
    assert len(killed) > 20
    for path in killed:
        told = kinds(path)
        assert sound(path).entries == len(told)
        if "trimmed" not in told:
            assert [told.count(kind) for kind in HAPPENED.values()] == _facts(path)
            assert told.count("tool") in (0, 2)
    assert kinds(ended) == ["decided", "access", "ended", "trimmed"]

    for path in killed[:: len(killed) // 4]:
        before = sound(path).head
        async with Store.open(path) as store:
            await story(store, "another")
        assert sound(path, before).entries >= 7


def _facts(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(query).fetchone()[0] for query in HAPPENED]
