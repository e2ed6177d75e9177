"""Words steered into a running turn reach the agent once, whatever ends in between."""

from pathlib import Path

import pytest

from store.errors import TurnOver
from store.records import TurnRecord, TurnState
from store.store import Store
from tests.store.scene import Clock, asked, end, now


async def steer(store: Store, turn: TurnRecord, into: TurnRecord) -> TurnRecord:
    return await store.steer_turn(
        turn.id, into=into.id, prompt_uuid="uuid-2", session_id="session-1"
    )


async def running(store: Store) -> TurnRecord:
    turn = await asked(store)
    await store.submit_turn(turn.id, prompt_uuid="uuid-1", session_id="session-1")
    await store.consume_turn(turn.id)
    return await now(store, turn)


async def test_steered_words_are_on_record_before_the_agent_gets_them(
    path: Path, clock: Clock
) -> None:
    async with Store.open(path, clock) as store:
        host, turn = await running(store), await asked(store)
        steered = await steer(store, turn, host)

    async with Store.open(path, clock) as store:
        assert await store.unfinished_turns() == [host, steered]
    assert (steered.state, steered.joined_to) == (TurnState.SUBMITTED, host.id)
    assert (steered.prompt_uuids, steered.attempts) == (("uuid-2",), 0)
    assert (steered.session_id, steered.submitted_at) == ("session-1", clock.now)


async def test_what_has_joined_another_turn_is_over(store: Store, clock: Clock) -> None:
    host, turn = await running(store), await asked(store)
    await steer(store, turn, host)

    assert await store.join_turn(turn.id, view='{"status": "done"}')
    assert not await store.join_turn(turn.id, view="{}")

    joined = await now(store, turn)
    assert (joined.state, joined.joined_to) == (TurnState.JOINED, host.id)
    assert (joined.view, joined.answer) == ('{"status": "done"}', "")
    assert (joined.finished_at, joined.delivered_at) == (clock.now, None)
    assert await store.unfinished_turns() == [host]
    assert await store.undelivered_turns() == [joined]
    with pytest.raises(TurnOver):
        await steer(store, turn, host)
    with pytest.raises(TurnOver):
        await store.submit_turn(turn.id, prompt_uuid="u", session_id="s")
    assert not await end(store, turn)
    assert await store.release_turn(turn.id) is None
    assert await store.hold_turn(turn.id) is None
    assert await store.requeue_turn(turn.id, forgive=True) is None
    assert await now(store, turn) == joined

    await store.deliver_turn(turn.id)
    delivered = await now(store, turn)
    assert (delivered.state, delivered.delivered_at) == (TurnState.JOINED, clock.now)
    assert await store.undelivered_turns() == []


async def test_what_never_reached_the_agent_waits_in_line_again(store: Store) -> None:
    host, turn = await running(store), await asked(store)
    await steer(store, turn, host)

    released = await store.release_turn(turn.id)

    assert released == await now(store, turn)
    assert (released.state, released.joined_to) == (TurnState.QUEUED, None)
    assert (released.prompt_uuids, released.attempts) == (("uuid-2",), 0)
    assert await store.release_turn(turn.id) is None
    assert not await store.join_turn(turn.id, view="{}")


async def test_what_came_too_late_has_a_turn_and_an_attempt_of_its_own(
    store: Store,
) -> None:
    host, turn = await running(store), await asked(store)
    await steer(store, turn, host)

    await store.consume_turn(turn.id)
    await store.consume_turn(turn.id)

    own = await now(store, turn)
    assert (own.state, own.joined_to) == (TurnState.CONSUMED, None)
    assert own.attempts == 1
    assert not await store.join_turn(turn.id, view="{}")
    assert await end(store, turn)


async def test_only_what_is_steered_joins_or_is_released(store: Store) -> None:
    queued, submitted = await asked(store), await asked(store)
    await store.submit_turn(submitted.id, prompt_uuid="u", session_id="s")

    for turn in (queued, submitted):
        before = await now(store, turn)
        assert not await store.join_turn(turn.id, view="{}")
        assert await store.release_turn(turn.id) is None
        assert await now(store, turn) == before


async def test_a_steered_turn_that_is_submitted_by_itself_is_one_by_itself(
    store: Store,
) -> None:
    host, turn = await running(store), await asked(store)
    await steer(store, turn, host)

    own = await store.submit_turn(turn.id, prompt_uuid="uuid-3", session_id="s")

    assert (own.joined_to, own.attempts) == (None, 1)
    assert own.prompt_uuids == ("uuid-2", "uuid-3")


async def test_a_steered_turn_that_is_cancelled_has_joined_nothing(
    store: Store,
) -> None:
    host, turn = await running(store), await asked(store)
    await steer(store, turn, host)

    assert await end(store, turn, TurnState.CANCELLED)

    assert (await now(store, turn)).joined_to is None


async def test_a_steered_turn_that_gets_other_words_or_another_try_is_steered_no_more(
    store: Store,
) -> None:
    host, turn, other = await running(store), await asked(store), await asked(store)
    await steer(store, turn, host)
    await steer(store, other, host)

    amended = await store.amend_turn(
        turn.id, prompt="other", prompt_uuid="u", platform="telegram", events=()
    )
    again = await store.requeue_turn(other.id, forgive=False)

    assert amended is not None
    assert again is not None
    assert (amended.joined_to, again.joined_to) == (None, None)
