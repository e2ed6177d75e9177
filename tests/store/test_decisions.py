"""The first decision wins, wherever and however often a button is pressed."""

import asyncio
import sqlite3
from pathlib import Path

from store.records import DecisionRecord, DecisionState, TurnRecord
from store.schema import released
from store.store import Store
from tests.store.scene import HERE, Clock, asked, conversation, decide


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
        decide(store, "q1"),
        decide(store, "q1", option="deny", by="slack:2 Bob"),
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
    assert await decide(store, "q1") is None
    assert await found(store) == withdrawn


async def test_asking_again_does_not_open_a_closed_question(store: Store) -> None:
    turn = await asked(store)
    await question(store, turn)
    decided = await decide(store, "q1")

    await question(store, turn)

    assert await found(store) == decided


async def test_what_was_never_asked_cannot_be_decided(store: Store) -> None:
    assert await decide(store, "q9") is None
    assert await store.withdraw("q9") is None
    assert await store.decision("q9") is None


async def test_at_a_start_the_questions_of_dead_agents_are_withdrawn(
    store: Store, clock: Clock
) -> None:
    turn = await asked(store)
    for id_, request in (("q2", "r1"), ("q1", "r2"), ("q3", "own:menu"), ("q4", "r3")):
        await question(store, turn, id_, request)
        clock.now += 1
    await decide(store, "q4", option="deny")

    withdrawn = await store.withdraw_all(why="restarted")

    assert [(one.id, one.why) for one in withdrawn] == [
        ("q2", "restarted"),
        ("q1", "restarted"),
    ]
    assert (await found(store, "q3")).open
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


async def test_a_decision_and_the_event_that_made_it_are_done_together(
    store: Store,
) -> None:
    await question(store, await asked(store))
    await store.keep(HERE.platform, [("words", "{}"), ("more words", "{}")])

    record = await decide(store, "q1", "words", option="", words="the blue one")
    late = await decide(store, "q1", "more words", words="no, the red one")

    assert record is not None
    assert late is None
    assert (record.option, record.words) == ("", "the blue one")
    assert await found(store) == record
    left = await store.pending(HERE.platform)
    assert [kept.event_id for kept in left] == ["more words"]


async def test_what_was_decided_about_a_turn_is_found_in_the_order_it_was_asked(
    store: Store,
) -> None:
    turn, other = await asked(store), await asked(store)
    for id_ in ("q2", "q1", "q3"):
        await question(store, turn, id_)
    await question(store, other, "q4")
    for id_ in ("q1", "q2", "q4"):
        await decide(store, id_, words=id_)

    decided = await store.decided(turn.id)

    assert [record.words for record in decided] == ["q2", "q1"]


async def test_what_was_asked_about_several_turns_is_found_in_the_order_it_was_asked(
    store: Store, clock: Clock
) -> None:
    turn, other, neither = [await asked(store) for _ in range(3)]
    for id_, about in (("q2", turn), ("q9", neither), ("q3", other), ("q1", turn)):
        await question(store, about, id_)
        clock.now += 1
    await decide(store, "q2")
    await store.withdraw("q3")
    await store.shown("q2")

    found = await store.decisions_of([other.id, turn.id])

    assert [(one.id, one.turn_id, one.state) for one in found] == [
        ("q2", turn.id, DecisionState.DECIDED),
        ("q3", other.id, DecisionState.WITHDRAWN),
        ("q1", turn.id, DecisionState.OPEN),
    ]
    assert await store.decisions_of([]) == []


async def test_a_card_may_belong_to_no_turn_and_mean_something_to_parley(
    path: Path,
) -> None:
    async with Store.open(path) as store:
        home = await conversation(store)
        await store.ask(
            "q1",
            turn_id=None,
            conversation_id=home.id,
            request_id="own:menu",
            question="{}",
            meaning='{"o1": ["model", "opus"]}',
        )

    async with Store.open(path) as store:
        assert await store.withdraw_all() == []
        assert await store.open_decisions(home.id) == [await found(store)]
        record = await decide(store, "q1", option="o1")

    assert record is not None
    assert (record.turn_id, record.meaning) == (None, '{"o1": ["model", "opus"]}')
    assert record.state is DecisionState.DECIDED


async def test_a_withdrawn_card_knows_why(store: Store) -> None:
    turn = await asked(store)
    await question(store, turn)
    await question(store, turn, "q2")

    await store.withdraw("q1", "The agent went on")
    await store.withdraw("q2")

    assert (await found(store)).why == "The agent went on"
    assert (await found(store, "q2")).why == ""


async def test_decisions_of_the_first_version_are_kept(path: Path) -> None:
    path.parent.mkdir(mode=0o700)
    connection = sqlite3.connect(path)
    connection.executescript(
        f"""
        {released()[0]}
        INSERT INTO conversation VALUES (1, 'shop', 'claude', 's', '', '', 1.0);
        INSERT INTO turn (conversation_id, state, prompt, prompt_uuid, asked_by,
            platform, team, chat, thread, queued_at)
        VALUES (1, 'queued', '', 'u', '1', 'telegram', '', '7', '', 1.0);
        INSERT INTO decision VALUES
            ('q1', 1, 1, 'r1', '', 'decided', 'once', 'telegram:1 Ada', 1.0, 2.0, NULL);
        PRAGMA user_version = 1;
        """
    )
    connection.close()

    async with Store.open(path) as store:
        record = await found(store)

    assert (record.option, record.words, record.why) == ("once", "", "")
