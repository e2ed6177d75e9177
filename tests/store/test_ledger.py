"""A turn goes one way through the ledger, and ends once."""

import pytest

from store.errors import TurnOver
from store.records import TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, asked, conversation, end, now
from tests.store.turns import FINAL, submit


async def test_every_submission_is_an_attempt(store: Store, clock: Clock) -> None:
    turn = await asked(store)

    await submit(store, turn)
    await submit(store, turn)
    clock.pass_days(1)
    third = await submit(store, turn, "uuid-2")

    assert (third.state, third.attempts) == (TurnState.SUBMITTED, 3)
    assert (third.session_id, third.submitted_at) == ("session-1", clock.now)
    assert third.prompt_uuid == "uuid-1"
    found = await store.turn(turn.id)
    assert found
    assert found.prompt_uuids == ("uuid-1", "uuid-2")


async def test_only_what_is_submitted_is_consumed(store: Store) -> None:
    turn = await asked(store)
    await store.consume_turn(turn.id)
    assert (await now(store, turn)).state is TurnState.QUEUED

    await submit(store, turn)
    await store.consume_turn(turn.id)
    await store.consume_turn(turn.id)
    assert (await now(store, turn)).state is TurnState.CONSUMED

    await end(store, turn)
    await store.consume_turn(turn.id)
    assert (await now(store, turn)).state is TurnState.ANSWERED


@pytest.mark.parametrize("state", FINAL)
async def test_a_final_turn_is_never_submitted(store: Store, state: TurnState) -> None:
    turn = await asked(store)
    await end(store, turn, state)

    with pytest.raises(TurnOver):
        await submit(store, turn)

    assert (await now(store, turn)).attempts == 0


async def test_a_turn_nobody_asked_for_is_in_the_ledger(store: Store) -> None:
    home = await conversation(store)

    turn = await store.begin_unasked_turn(
        home.id, prompt="{}", prompt_uuid="uuid-9", session_id="s", address=HERE
    )
    other = await store.begin_unasked_turn(
        home.id, prompt="{}", prompt_uuid="uuid-10", session_id="s", address=HERE
    )

    assert (turn.state, turn.unasked) == (TurnState.CONSUMED, True)
    assert (turn.attempts, turn.reply_to) == (0, None)
    assert await store.unfinished_turns() == [turn, other]


async def test_a_turn_nobody_asked_for_that_is_told_again_is_the_same(
    store: Store,
) -> None:
    home = await conversation(store)
    turn = await store.begin_unasked_turn(
        home.id, prompt="{}", prompt_uuid="uuid-9", session_id="s", address=HERE
    )

    again = await store.begin_unasked_turn(
        home.id, prompt="{}", prompt_uuid="uuid-9", session_id="s", address=HERE
    )

    assert again == turn
    assert await store.unfinished_turns() == [turn]


# --- final --------------------------------------------------------------------


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("later", FINAL)
async def test_a_turn_ends_once(
    store: Store, state: TurnState, later: TurnState, clock: Clock
) -> None:
    turn = await asked(store)
    await submit(store, turn)

    assert await end(store, turn, state, answer="first")
    before = await now(store, turn)
    clock.pass_days(1)
    assert not await end(store, turn, later, answer="second")

    assert (before.state, before.answer) == (state, "first")
    assert (before.view, before.finished_at) == (
        '{"status": "done"}',
        clock.now - 24 * 3600,
    )
    assert await now(store, turn) == before


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (TurnState.ANSWERED, TurnState.DELIVERED),
        (TurnState.FAILED, TurnState.FAILED),
        (TurnState.CANCELLED, TurnState.CANCELLED),
    ],
)
async def test_an_end_is_delivered_once(
    store: Store, clock: Clock, state: TurnState, after: TurnState
) -> None:
    turn = await asked(store)
    await store.deliver_turn(turn.id)  # a screen ahead of the ledger
    assert (await now(store, turn)).delivered_at is None

    await end(store, turn, state)
    assert await store.undelivered_turns() == [await now(store, turn)]
    await store.deliver_turn(turn.id)
    delivered = await now(store, turn)
    clock.pass_days(1)
    await store.deliver_turn(turn.id)

    assert await now(store, turn) == delivered
    assert (delivered.state, delivered.answer) == (after, "42")
    assert delivered.delivered_at == clock.now - 24 * 3600
    assert await store.undelivered_turns() == []
    assert not await end(store, turn, answer="late")


# --- again --------------------------------------------------------------------


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("forgive", [True, False])
async def test_a_failed_turn_may_be_tried_again(
    store: Store, delivered: bool, forgive: bool
) -> None:
    turn = await asked(store)
    await submit(store, turn)
    await end(store, turn, TurnState.FAILED, cost_usd=0.25)
    if delivered:
        await store.deliver_turn(turn.id)

    again = await store.requeue_turn(turn.id, forgive=forgive)

    assert again is not None
    assert (again.state, again.view, again.answer) == (TurnState.QUEUED, None, None)
    assert again.attempts == (0 if forgive else 1)
    assert again.prompt_uuids == ("uuid-1",)
    assert await store.undelivered_turns() == []
    assert await store.unfinished_turns(turn.conversation_id) == [again]
    assert await end(store, turn, answer="at last", cost_usd=0.5)
    assert (await now(store, turn)).cost_usd == 0.75
    assert await store.undelivered_turns() == [await now(store, turn)]


@pytest.mark.parametrize("delivered", [True, False])
async def test_an_answered_turn_is_not_tried_again(
    store: Store, delivered: bool
) -> None:
    turn = await asked(store)
    await end(store, turn)
    if delivered:
        await store.deliver_turn(turn.id)
    before = await now(store, turn)

    assert await store.requeue_turn(turn.id, forgive=True) is None

    assert await now(store, turn) == before


async def test_an_unknown_cost_is_not_zero(store: Store) -> None:
    turn = await asked(store)
    await end(store, turn, cost_usd=None)

    assert (await now(store, turn)).cost_usd is None
