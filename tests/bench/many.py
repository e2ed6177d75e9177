"""A store with 100,000 chats: what starting, listing and finding cost then.

A process of its own opens it, so that its time and memory are its own.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from store.database import connect
from store.records import AddressRecord, ConversationId
from store.store import Store
from store.upkeep import MONTH_S
from tests.bench.figures import Row, once, row

CHATS = 100_000
TIMES = 15
MB = 2**20
SPREAD_S = 2 * MONTH_S  # when they were talked to last: half of it is old

ROWS = (
    """
    INSERT INTO conversation (id, project, agent, session_id, created_at, changed_at)
    SELECT value, 'default', 'claude', 's' || value, :now - value * :step, :now
    FROM generated
    """,
    """
    INSERT INTO address (platform, team, chat, thread, conversation_id)
    SELECT 'telegram', '', value, '', value FROM generated
    """,
    """
    INSERT INTO turn (
        conversation_id, project, origin_platform, origin_event, state, prompt,
        prompt_uuid, session_id, asked_by, platform, team, chat, thread, reply_to,
        view, answer, cost_usd, tokens, spent_at,
        queued_at, submitted_at, finished_at, delivered_at
    )
    SELECT
        value, 'default', 'telegram', 'e' || value, 'delivered',
        json_object('text', 'What about matter ' || value || '?'), 'u' || value,
        's' || value, value, 'telegram', '', value, '', value,
        json_object('id', 't' || value), :answer || value, 0.01, 1000,
        at, at, at, at, at
    FROM (SELECT value, :now - value * :step AS at FROM generated)
    """,
    """
    INSERT INTO inbox (platform, event_id, kept_at, state, turn_id)
    SELECT 'telegram', 'e' || value, :now - value * :step, 'done', value FROM generated
    """,
    """
    INSERT INTO post (platform, team, chat, thread, view_id, part, ref, posted_at)
    SELECT 'telegram', '', value, '', 't' || value, 'w0', value, :now - value * :step
    FROM generated
    """,
)
GENERATED = """
    CREATE TEMP TABLE generated AS
    WITH RECURSIVE each (value) AS (
        SELECT 1 UNION ALL SELECT value + 1 FROM each WHERE value < :chats
    )
    SELECT value FROM each
    """


async def measure(root: Path) -> list[Row]:
    file = root / "parley.db"
    async with Store.open(file):
        pass  # its tables are made
    await _filled(file)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.many", str(file)), stdout=PIPE
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(told)
    about = f"{CHATS:,} chats"
    rows = [
        once(f"{about}: the store's file", file.stat().st_size / MB, unit="MB"),
        once(f"{about}: to open the store", found["open_ms"], unit="ms"),
        once(f"{about}: memory for that", found["open_mb"], unit="MB"),
    ]
    for name, times in found["times"].items():
        rows.append(row(f"{about}: {name}", times))
    rows.append(once(f"{about}: memory after that", found["after_mb"], unit="MB"))
    return rows


async def _filled(file: Path) -> None:
    values = {
        "now": time.time(),
        "step": SPREAD_S / CHATS,
        "answer": "It is like this, and that is why. " * 10,
    }
    async with connect(file) as database, database.transaction() as db:
        await db.execute(GENERATED, {"chats": CHATS})
        for statement in ROWS:
            await db.execute(statement, values)
        # A trigger has them all changed when they were queued, at the latest.
        await db.execute("UPDATE conversation SET changed_at = created_at")


# --- in the process of its own --------------------------------------------------


async def _questions(file: Path) -> Mapping[str, Any]:
    process, times = psutil.Process(), {}
    before, begun = process.memory_info().rss, time.monotonic()
    async with Store.open(file) as store:
        open_ms = (time.monotonic() - begun) * 1000
        opened = process.memory_info().rss
        for name, ask in _asked(store).items():
            times[name] = [await _took(ask) for _ in range(TIMES)]
        times["to forget what is old, once"] = [await _took(store.prune)]
        after = process.memory_info().rss
    return {
        "open_ms": open_ms,
        "open_mb": (opened - before) / MB,
        "after_mb": (after - before) / MB,
        "times": times,
    }


def _asked(store: Store) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What a start, a page, a message and `/metrics` ask."""
    now, middle = time.time(), CHATS // 2
    chat = AddressRecord(platform="telegram", team="", chat=str(middle), thread="")
    here = ConversationId(middle)
    return {
        "start: turns to finish": store.unfinished_turns,
        "start: turns to show": store.undelivered_turns,
        "start: questions of before": lambda: store.withdraw_all(why="x", living=[]),
        "start: chats that are shown twice": store.linked,
        "start: people": store.people,
        "start: what waits": lambda: store.pending("telegram"),
        "start: chats of the last day": lambda: store.active("telegram", now - 86_400),
        "a message: where it belongs": lambda: store.conversation_at(
            chat, project="default", agent="claude", session_id="s"
        ),
        "a message: its turns": lambda: store.unfinished_turns(here),
        "the list, its first page": lambda: store.cards(before=None, limit=50),
        "the list, far down": lambda: store.cards(before=now - MONTH_S, limit=50),
        "a chat's history": lambda: store.turns_of(here, before=None, limit=30),
        "search: a word that is everywhere": lambda: store.search(["matter"], limit=30),
        "search: a word that is nowhere": lambda: store.search(["nowhere"], limit=30),
        "search: two letters that are nowhere": lambda: store.search(["qz"], limit=30),
        "metrics: totals": store.totals,
        "metrics: backlog": store.backlog,
    }


async def _took(ask: Callable[[], Awaitable[object]]) -> float:
    begun = time.monotonic()
    await ask()
    return (time.monotonic() - begun) * 1000


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_questions(Path(sys.argv[1])))))
