"""A turn is queued once, and may be amended until it is final."""

import pytest

from store.records import AddressRecord, TurnRecord, TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, ask, asked, end, now
from tests.store.turns import FINAL, submit


async def test_a_queued_turn_is_all_that_was_asked(store: Store, clock: Clock) -> None:
    turn = await asked(store, "1", "2")

    assert turn.state is TurnState.QUEUED
    assert (turn.prompt, turn.asked_by) == ('{"text": "hello"}', "1001")
    assert (turn.address, turn.reply_to) == (HERE, "55")
    assert (turn.prompt_uuid, turn.prompt_uuids, turn.attempts) == ("uuid-1", (), 0)
    assert (turn.view, turn.answer, turn.unasked) == (None, None, False)
    assert turn.queued_at == clock.now
    assert await store.turn(turn.id) == turn
    assert await store.pending("telegram") == []


async def test_an_event_makes_one_turn(store: Store) -> None:
    await asked(store, "1", "2")

    assert await ask(store, "1") is None
    assert await ask(store, "2") is None  # part of it, if not its first
    assert await ask(store, "1", "3") is None

    assert len(await store.unfinished_turns()) == 1
    assert await store.pending("telegram") == []


async def test_an_event_makes_one_turn_even_when_it_is_forgotten(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store, "1")
    clock.pass_days(31)
    await store.prune()

    assert await ask(store, "1") is None
    assert await store.turn_of_event("telegram", "1") == turn


async def test_turns_are_found_by_any_of_their_events(store: Store) -> None:
    one, two = await asked(store, "1", "2"), await asked(store, "3")
    await store.keep("telegram", [("4", "{}")])

    assert await store.turn_of_event("telegram", "1") == one
    assert await store.turn_of_event("telegram", "2") == one
    assert await store.turn_of_event("telegram", "3") == two
    assert await store.turn_of_event("telegram", "4") is None
    assert await store.turn_of_event("slack", "1") is None


async def test_a_message_finds_the_newest_turn_it_asked_for(store: Store) -> None:
    await ask(store, reply_to="9")
    newest = await ask(store, reply_to="9")
    await ask(store, reply_to="10")
    elsewhere = AddressRecord(platform="telegram", chat="8")
    other = await ask(store, address=elsewhere, reply_to="9")

    assert await store.turn_of_message(HERE, "9") == newest
    assert await store.turn_of_message(elsewhere, "9") == other
    assert await store.turn_of_message(HERE, "11") is None


# --- amended ------------------------------------------------------------------


async def amend(store: Store, turn: TurnRecord) -> TurnRecord | None:
    await store.keep("telegram", [("edit", "{}")])
    return await store.amend_turn(
        turn.id,
        prompt="other",
        prompt_uuid="uuid-2",
        platform="telegram",
        events=["edit"],
    )


async def test_an_amended_turn_begins_anew_with_other_words(store: Store) -> None:
    turn = await asked(store)
    await submit(store, turn)

    amended = await amend(store, turn)

    assert amended is not None
    assert (amended.prompt, amended.prompt_uuid) == ("other", "uuid-2")
    assert (amended.state, amended.attempts) == (TurnState.QUEUED, 0)
    assert await store.pending("telegram") == []
    assert await store.turn_of_event("telegram", "edit") == amended


@pytest.mark.parametrize("state", FINAL)
async def test_a_final_turn_is_not_amended(store: Store, state: TurnState) -> None:
    turn = await asked(store)
    await end(store, turn, state)
    before = await now(store, turn)

    assert await amend(store, turn) is None

    assert await now(store, turn) == before
    assert [kept.event_id for kept in await store.pending("telegram")] == ["edit"]
