"""What the tests of the audit begin with."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from store.audit import ToolUse
from store.audit_log import AuditLog, Entry, Fault, Sound, Verdict, Wanted
from store.records import TurnRecord, TurnState
from store.store import Store
from tests.store.scene import asked, decide, end

NPM = "Bash(npm test:*)"


def use(call_id: str, name: str = "Bash", parent_id: str = "") -> ToolUse:
    return ToolUse(call_id=call_id, name=name, digest="d" * 64, parent_id=parent_id)


async def request(store: Store, turn: TurnRecord, card: str = "q1") -> None:
    """The agent wants to use a tool."""
    await store.ask(
        card,
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        request_id=f"request-{card}",
        question='{"permission": true, "details": "rm -rf /"}',
        meaning=json.dumps(
            {"tool": "Bash", "call_id": "call-1", "rules": {"always": NPM}}
        ),
    )


async def story(store: Store, event: str = "1") -> TurnRecord:
    """A turn that asks, is allowed to, and ends."""
    turn = await asked(store, event)
    await store.submit_turn(turn.id, prompt_uuid="u", session_id="s")
    await store.consume_turn(turn.id)
    await store.note_tools(turn.id, [use("call-1"), use("call-2")])
    await request(store, turn, f"q{event}")
    await decide(store, f"q{event}", option="always", rules=[NPM])
    await end(store, turn, cost_usd=0.25)
    return turn


async def finish(store: Store, turn: TurnRecord, by: str) -> bool:
    """Somebody stops it."""
    return await store.finish_turn(
        turn.id,
        state=TurnState.CANCELLED,
        view="{}",
        answer="forty-two",
        cost_usd=None,
        tokens=None,
        stopped_by=by,
    )


def verified(path: Path, head: str = "") -> Verdict:
    with AuditLog.open(path) as audit:
        return audit.verify(head)


def sound(path: Path, head: str = "") -> Sound:
    verdict = verified(path, head)
    assert isinstance(verdict, Sound), verdict
    return verdict


def fault(path: Path, head: str = "") -> Fault:
    verdict = verified(path, head)
    assert isinstance(verdict, Fault), verdict
    return verdict


def entries(path: Path, wanted: Wanted | None = None) -> list[Entry]:
    with AuditLog.open(path) as audit:
        return list(audit.entries()) if wanted is None else audit.newest(wanted, 999)


def kinds(path: Path) -> list[str]:
    return [entry.kind for entry in entries(path)]


def tamper(path: Path, *statements: str, values: Sequence[object] = ()) -> None:
    """As somebody who may write the file, and knows what holds them up."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for trigger in ("audit_unchanged", "audit_kept"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement, values)
