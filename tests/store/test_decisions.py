"""The first decision wins, wherever and however often a button is pressed."""

import asyncio

from store.records import DecisionRecord, DecisionState, TurnRecord
from store.store import Store
from tests.store.scene import Clock, asked


async def question(
    store: Store, turn: TurnRecord, id_: str = "q1", request: str = "r1"
) -> None:
    await store.ask(
        id_,
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        request_id=request,
        question='{"title": "Run a command?"}',
    )


async def found(store: Store, id_: str = "q1") -> DecisionRecord:
    record = await store.decision(id_)
    assert record is not None
    return record


async def test_a_question_is_on_disk_before_it_is_a_button(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)

    await question(store, turn)

    record = await found(store)
    assert record.open
    assert (record.turn_id, record.conversation_id) == (turn.id, turn.conversation_id)
    assert (record.request_id, record.asked_at) == ("r1", clock.now)
    assert record.question == '{"title": "Run a command?"}'
    assert (record.option, record.decided_by, record.closed_at) == (None, None, None)
    assert await store.unshown_decisions() == []


async def test_of_two_that_press_at_once_one_decides(store: Store) -> None:
    await question(store, await asked(store))

    records = await asyncio.gather(
        store.decide("q1", option="once", by="telegram:1 Ada"),
        store.decide("q1", option="deny", by="slack:2 Bob"),
    )

    [winner] = [record for record in records if record]
    assert winner.state is DecisionState.DECIDED
    assert await found(store) == winner
    assert await store.withdraw("q1") is None
    assert await found(store) == winner


async def test_what_is_withdrawn_is_not_decided(store: Store) -> None:
    turn = await asked(store)
    await question(store, turn)

    withdrawn = await store.withdraw("q1")

    assert withdrawn is not None
    assert (withdrawn.state, withdrawn.option) == (DecisionState.WITHDRAWN, None)
    assert await store.decide("q1", option="once", by="telegram:1 Ada") is None
    assert await found(store) == withdrawn


async def test_asking_again_does_not_open_a_closed_question(store: Store) -> None:
    turn = await asked(store)
    await question(store, turn)
    decided = await store.decide("q1", option="once", by="telegram:1 Ada")

    await question(store, turn)

    assert await found(store) == decided


async def test_what_was_never_asked_cannot_be_decided(store: Store) -> None:
    assert await store.decide("q9", option="once", by="telegram:1 Ada") is None
    assert await store.withdraw("q9") is None
    assert await store.decision("q9") is None


async def test_at_a_start_the_questions_of_dead_agents_are_withdrawn(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    for id_, request in (("q2", "r1"), ("q1", "r2"), ("q3", "own"), ("q4", "r3")):
        await question(store, turn, id_, request)
        clock.now += 1
    await store.decide("q4", option="deny", by="telegram:1 Ada")

    withdrawn = await store.withdraw_all(except_request="own")

    assert [record.id for record in withdrawn] == ["q2", "q1"]
    left = await store.decision("q3")
    assert left
    assert left.open
    assert [record.id for record in await store.withdraw_all()] == ["q3"]
    assert await store.withdraw_all() == []


async def test_a_closed_question_is_remembered_until_the_screens_show_it(
    store: Store,
) -> None:
    turn = await asked(store)
    await question(store, turn)
    await store.shown("q1")  # open: nothing is shown yet
    closed = await store.withdraw("q1")

    assert await store.unshown_decisions() == [closed]
    await store.shown("q1")
    await store.shown("q1")

    assert await store.unshown_decisions() == []
    assert await found(store) == closed
