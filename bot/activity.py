"""What a session did, for its log: one row a tool, a warning, an error.

Rule: what people and agents said is not in it.
"""

from collections.abc import Callable

from runner.events import (
    Noted,
    PermissionRequested,
    RunnerEvent,
    ToolFinished,
    ToolStarted,
    TurnFinished,
)
from store.activity import ActivityKind, ActivityRecord
from store.records import TurnRecord

WARNINGS = frozenset({"retry", "rate_limit", "denied"})
#: The row that says that a turn's edits were taken back.
UNDONE = "undone"
_TEXT = 200  # characters


class Activity:
    """Of one turn. Rows are handed over when it ends, in one commit."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun: dict[str, tuple[str, float]] = {}  # call id → tool, when
        self._rows: list[tuple[ActivityKind, str, str, bool, float | None]] = []

    def hear(self, event: RunnerEvent) -> None:
        match event:
            case ToolStarted(call_id=call, name=name):
                self._begun[call] = name, self._clock()
            case ToolFinished(call_id=call, ok=ok):
                if begun := self._begun.pop(call, None):
                    self._add("tool", begun[0], "", ok, self._clock() - begun[1])
            case PermissionRequested(tool=tool):
                self._add("note", tool, "asked for permission")
            case Noted(kind=kind, text=text) if text and kind in WARNINGS:
                self._add("warning", kind, text.key)
            case TurnFinished(stop_reason="failed" | "limit") as end:
                self._add("error", end.cause or end.limit or "", end.detail, False)
            case _:
                pass

    def rows(self, turn: TurnRecord, session_id: str) -> list[ActivityRecord]:
        """All of it, once."""
        rows = [
            ActivityRecord(
                conversation_id=turn.conversation_id,
                turn_id=turn.id,
                session_id=session_id,
                kind=kind,
                name=name,
                text=" ".join(text.split())[:_TEXT],
                ok=ok,
                duration_s=duration_s,
                at=self._clock(),
            )
            for kind, name, text, ok, duration_s in self._rows
        ]
        self._rows.clear()
        return rows

    def _add(
        self,
        kind: ActivityKind,
        name: str,
        text: str,
        ok: bool = True,
        duration_s: float | None = None,
    ) -> None:
        self._rows.append((kind, name, text, ok, duration_s))
