"""What is open in a conversation: turns under way, the queue, questions. Pure."""

import json
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from adapters.views import (
    FileView,
    Notice,
    QuestionView,
    TurnStatus,
    TurnView,
    View,
)
from adapters.web.replies import Question, Sent


@dataclass(frozen=True, slots=True)
class State:
    """All that is told as a whole, each time it is different."""

    turn: tuple[tuple[str, Any], ...]  # the facts of the turn being told; (): none
    queue: tuple[TurnView, ...]
    questions: tuple[QuestionView, ...]

    def snapshot(self) -> tuple[dict[str, Any], int]:
        """As JSON, and a digest of it that is never 0: that is for "none yet"."""
        snapshot = {
            "turn": dict(self.turn) or None,
            "queue": [
                {"turn": view.id, "prompt": view.prompt, "position": view.position}
                for view in self.queue
            ],
            "questions": [Question.of(view).model_dump() for view in self.questions],
        }
        return snapshot, crc32(json.dumps(snapshot).encode()) or 1


@dataclass(slots=True)
class Picture:
    """Show it views with `see`; read out what is open. *only*: of that turn alone."""

    conversation: int
    only: str = ""
    turns: dict[str, TurnView] = field(default_factory=dict)
    questions: dict[str, QuestionView] = field(default_factory=dict)

    def see(self, view: View, *, told: str = "") -> tuple[str, Any] | None:
        """A change. Returns what of it passes: an outcome, a notice, a file. The turn
        *told* is kept when it is final, to be told to its end; others are looked up
        later.
        """
        match view:
            case TurnView():
                self._see_turn(view, told)
                return None
            case QuestionView():
                return self._see_question(view)
            case Notice():
                notice = {"id": view.id, "text": view.text}
                return None if self.only else ("notice", notice)
            case FileView():
                if self.only not in ("", view.turn_id):
                    return None
                return "file", Sent.at(self.conversation, view).model_dump()

    def state(self, turn: TurnView | None) -> State:
        return State(
            turn=_facts(turn) if turn else (),
            queue=() if self.only else self._queue(),
            questions=tuple(self.questions.values()),
        )

    def _see_turn(self, view: TurnView, told: str) -> None:
        if view.final and view.id != told:
            self.turns.pop(view.id, None)
        elif self.only in ("", view.id):
            self.turns[view.id] = view

    def _see_question(self, view: QuestionView) -> tuple[str, Any] | None:
        if self.only not in ("", view.turn_id):
            return None
        if not view.final:
            self.questions[view.id] = view
            return None
        self.questions.pop(view.id, None)
        return "question", Question.of(view).model_dump()

    def _queue(self) -> tuple[TurnView, ...]:
        queued = (v for v in self.turns.values() if v.status is TurnStatus.QUEUED)
        return tuple(sorted(queued, key=lambda view: view.position))


def _facts(view: TurnView) -> tuple[tuple[str, Any], ...]:
    return (
        ("id", view.id),
        ("status", view.status.value),
        ("note", view.note),
        ("position", view.position),
        ("thinking", view.thinking),
        ("started_at", view.started_at),
        ("model", view.model),
        ("cost_usd", view.cost_usd),
    )
