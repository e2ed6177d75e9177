"""What somebody does to the audit who may write the file is found, and named."""

import asyncio
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.audit_log import AuditLog, Entry
from store.chain import entry_hash
from store.errors import StoreError
from store.store import Store
from tests.store.audited import (
    entries,
    fault,
    finish,
    request,
    sound,
    story,
    tamper,
    use,
    verified,
)
from tests.store.scene import Clock, asked, decide, end

SAYS = '{"option":"deny"}'


@pytest.fixture
async def audited(path: Path) -> Path:
    """The file of a Parley that has ended, with ten turns in its audit."""
    async with Store.open(path) as store:
        for number in range(10):
            await story(store, str(number))
    return path


def rewritten(path: Path, number: int, *, body: str) -> None:
    """One entry says something else, under the hash that it would have then."""
    [entry] = [entry for entry in entries(path) if entry.number == number]
    tamper(
        path,
        "UPDATE audit SET body = ?, hash = ? WHERE number = ?",
        values=(body, hash_of(entry, body), number),
    )


def hash_of(entry: Entry, body: str) -> str:
    return entry_hash(
        entry.number,
        entry.at,
        entry.kind,
        entry.conversation,
        entry.turn,
        entry.actor,
        body,
        entry.previous,
    )


@pytest.mark.parametrize(
    "change",
    [
        "body = '{}'",
        "actor = 'telegram:2'",
        "at = at + 0.000001",
        "kind = 'tool '",
        "turn_id = 99",
        "conversation_id = NULL",
        "hash = previous",
    ],
)
def test_a_changed_entry_is_named(audited: Path, change: str) -> None:
    tamper(audited, f"UPDATE audit SET {change} WHERE number = 12")

    found = fault(audited)
    assert (found.number, found.words) == (12, "It was changed.")


def test_an_entry_that_was_written_anew_does_not_lead_to_the_next(
    audited: Path,
) -> None:
    rewritten(audited, 12, body=SAYS)

    found = fault(audited)
    assert found.number == 13
    assert "does not follow on entry 12: that one was written anew" in found.words


@pytest.mark.parametrize(("removed", "gone"), [("= 12", 1), ("IN (12, 13, 14)", 3)])
def test_removed_entries_are_missed(audited: Path, removed: str, gone: int) -> None:
    tamper(audited, f"DELETE FROM audit WHERE number {removed}")

    found = fault(audited)
    assert (found.number, found.words.split()[0]) == (12, str(gone))
    assert "removed" in found.words


def test_removed_entries_are_missed_when_the_rest_is_numbered_anew(
    audited: Path,
) -> None:
    tamper(
        audited,
        "DELETE FROM audit WHERE number = 12",
        "UPDATE audit SET number = -number WHERE number > 12",
        "UPDATE audit SET number = -number - 1 WHERE number < 0",
    )

    found = fault(audited)
    assert found.number == 12
    assert "what was between them was removed" in found.words


def test_the_beginning_cannot_be_taken_for_what_parley_dropped(audited: Path) -> None:
    fifth = entries(audited)[4].hash
    tamper(audited, "DELETE FROM audit WHERE number <= 5")
    tamper(audited, "UPDATE audit_anchor SET number = 5, hash = ?", values=(fifth,))

    found = fault(audited)
    assert (found.number, "not by Parley" in found.words) == (5, True)


def test_swapped_entries_are_out_of_order(audited: Path) -> None:
    tamper(
        audited,
        "UPDATE audit SET number = -13 WHERE number = 12",
        "UPDATE audit SET number = 12 WHERE number = 13",
        "UPDATE audit SET number = 13 WHERE number = -13",
    )

    found = fault(audited)
    assert found.number == 12
    assert "follows on entry 13, not on 11: the order was changed" in found.words


def test_an_entry_that_was_put_in_between_is_found(audited: Path) -> None:
    eleventh = entries(audited)[10]
    forged = Entry(
        number=12,
        at=eleventh.at,
        kind="decided",
        conversation=1,
        turn=1,
        actor="telegram:1",
        body=SAYS,
        previous=eleventh.hash,
        hash="",
    )
    tamper(
        audited,
        "UPDATE audit SET number = -number WHERE number > 11",
        "UPDATE audit SET number = -number + 1 WHERE number < 0",
    )
    tamper(
        audited,
        "INSERT INTO audit VALUES (12, ?, 'decided', 1, 1, 'telegram:1', ?, ?, ?)",
        values=(forged.at, SAYS, forged.previous, hash_of(forged, SAYS)),
    )

    found = fault(audited)
    assert found.number == 13
    assert "follows on entry 11, not on 12" in found.words
    assert "put in between" in found.words


def test_a_cut_off_end_is_found_by_whoever_kept_a_hash(audited: Path) -> None:
    whole = sound(audited)
    tamper(audited, "DELETE FROM audit WHERE number > 20")

    assert sound(audited).last == 20
    found = fault(audited, whole.head)
    assert found.number == 21
    assert "cut off" in found.words
    assert sound(audited, entries(audited)[4].hash).last == 20


def test_an_audit_that_was_written_anew_as_a_whole_is_found_by_a_hash(
    audited: Path,
) -> None:
    whole = sound(audited)
    rewritten(audited, whole.last - 1, body=SAYS)
    last = whole.last
    entry = entries(audited)[-1]
    before = entries(audited)[-2].hash
    anew = entry_hash(
        last, entry.at, entry.kind, entry.conversation, entry.turn, entry.actor,
        entry.body, before,
    )  # fmt: skip
    tamper(
        audited,
        "UPDATE audit SET previous = ?, hash = ? WHERE number = ?",
        values=(before, anew, last),
    )

    assert sound(audited).head == anew
    assert "written anew" in fault(audited, whole.head).words


def test_an_audit_without_a_beginning_is_not_sound(audited: Path) -> None:
    tamper(audited, "DELETE FROM audit_anchor")

    assert "not known where" in fault(audited).words


def test_an_audit_of_which_nothing_is_left_is_missed(audited: Path) -> None:
    head = sound(audited).head
    tamper(audited, "DELETE FROM audit")

    assert sound(audited).entries == 0
    assert fault(audited, head).number == 1


# --- whatever happened, whatever was changed ------------------------------------

Step = Callable[[Store, int], Coroutine[Any, Any, object]]
STEPS: dict[str, Step] = {
    "ask": lambda store, n: asked(store, f"e{n}"),
    "story": lambda store, n: story(store, f"s{n}"),
    "tools": lambda store, n: _of_the_first(store, "tools"),
    "request": lambda store, n: _of_the_first(store, "request"),
    "decide": lambda store, n: decide(store, "q"),
    "stop": lambda store, n: _of_the_first(store, "stop"),
    "end": lambda store, n: _of_the_first(store, "end"),
    "trim": lambda store, n: store.trim_audit(6),
}
CHANGES = (
    "UPDATE audit SET body = body || ' ' WHERE number = ?",
    "UPDATE audit SET actor = actor || '0' WHERE number = ?",
    "UPDATE audit SET at = at + 1 WHERE number = ?",
    "DELETE FROM audit WHERE number = ?",
    "UPDATE audit SET number = number + 1000 WHERE number = ?",
)


async def _of_the_first(store: Store, what: str) -> None:
    turns = await store.unfinished_turns()
    if not turns:
        return
    if what == "tools":
        await store.note_tools(turns[0].id, [use("a"), use("b")])
    elif what == "request":
        await request(store, turns[0], "q")
    elif what == "stop":
        await finish(store, turns[0], "telegram:1")
    else:
        await end(store, turns[0])


async def _live(path: Path, steps: list[str]) -> None:
    async with Store.open(path, Clock()) as store:
        for number, step in enumerate(steps):
            await STEPS[step](store, number)


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=14),
    change=st.sampled_from(CHANGES),
    data=st.data(),
)
def test_every_history_is_sound_until_any_of_it_is_touched(
    steps: list[str], change: str, data: st.DataObject
) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "state" / "parley.db"
    try:
        asyncio.run(_live(path, steps))
        whole = sound(path)
        numbers = [entry.number for entry in entries(path)]
        assert numbers == list(range(whole.first, whole.last + 1))
        if not numbers:
            return
        head = entries(path)[-1].hash
        assert sound(path, head) == whole
        touched = data.draw(st.sampled_from(numbers))
        tamper(path, change, values=(touched,))
        assert fault(path, head).number in (touched, touched + 1)
    finally:
        shutil.rmtree(folder)


# --- what cannot be read --------------------------------------------------------


def test_there_has_to_be_a_store(path: Path) -> None:
    with pytest.raises(StoreError, match="has kept nothing there yet"):
        verified(path)

    assert not path.exists()


def test_a_file_that_is_no_database_is_said_to_be_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("something else, " * 99)

    with pytest.raises(StoreError, match="not a sound database"):
        verified(path)


def test_reading_changes_nothing(audited: Path) -> None:
    before = audited.read_bytes()
    with AuditLog.open(audited) as audit:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            audit._connection.execute("DELETE FROM audit_anchor")
        assert len(json.dumps([entry.body for entry in audit.entries()])) > 100

    assert audited.read_bytes() == before
