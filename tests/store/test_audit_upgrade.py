"""A store that kept no audit begins one, and vouches for nothing that was before."""

import json
from pathlib import Path

import pytest

from store.database import connect
from store.errors import StoreError
from store.records import TurnState
from store.schema import released
from store.search import prepare
from store.store import Store
from tests.store.audited import entries, kinds, sound, verified
from tests.store.scene import Clock, conversation, decide, end

#: The schema of the last release that kept no audit.
BEFORE = released()[:4]


@pytest.fixture
async def old(path: Path) -> Path:
    """Two turns, one of them unfinished and with an open question."""
    async with connect(path, BEFORE) as database:
        await prepare(database)
        for statement in (
            """
            INSERT INTO conversation (id, project, agent, session_id, created_at)
            VALUES (1, 'shop', 'claude', 'session-1', 5.0)
            """,
            "INSERT INTO address VALUES ('telegram', '', '7', '3', 1)",
            """
            INSERT INTO turn (
                id, conversation_id, project, origin_platform, origin_event, state,
                prompt, prompt_uuid, asked_by, platform, team, chat, thread, queued_at
            )
            VALUES
                (1, 1, 'shop', 'telegram', 'a', 'delivered', '{"text": "x"}', 'u',
                 '1001', 'telegram', '', '7', '3', 6.0),
                (2, 1, 'shop', 'telegram', 'b', 'consumed', 'no JSON', 'u',
                 '1001', 'telegram', '', '7', '3', 7.0)
            """,
            """
            INSERT INTO decision (
                id, turn_id, conversation_id, request_id, question, meaning, asked_at
            )
            VALUES ('q1', 2, 1, 'r1', '{}', '', 8.0)
            """,
        ):
            await database.run(statement)
    return path


async def test_it_begins_with_what_happens_from_now_on(old: Path, clock: Clock) -> None:
    with pytest.raises(StoreError, match="a version that kept no audit"):
        verified(old)

    async with Store.open(old, clock) as store:
        assert sound(old).entries == 0
        assert (await store.check())["integrity"] == "ok"
        home = await conversation(store)
        assert home.id == 1
        assert await decide(store, "q1")
        [turn] = await store.unfinished_turns()
        assert await end(store, turn, TurnState.FAILED)

    assert kinds(old) == ["decided", "ended"]
    assert [json.loads(entry.body).get("how") for entry in entries(old)] == [
        None,
        "failed",
    ]
    assert sound(old).first == 1
    assert old.with_name("parley.db.backup-v4").exists()
