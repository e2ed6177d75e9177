"""A turn goes one way, once; every call may be repeated."""

from pathlib import Path

import pytest

from store.errors import TurnOver
from store.records import AddressRecord, TurnId, TurnRecord, TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, ask, asked, conversation, end, now

FINAL = [TurnState.ANSWERED, TurnState.FAILED, TurnState.CANCELLED]


async def submit(store: Store, turn: TurnRecord, uuid: str = "uuid-1") -> TurnRecord:
    return await store.submit_turn(turn.id, prompt_uuid=uuid, session_id="session-1")


# --- queued -------------------------------------------------------------------


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


# --- submitted, consumed ------------------------------------------------------


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


# --- held ---------------------------------------------------------------------


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
