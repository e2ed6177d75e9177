"""Troubles that pass: told in words, and with patience nobody has to ask again."""

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from store.errors import DiskFull, Displaced, Held, Passing
from store.store import Store
from tests.store.scene import asked, end, now
from tests.store.test_place import child, says

T = TypeVar("T")


class Doctor:
    """A patience that mends what is wrong before it asks again."""

    def __init__(self, mend: Callable[[], object]) -> None:
        self._mend = mend
        self.troubles: list[Passing] = []

    async def __call__(self, trouble: Passing, ask: Callable[[], Awaitable[T]]) -> T:
        self.troubles.append(trouble)
        self._mend()
        return await ask()


async def limit(store: Store, pages: int) -> None:
    """How large the file may become: a disk that is full, or has room again."""
    await store._database.run(f"PRAGMA max_page_count = {pages}")


async def test_what_did_not_fit_is_kept_once_there_is_room(store: Store) -> None:
    events = [(str(n), "x" * 10_000) for n in range(50)]
    await limit(store, 1)
    room = asyncio.Event()

    class Waiting(Doctor):
        async def __call__(
            self, trouble: Passing, ask: Callable[[], Awaitable[T]]
        ) -> T:
            self.troubles.append(trouble)
            await room.wait()
            return await ask()

    patience = Waiting(lambda: None)
    keeping = asyncio.create_task(store.patient(patience).keep("telegram", events))
    while not patience.troubles:
        await asyncio.sleep(0)
    assert await store.pending("telegram") == []  # others read meanwhile
    assert not keeping.done()
    await limit(store, 1_000_000)
    room.set()

    assert len(await keeping) == 50
    assert [type(trouble) for trouble in patience.troubles] == [DiskFull]


async def test_who_has_no_patience_is_told_at_once(store: Store) -> None:
    await limit(store, 1)
    patient = store.patient(Doctor(lambda: None))

    with pytest.raises(DiskFull, match="free some"):
        await patient.impatient.keep("telegram", [("1", "x" * 100_000)])


async def test_a_file_that_was_deleted_is_not_written_to_any_more(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    aside = path.with_name("aside")
    path.rename(aside)

    with pytest.raises(Displaced, match="put it back where it was"):
        await end(store, turn)
    with pytest.raises(Displaced):
        await store.keep("telegram", [("1", "{}")])

    aside.rename(path)
    assert await end(store, turn)
    assert (await now(store, turn)).answer == "42"


async def test_a_file_that_was_replaced_is_left_as_it_is(
    store: Store, path: Path
) -> None:
    backup = path.with_name("backup")
    shutil.copy(path, backup)
    before = backup.read_bytes()
    backup.replace(path)

    with pytest.raises(Displaced, match="start Parley again"):
        await store.keep("telegram", [("1", "{}")])

    assert path.read_bytes() == before


async def test_a_file_that_is_held_for_long_is_written_when_it_is_let_go(
    store: Store, path: Path
) -> None:
    await store._database.run("PRAGMA busy_timeout = 50")
    visitor = sqlite3.connect(path, isolation_level=None)
    visitor.execute("BEGIN IMMEDIATE")
    with pytest.raises(Held, match="another program"):
        await store.keep("telegram", [("1", "{}")])
    assert await store.pending("telegram") == []  # reading goes on

    patience = Doctor(lambda: visitor.execute("COMMIT"))
    kept = await store.patient(patience).keep("telegram", [("1", "{}")])

    visitor.close()
    assert [record.event_id for record in kept] == ["1"]
    assert [type(trouble) for trouble in patience.troubles] == [Held]


async def test_a_probe_tells_whether_others_could_write(
    store: Store, path: Path
) -> None:
    await store.probe()
    await store._database.run("PRAGMA busy_timeout = 50")
    visitor = sqlite3.connect(path, isolation_level=None)
    visitor.execute("BEGIN IMMEDIATE")

    with pytest.raises(Held):
        await store.probe()

    visitor.close()


async def test_a_lock_that_lingers_after_its_holder_was_killed_is_waited_for(
    path: Path,
) -> None:
    with child("linger", path) as process:
        assert says(process) == "ready"
        process.kill()
        process.wait()

        async with Store.open(path) as store:
            assert await store.pending("telegram") == []
