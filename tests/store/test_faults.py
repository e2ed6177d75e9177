"""Whatever statement of whatever question fails: nothing happened, and all goes on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias, cast

import aiosqlite
import pytest

from store.activity import ActivityRecord
from store.audit import ToolUse
from store.database import Database, connect
from store.errors import Passing
from store.records import AddressRecord, TurnRecord, TurnState
from store.store import Store
from tests.store.faults import CODES, Faulty
from tests.store.scene import HERE, asked

THERE = AddressRecord(platform="telegram", chat="8")
EVENTS: dict[str, Any] = {"platform": HERE.platform, "events": ["news"]}
Ask: TypeAlias = Callable[[Store, TurnRecord], Awaitable[object]]


def _activity(turn: TurnRecord) -> ActivityRecord:
    return ActivityRecord(
        conversation_id=turn.conversation_id, turn_id=turn.id, kind="tool", at=1.0
    )


def _file(turn: TurnRecord) -> dict[str, Any]:
    return {
        "conversation_id": turn.conversation_id,
        "turn_id": turn.id,
        "call_id": "call-2",
        "path": "/state/b",
        "name": "b",
        "media_type": "text/plain",
        "size": 1,
        "caption": "",
    }


def _question(turn: TurnRecord) -> dict[str, Any]:
    return {
        "turn_id": turn.id,
        "conversation_id": turn.conversation_id,
        "request_id": "r",
        "question": "{}",
    }


WRITES: dict[str, Ask] = {
    "keep": lambda s, t: s.keep("telegram", [("a", "{}"), ("b", "{}")]),
    "discard": lambda s, t: s.discard("telegram", ["news"]),
    "park": lambda s, t: s.park("telegram", "news", "odd"),
    "conversation_at": lambda s, t: s.conversation_at(
        THERE, project="shop", agent="claude", session_id="s2"
    ),
    "change": lambda s, t: s.change(t.conversation_id, {"model": "m"}, **EVENTS),
    "leave": lambda s, t: s.leave(HERE, **EVENTS),
    "move_address": lambda s, t: s.move_address(THERE, t.conversation_id, **EVENTS),
    "begin_conversation": lambda s, t: s.begin_conversation(
        THERE,
        key="k",
        project="",
        agent="claude",
        session_id="s2",
        model="",
        mode="",
        task="",
        settings="",
    ),
    "forget": lambda s, t: s.forget(t.conversation_id),
    "queue_turn": lambda s, t: s.queue_turn(
        t.conversation_id,
        prompt="{}",
        asked_by="1001",
        address=HERE,
        reply_to=None,
        prompt_uuid="u2",
        **EVENTS,
    ),
    "begin_unasked_turn": lambda s, t: s.begin_unasked_turn(
        t.conversation_id, prompt="{}", prompt_uuid="u3", address=HERE, session_id="s"
    ),
    "amend_turn": lambda s, t: s.amend_turn(
        t.id, prompt="{}", prompt_uuid="u4", **EVENTS
    ),
    "submit_turn": lambda s, t: s.submit_turn(t.id, prompt_uuid="u", session_id="s"),
    "consume_turn": lambda s, t: s.consume_turn(t.id),
    "finish_turn": lambda s, t: s.finish_turn(
        t.id,
        state=TurnState.ANSWERED,
        view="{}",
        answer="42",
        cost_usd=0.5,
        tokens=7,
    ),
    "deliver_turn": lambda s, t: s.deliver_turn(t.id),
    "requeue_turn": lambda s, t: s.requeue_turn(t.id, forgive=True),
    "hold_turn": lambda s, t: s.hold_turn(t.id),
    "set_tree": lambda s, t: s.set_tree(t.id, "tree"),
    "set_tree_after": lambda s, t: s.set_tree_after(t.id, "tree"),
    "steer_turn": lambda s, t: s.steer_turn(
        t.id, into=t.id, prompt_uuid="u5", session_id="s"
    ),
    "join_turn": lambda s, t: s.join_turn(t.id, view="{}"),
    "release_turn": lambda s, t: s.release_turn(t.id),
    "ask": lambda s, t: s.ask("q2", **_question(t)),
    "decide": lambda s, t: s.decide(
        "q1",
        option="always",
        words="",
        by="telegram:1 Ada",
        rules=["Bash(ls)"],
        project="shop",
        **EVENTS,
    ),
    "withdraw": lambda s, t: s.withdraw("q1"),
    "withdraw_all": lambda s, t: s.withdraw_all(why="restarted"),
    "shown": lambda s, t: s.shown("q1"),
    "revoke_rule": lambda s, t: s.revoke_rule(1, by="telegram:1 Ada", **EVENTS),
    "set_language": lambda s, t: s.set_language(
        "telegram", "1001", "ko", events=["news"]
    ),
    "link_people": lambda s, t: s.link_people(("telegram", "1"), ("slack", "U1")),
    "send_file": lambda s, t: s.send_file("f2", **_file(t)),
    "file_shown": lambda s, t: s.file_shown("f1"),
    "answer": lambda s, t: s.answer(view_id="n2", view="{}", address=HERE, **EVENTS),
    "notice_shown": lambda s, t: s.notice_shown("n1"),
    "posting": lambda s, t: s.posting(HERE, "t1", "1"),
    "posted": lambda s, t: s.posted(HERE, "t1", "0", "78"),
    "removed": lambda s, t: s.removed(HERE, "t1", "0"),
    "note_activity": lambda s, t: s.note_activity([_activity(t)]),
    "add_cost": lambda s, t: s.add_cost(t.id, 0.5, 7),
    "park_account": lambda s, t: s.park_account("claude:api_key", 2e9, "limit"),
    "unpark_account": lambda s, t: s.unpark_account("claude:subscription"),
    "note_tools": lambda s, t: s.note_tools(
        t.id, [ToolUse(call_id="c", name="Bash", digest="")]
    ),
    "trim_audit": lambda s, t: s.trim_audit(1),
    "prune": lambda s, t: s.prune(-1e9),
    "probe": lambda s, t: s.probe(),
}
READS = {
    *("pending", "last_kept_at", "backlog", "parked", "carried_out", "conversation"),
    *(
        "session_began",
        "holder_of",
        "in_worktree",
        "worktrees",
        "lives_at",
        "addresses",
        "linked",
    ),
    *("active", "card", "cards", "cards_of_task", "turns_of", "search", "forgotten"),
    *("turn", "turn_of_event", "turn_of_message", "unfinished_turns", "last_turns"),
    *("undelivered_turns", "decision", "decided", "decisions_of", "open_decisions"),
    *("unshown_decisions", "rules", "person", "people", "unshown_files", "files_of"),
    *("file", "posts", "activity", "activity_summary", "spent", "parked_accounts"),
    "unseen_decisions",
    *("totals", "check", "audit_head", "unshown_notices"),
}


@asynccontextmanager
async def scene(path: Path) -> AsyncIterator[tuple[Store, TurnRecord, Faulty]]:
    """A turn with a bit of everything, and a connection that fails when told to."""
    async with connect(path) as sound:
        faulty = Faulty(sound._connection)
        database = Database(cast(aiosqlite.Connection, faulty), path)
        store = Store(database, clock=lambda: 1_800_000_000.0)
        turn = await asked(store, "1")
        await store.ask("q1", **_question(turn))
        await store.ask("q0", **_question(turn))
        await WRITES["decide"](store, turn)
        await store.ask("q9", **_question(turn))
        await store.keep("telegram", [("news", "{}")])
        await store.posted(HERE, "t1", "0", "77")
        await store.send_file("f1", **{**_file(turn), "call_id": "call-1"})
        await store.answer("telegram", ["old"], view_id="n1", view="{}", address=HERE)
        await store.park_account("claude:subscription", 2e9, "limit")
        yield store, turn, faulty


async def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that is in the tables of ours."""
    names = await store._database.run(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%fts5%'"
    )
    return {
        name: [tuple(row) for row in await store._database.run(f"SELECT * FROM {name}")]
        for (name,) in names
    }


def test_each_question_of_the_store_is_asked_here() -> None:
    questions = {
        name
        for name in dir(Store)
        if not name.startswith("_") and iscoroutinefunction(getattr(Store, name))
    }

    missing = questions - WRITES.keys() - READS
    assert not missing, "say whether these write, and how they are asked"


@pytest.mark.parametrize("name", WRITES)
async def test_one_that_fails_at_any_statement_did_nothing_and_works_the_next_time(
    path: Path, name: str
) -> None:
    async with scene(path) as (store, turn, faulty):
        before = await contents(store)
        for nth, code in product(range(1, 30), CODES.values()):
            with faulty.failing(nth, code):
                if not await _fails(WRITES[name](store, turn)):
                    break
            assert await contents(store) == before

        assert nth > 1
        assert (await store.check())["integrity"] == "ok"


async def _fails(asking: Awaitable[object]) -> bool:
    try:
        await asking
    except Passing:
        return True
    return False
