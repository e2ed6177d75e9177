"""A conversation lives at its addresses, and knows its agent session."""

import asyncio

from store.records import AddressRecord
from store.store import Store
from tests.store.scene import HERE, Clock, ask, conversation

ELSEWHERE = AddressRecord(platform="telegram", chat="7")


async def test_an_address_keeps_its_conversation(store: Store, clock: Clock) -> None:
    begun = await conversation(store)

    again = await store.conversation_at(
        HERE, project="other", agent="codex", session_id="session-2"
    )

    assert again == begun
    assert (begun.project, begun.agent) == ("shop", "claude")
    assert (begun.session_id, begun.created_at) == ("session-1", clock.now)
    assert await store.addresses(begun.id) == [HERE]


async def test_every_part_of_an_address_counts(store: Store) -> None:
    addresses = [
        AddressRecord(platform="slack", chat="C1", thread="1.0", team="T1"),
        AddressRecord(platform="slack", chat="C1", thread="1.0", team="T2"),
        AddressRecord(platform="slack", chat="C1", thread="2.0", team="T1"),
        AddressRecord(platform="slack", chat="C2", thread="1.0", team="T1"),
        AddressRecord(platform="other", chat="C1", thread="1.0", team="T1"),
    ]

    begun = [await conversation(store, address) for address in addresses]

    assert len({record.id for record in begun}) == 5


async def test_two_that_look_at_once_find_the_same(store: Store) -> None:
    found = await asyncio.gather(*(conversation(store) for _ in range(5)))

    assert len({record.id for record in found}) == 1


async def test_a_new_session_begins_together_with_its_event(store: Store) -> None:
    before = await conversation(store)
    other = await conversation(store, ELSEWHERE)
    await store.keep("telegram", [("1", "/new"), ("2", "hello")])

    after = await store.begin_session(
        before.id, "session-2", platform="telegram", events=["1"]
    )

    assert (after.id, after.session_id) == (before.id, "session-2")
    assert await conversation(store, HERE) == after
    assert await conversation(store, ELSEWHERE) == other
    assert [kept.event_id for kept in await store.pending("telegram")] == ["2"]


async def test_an_address_is_known_once_a_conversation_has_begun_there(
    store: Store,
) -> None:
    assert not await store.lives_at(HERE)

    await conversation(store)

    assert await store.lives_at(HERE)
    assert not await store.lives_at(ELSEWHERE)


async def test_active_addresses_come_with_the_newest_message_that_asked(
    store: Store, clock: Clock
) -> None:
    old, new = (
        AddressRecord(platform="slack", chat="C1", thread=thread, team="T1")
        for thread in ("1.0", "2.0")
    )
    await ask(store, address=old, reply_to="1.1")
    clock.pass_days(2)
    await ask(store, address=new, reply_to="2.9")
    await ask(store, address=new, reply_to="2.5")
    await ask(store)  # on another platform

    assert await store.active("slack", clock.now - 3600) == [(new, "2.9")]
    assert {place for place, _ in await store.active("slack", 0.0)} == {old, new}
