"""The audit is one chain, only added to, and kept longer than what it tells of."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from store.audit_log import Wanted
from store.records import AddressRecord, ConversationId
from store.store import Store
from tests.store.audited import entries, sound, story, use
from tests.store.scene import Clock, asked, end

ADA = "telegram:1"


async def test_conversations_that_end_at_once_make_one_chain(
    store: Store, path: Path
) -> None:
    homes = [AddressRecord(platform="telegram", chat=str(n)) for n in range(5)]
    turns = [await asked(store, str(n), address=home) for n, home in enumerate(homes)]

    await asyncio.gather(
        *(end(store, turn) for turn in turns),
        *(store.note_tools(turn.id, [use("a"), use("b")]) for turn in turns),
        *(asked(store, f"more {home.chat}", address=home) for home in homes),
    )

    assert sound(path).entries == 5 + 5 + 10 + 5


async def test_it_outlives_what_it_tells_of(
    store: Store, path: Path, clock: Clock
) -> None:
    turn = await story(store)
    await store.shown("q1")
    await store.deliver_turn(turn.id)
    before = entries(path)

    clock.pass_days(4000)
    await store.prune()
    await store.forget(turn.conversation_id)

    assert await store.decision("q1") is None
    assert entries(path) == before


async def test_the_program_itself_can_only_add_to_it(store: Store, path: Path) -> None:
    await story(store)
    for statement in (
        "UPDATE audit SET actor = 'nobody' WHERE number = 2",
        "DELETE FROM audit WHERE number = 7",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            await store._database.run(statement)

    assert sound(path).entries == 7


async def test_the_oldest_go_as_a_whole_and_the_rest_is_still_proved(
    store: Store, path: Path
) -> None:
    assert await store.trim_audit(4) == 0
    await story(store)
    early = await store.audit_head()
    await story(store, "2")
    before = entries(path)

    assert await store.trim_audit(4) == 9

    assert entries(path)[:4] == before[9:]
    dropped = entries(path)[-1]
    assert dropped.kind == "trimmed"
    assert json.loads(dropped.body) == {"through": 9, "hash": before[8].hash}
    assert sound(path, before[8].hash).first == 10
    assert sound(path, before[9].hash).last == 14
    assert await store.trim_audit(5) == 0
    assert await store.trim_audit(1) == 4
    assert early.hash not in {entry.hash for entry in entries(path)}
    assert sound(path).entries == 2


async def test_entries_are_found_by_turn_conversation_person_and_time(
    store: Store, path: Path, clock: Clock
) -> None:
    first = await story(store)
    clock.pass_days(1)
    other = AddressRecord(platform="telegram", chat="8")
    second = await asked(store, "2", address=other, by="1002")

    def numbers(**wanted: Any) -> list[int]:
        return [entry.number for entry in entries(path, Wanted(**wanted))]

    assert numbers(turn=first.id) == [1, 2, 3, 4, 5, 7]
    assert numbers(conversation=second.conversation_id) == [8]
    assert numbers(person=ADA) == [5, 6]
    assert numbers(since=clock.now) == [8]
    assert numbers(turn=first.id, person=ADA) == [5]
    assert numbers(conversation=ConversationId(99)) == []
