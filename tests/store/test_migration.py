"""A database of the last release goes on with this one, and loses nothing."""

import sqlite3
from pathlib import Path

import pytest

from store.activity import ActivityRecord
from store.database import Database, connect
from store.records import ConversationId, TurnId, TurnRecord, TurnState
from store.schema import released
from store.search import TRIGGERS, prepare
from store.store import Store
from tests.store.scene import HERE, Clock, decide, end

STATES = [
    "queued", "submitted", "consumed", "answered", "delivered", "failed", "cancelled"
]  # fmt: skip

#: All columns of a turn that the last release had.
OLD = """
    SELECT id, conversation_id, origin_platform, origin_event, state, prompt,
        prompt_uuid, prompt_uuids, attempts, session_id, asked_by, platform, team, chat,
        thread, reply_to, view, answer, cost_usd, tokens, queued_at, submitted_at,
        finished_at, delivered_at, structured
    FROM turn ORDER BY id
    """


async def fill(database: Database) -> None:
    """Two conversations, turns in every state, and what refers to them."""
    for number, project in ((1, "shop"), (2, "garden")):
        await database.run(
            """
            INSERT INTO conversation (id, project, agent, session_id, created_at)
            VALUES (:id, :project, 'claude', 'session-' || :id, 5.0)
            """,
            {"id": number, "project": project},
        )
    await database.run(
        """
        INSERT INTO address VALUES
            ('telegram', '', '7', '3', 1), ('slack', 'T', 'C', '1.0', 2)
        """
    )
    for number, state in enumerate(STATES, start=1):
        over = state in {"answered", "delivered", "failed", "cancelled"}
        await database.run(
            """
            INSERT INTO turn (
                id, conversation_id, origin_platform, origin_event, state, prompt,
                prompt_uuid, prompt_uuids, attempts, session_id, asked_by, platform,
                team, chat, thread, reply_to, view, answer, cost_usd, tokens,
                queued_at, submitted_at, finished_at, delivered_at, structured
            )
            VALUES (
                :id, 1 + (:id / 10) % 2, 'telegram', 'e' || :id, :state,
                json_object('text', 'frobnicate number ' || :id), 'u', ' u v', 2,
                'begun-' || :state, '1001', 'telegram', '', '7', '3', '55',
                '{}', iif(:over, 'the answer ' || :id, NULL), iif(:over, 0.5, NULL), 9,
                10.0 + :id, 20.0, iif(:over, 30.0 + :id, NULL),
                iif(:state = 'delivered', 40.0, NULL), '{"a": 1}'
            )
            """,
            {"id": number * 10, "state": state, "over": over},
        )
    await database.run(
        """
        INSERT INTO inbox (platform, event_id, payload, kept_at, state, turn_id)
        SELECT 'telegram', origin_event, NULL, 1.0, 'done', id FROM turn
        """
    )
    for id_, request in (("q2", ""), ("q1", "r1"), ("q3", "r3")):  # asked at once
        await database.run(
            """
            INSERT INTO decision (
                id, turn_id, conversation_id, request_id, question, words, asked_at
            )
            VALUES (:id, 20, 1, :request, '{"title": "?"}', 'why', 6.0)
            """,
            {"id": id_, "request": request},
        )


@pytest.fixture(params=["indexed", "no index"])
async def released_path(path: Path, request: pytest.FixtureRequest) -> Path:
    """A database as the last release left it, filled."""
    async with connect(path, released()[:3]) as database:
        if request.param == "indexed":
            await prepare(database)
        await fill(database)
    return path


def look(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_every_row_is_what_it_was(released_path: Path) -> None:
    before = look(released_path, OLD)
    conversations = look(released_path, "SELECT id, changed_at FROM conversation")

    async with Store.open(released_path) as store:
        assert (await store.check())["integrity"] == "ok"

    assert look(released_path, OLD) == before
    after = look(released_path, "SELECT id, changed_at FROM conversation")
    assert after == conversations
    assert look(released_path, "PRAGMA foreign_key_check") == []
    backup = released_path.with_name("parley.db.backup-v3")
    assert look(backup, OLD) == before


async def test_nothing_of_the_rebuilt_tables_is_missing(released_path: Path) -> None:
    schema = "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
    before = set(look(released_path, schema))

    async with Store.open(released_path):
        pass

    after = set(look(released_path, schema))
    assert after > before
    assert {("trigger", name) for name in TRIGGERS} < after
    assert not [name for _, name in after if "rebuilt" in str(name)]
    [[inbox]] = look(released_path, "SELECT sql FROM sqlite_schema WHERE name='inbox'")
    assert "REFERENCES turn (id)" in str(inbox)
    [[turn]] = look(released_path, "SELECT sql FROM sqlite_schema WHERE name = 'turn'")
    assert "rebuilt" not in str(turn)


async def test_turns_know_more_than_they_did(released_path: Path) -> None:
    async with Store.open(released_path) as store:
        turns = {turn.state: turn for turn in await _turns(store)}
        spent = [
            await store.spent(since=0.0),
            await store.spent(since=85.0, people=[("telegram", "1001")]),
            await store.spent(since=0.0, project="garden"),
        ]
        began = [
            state for state in STATES if await store.session_began(f"begun-{state}")
        ]

    assert len(turns) == len(STATES)
    assert turns[TurnState.SUBMITTED].project == "shop"
    assert turns[TurnState.QUEUED].project == "garden"
    assert {turn.joined_to for turn in turns.values()} == {None}
    assert spent == [2.0, 1.0, 1.0]
    # Of what failed nobody knows whether an agent had it.
    assert began == ["answered", "delivered"]


async def test_cards_are_in_order_and_parleys_own_are_named(
    released_path: Path,
) -> None:
    async with Store.open(released_path) as store:
        cards = await store.open_decisions(ConversationId(1))
        withdrawn = await store.withdraw_all(why="restarted")
        decided = await decide(store, "q2", option="again")

    assert [(card.id, card.request_id) for card in cards] == [
        ("q2", "own:retry"),
        ("q1", "r1"),
        ("q3", "r3"),
    ]
    assert {(card.turn_id, card.words, card.meaning) for card in cards} == {
        (20, "why", "")
    }
    assert {card.id for card in withdrawn} == {"q1", "q3"}
    assert decided is not None
    assert decided.turn_id == 20


async def test_it_goes_on(released_path: Path, clock: Clock) -> None:
    async with Store.open(released_path, clock) as store:
        unfinished = await store.unfinished_turns()
        assert [turn.state.value for turn in unfinished] == STATES[:3]
        assert len(await store.search(["frobnicate"], limit=30)) == len(STATES)
        queued, host, _ = unfinished

        await store.steer_turn(queued.id, into=host.id, prompt_uuid="w", session_id="s")
        assert await store.join_turn(queued.id, view="{}")
        await end(store, host, answer="perfectly new")

        joined = await store.turn(queued.id)
        assert joined is not None
        assert joined.state is TurnState.JOINED
        assert len(await store.search(["perfectly"], limit=30)) == 1
        card = await store.card(ConversationId(1))
        assert card is not None
        assert (card.newest_answer, card.changed_at) == ("the answer 60", clock.now)
        assert card.home == HERE

        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            await store.note_activity(
                [
                    ActivityRecord(
                        conversation_id=ConversationId(1),
                        turn_id=TurnId(99),
                        kind="note",
                        at=1.0,
                    )
                ]
            )


async def _turns(store: Store) -> list[TurnRecord]:
    return [
        turn
        for number in (1, 2)
        for turn in await store.turns_of(ConversationId(number), before=None, limit=30)
    ]
