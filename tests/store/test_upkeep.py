"""What is told to the operator, and what is forgotten."""

from datetime import UTC, datetime
from pathlib import Path

from store.records import TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, asked, decide, end, now


async def test_totals_are_of_today(store: Store, clock: Clock) -> None:
    noon = datetime.fromtimestamp(clock.now, UTC).astimezone().replace(hour=12)
    clock.now = noon.timestamp()
    await end(store, await asked(store), cost_usd=5.0)
    clock.pass_days(1)
    await end(store, await asked(store), cost_usd=0.25)
    await end(store, await asked(store), TurnState.FAILED, cost_usd=0.5)
    await asked(store)
    await store.keep("telegram", [("odd", "?")])
    await store.park("telegram", "odd", "unreadable")

    totals = await store.totals()

    assert (totals.turns_today, totals.cost_today_usd) == (3, 0.75)
    assert totals.parked == 1
    assert totals.database_bytes > 10_000


async def test_totals_of_nothing_are_nothing(store: Store) -> None:
    totals = await store.totals()

    assert (totals.turns_today, totals.cost_today_usd, totals.parked) == (0, 0.0, 0)


async def test_what_is_long_over_is_forgotten_but_for_its_words(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store, "1")
    await store.ask(
        "q1",
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        request_id="r1",
        question="{}",
    )
    await decide(store, "q1")
    await store.shown("q1")
    await store.posted(HERE, "t1", "0", "77")
    await end(store, turn)
    await store.deliver_turn(turn.id)

    clock.pass_days(29)
    await store.prune()
    assert await store.keep("telegram", [("1", "{}")]) == []
    assert await store.posts(HERE, "t1")
    assert await store.decision("q1")
    assert (await now(store, turn)).view

    clock.pass_days(2)
    await store.prune()
    await store.prune()
    assert await store.posts(HERE, "t1") == []
    assert await store.decision("q1") is None
    kept = await now(store, turn)
    assert (kept.view, kept.prompt, kept.answer) == (None, turn.prompt, "42")
    assert len(await store.keep("telegram", [("1", "{}")])) == 1


async def test_nothing_that_is_not_over_is_forgotten(
    store: Store, clock: Clock
) -> None:
    running, undelivered = await asked(store, "1"), await asked(store, "2")
    await end(store, undelivered)
    for id_ in ("open", "unshown"):
        await store.ask(
            id_,
            turn_id=running.id,
            conversation_id=running.conversation_id,
            request_id="r1",
            question="{}",
        )
    await store.withdraw("unshown")
    await store.posted(HERE, "t1", "0", "77")
    await store.keep("telegram", [("3", "{}"), ("4", "?")])
    await store.park("telegram", "4", "unreadable")

    clock.pass_days(400)
    await store.prune()

    assert [turn.id for turn in await store.unfinished_turns()] == [running.id]
    [left] = await store.undelivered_turns()
    assert left.view
    assert await store.posts(HERE, "t1")
    assert await store.decision("open")
    assert len(await store.unshown_decisions()) == 1
    assert [kept.event_id for kept in await store.pending("telegram")] == ["3"]
    assert [parked.event_id for parked in await store.parked()] == ["4"]


async def test_messages_of_a_question_that_may_look_open_are_not_forgotten(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    await store.ask(
        "q1",
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        request_id="r1",
        question="{}",
    )
    await store.posted(HERE, "q1", "0", "77")
    await end(store, turn)
    await store.deliver_turn(turn.id)

    clock.pass_days(31)
    await store.prune()
    assert await store.posts(HERE, "q1")

    await store.withdraw("q1")
    await store.shown("q1")
    await store.prune()
    assert await store.posts(HERE, "q1") == []


async def test_messages_of_a_turn_that_goes_on_are_not_forgotten(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    await store.posted(HERE, "t1", "0", "77")

    clock.pass_days(31)
    await store.prune()
    assert await store.posts(HERE, "t1")

    await end(store, turn)
    await store.deliver_turn(turn.id)
    await store.prune()
    assert await store.posts(HERE, "t1") == []


async def test_a_check_states_the_facts(path: Path) -> None:
    async with Store.open(path) as store:
        facts = await store.check()

    assert (facts["integrity"], facts["schema"]) == ("ok", "6")
    assert facts["size"].endswith(" MB")
    assert facts["sqlite"][0].isdecimal()


async def test_a_card_nobody_ever_answers_keeps_its_own_message_and_no_other(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    await store.ask(
        "q1",
        turn_id=None,
        conversation_id=turn.conversation_id,
        request_id="own:menu",
        question="{}",
    )
    await store.posted(HERE, "q1", "0", "76")
    await store.posted(HERE, "t1", "0", "77")
    await end(store, turn)
    await store.deliver_turn(turn.id)

    clock.pass_days(31)
    await store.prune()

    assert await store.posts(HERE, "q1")
    assert await store.posts(HERE, "t1") == []


async def test_the_message_of_a_file_is_kept_until_the_file_is_shown(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    await store.send_file(
        "f1",
        conversation_id=turn.conversation_id,
        turn_id=turn.id,
        call_id="call-1",
        path="/state/files/f1",
        name="report.pdf",
        media_type="application/pdf",
        size=1,
        caption="",
    )
    await store.posting(HERE, "f1", "0")
    await end(store, turn)
    await store.deliver_turn(turn.id)

    clock.pass_days(31)
    assert await store.prune() == []
    assert await store.posts(HERE, "f1")

    await store.file_shown("f1")
    await store.prune()
    assert await store.posts(HERE, "f1") == []
