"""Turns that are held, and what is known beside and after them."""

from pathlib import Path

import pytest

from store.records import TurnId, TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, asked, conversation, end, now
from tests.store.turns import FINAL, submit


async def test_an_attempt_that_a_usage_limit_ended_does_not_count(store: Store) -> None:
    turn = await asked(store)
    await submit(store, turn)
    await store.consume_turn(turn.id)
    await submit(store, turn, "uuid-2")

    held = await store.hold_turn(turn.id)
    assert await store.hold_turn(turn.id) is None  # it is queued already

    assert held == await now(store, turn)
    assert (held.state, held.attempts) == (TurnState.QUEUED, 1)
    assert held.prompt_uuids == ("uuid-1", "uuid-2")
    assert await store.unfinished_turns() == [held]


async def test_a_turn_the_agent_began_by_itself_has_no_attempt_to_give_back(
    store: Store,
) -> None:
    home = await conversation(store)
    turn = await store.begin_unasked_turn(
        home.id, prompt="{}", prompt_uuid="uuid-9", session_id="s", address=HERE
    )

    held = await store.hold_turn(turn.id)

    assert held is not None
    assert held.attempts == 0


@pytest.mark.parametrize("state", FINAL)
async def test_a_final_turn_is_not_held(store: Store, state: TurnState) -> None:
    turn = await asked(store)
    await end(store, turn, state)

    assert await store.hold_turn(turn.id) is None

    assert (await now(store, turn)).state is state


# --- beside its way -----------------------------------------------------------


async def test_a_turn_knows_the_workspace_before_and_after_it(store: Store) -> None:
    turn = await asked(store)
    assert (turn.tree, turn.tree_after) == (None, None)

    await store.set_tree(turn.id, "a1")
    await end(store, turn)
    await store.set_tree_after(turn.id, "b2")

    ended = await now(store, turn)
    assert (ended.tree, ended.tree_after) == ("a1", "b2")


async def test_a_turn_is_of_the_project_in_which_it_was_last_submitted(
    store: Store,
) -> None:
    turn = await asked(store)
    home = turn.conversation_id
    assert turn.project == "shop"

    await store.change(home, {"project": "garden"}, platform="telegram", events=())
    submitted = await submit(store, turn)
    unasked = await store.begin_unasked_turn(
        home, prompt="{}", prompt_uuid="uuid-9", session_id="s", address=HERE
    )
    await store.change(home, {"project": "attic"}, platform="telegram", events=())
    await end(store, turn)

    assert (submitted.project, unasked.project) == ("garden", "garden")
    assert (await now(store, turn)).project == "garden"


# --- what there is ------------------------------------------------------------


async def test_the_last_turns_are_the_newest_answered_ones_oldest_first(
    store: Store,
) -> None:
    turns = [await asked(store) for _ in range(6)]
    for turn in turns[:4]:
        await end(store, turn)
    await store.deliver_turn(turns[1].id)
    await end(store, turns[4], TurnState.FAILED)
    home = turns[0].conversation_id

    assert [turn.id for turn in await store.last_turns(home, 3)] == [
        turn.id for turn in turns[1:4]
    ]
    assert len(await store.last_turns(home, 9)) == 4


async def test_a_restart_finds_every_turn_where_it_was(
    path: Path, clock: Clock
) -> None:
    async with Store.open(path, clock) as store:
        queued, submitted, consumed, answered, delivered = [
            await asked(store) for _ in range(5)
        ]
        await submit(store, submitted)
        await submit(store, consumed)
        await store.consume_turn(consumed.id)
        await end(store, answered)
        await end(store, delivered)
        await store.deliver_turn(delivered.id)

    async with Store.open(path, clock) as store:
        unfinished = await store.unfinished_turns()
        assert [turn.id for turn in unfinished] == [
            queued.id,
            submitted.id,
            consumed.id,
        ]
        assert [turn.state.value for turn in unfinished] == [
            "queued",
            "submitted",
            "consumed",
        ]
        assert [turn.id for turn in await store.undelivered_turns()] == [answered.id]


async def test_a_turn_that_never_was_is_not_found(store: Store) -> None:
    assert await store.turn(TurnId(99)) is None


def test_what_is_final_is_told_by_the_state() -> None:
    final = {state for state in TurnState if state.final}

    assert final == {*FINAL, TurnState.DELIVERED, TurnState.JOINED}
