"""A conversation may live at several addresses, and an address moves as a whole."""

from store.records import AddressRecord, ConversationId, ConversationRecord
from store.store import Store
from tests.store.scene import HERE, Clock, ask, asked, conversation

ELSEWHERE = AddressRecord(platform="slack", chat="C1", thread="1.0", team="T1")


async def move(
    store: Store,
    home: ConversationRecord,
    address: AddressRecord = ELSEWHERE,
    *events: str,
) -> bool:
    return await store.move_address(
        address, home.id, platform="telegram", events=events
    )


async def lists(store: Store) -> list[ConversationId]:
    cards = await store.cards(before=None, limit=9)
    return [card.conversation.id for card in cards]


async def test_a_conversation_is_shown_at_another_address_too(store: Store) -> None:
    home = await conversation(store)
    await store.keep("telegram", [("1", "/link"), ("2", "hello")])

    assert await move(store, home, ELSEWHERE, "1")
    assert await move(store, home)  # again

    assert await conversation(store, ELSEWHERE) == home
    assert await store.addresses(home.id) == [HERE, ELSEWHERE]
    assert await store.linked() == {home.id: [HERE, ELSEWHERE]}
    [card] = await store.cards(before=None, limit=9)
    assert (card.conversation, card.home) == (home, HERE)
    assert await store.carried_out("telegram", ["1"])
    assert not await store.carried_out("telegram", ["2"])


async def test_moving_in_where_one_lives_already_changes_nothing(store: Store) -> None:
    home = await conversation(store)
    await move(store, home)

    await move(store, home, HERE)

    card = await store.card(home.id)
    assert card
    assert card.home == HERE


async def test_what_lived_there_before_goes_on_without_that_address(
    store: Store,
) -> None:
    turn = await ask(store, address=ELSEWHERE)
    assert turn
    home, before = await conversation(store), await conversation(store, ELSEWHERE)

    await move(store, home)

    assert await conversation(store, ELSEWHERE) == home
    assert await store.conversation(before.id) == before
    assert await store.addresses(before.id) == []
    assert await store.unfinished_turns(before.id) == [turn]
    # Nobody could open it: it is in no list, and not found.
    assert await lists(store) == [home.id]
    assert await store.card(before.id) is None
    assert await store.search(["hello"], limit=9) == []

    await move(store, before)
    assert set(await lists(store)) == {home.id, before.id}
    assert len(await store.search(["hello"], limit=9)) == 1
    assert await store.linked() == {}


async def test_home_is_where_it_has_lived_the_longest_of_what_is_left(
    store: Store,
) -> None:
    home = await conversation(store)
    await move(store, home)
    other = await conversation(store, AddressRecord(platform="web", chat="a1"))

    await move(store, other, HERE)

    assert {
        card.conversation.id: card.home.platform
        for card in await store.cards(before=None, limit=9)
    } == {home.id: "slack", other.id: "web"}


async def test_nothing_moves_to_a_forgotten_conversation(store: Store) -> None:
    gone, home = await conversation(store), await conversation(store, ELSEWHERE)
    await store.forget(gone.id)
    await store.keep("telegram", [("1", "/link")])

    assert not await move(store, gone, ELSEWHERE, "1")

    assert await conversation(store, ELSEWHERE) == home
    assert [kept.event_id for kept in await store.pending("telegram")] == ["1"]


async def test_all_addresses_go_with_a_forgotten_conversation(store: Store) -> None:
    turn = await asked(store)
    home = await conversation(store)
    await move(store, home)

    await store.forget(turn.conversation_id)

    assert not await store.lives_at(HERE)
    assert not await store.lives_at(ELSEWHERE)


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
