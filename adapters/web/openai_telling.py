"""A turn told in words that only ever grow: what a stream of deltas can carry. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from adapters.language import say
from adapters.phrases import outcome, queued
from adapters.scrub import one_line
from adapters.steps import SIGNS
from adapters.views import (
    FileView,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)

_LINE = 160  # characters

#: The agent's words; what it did; what concerns only those who are there while it
#: happens; how it ended, if that needs saying.
Kind: TypeAlias = Literal["words", "work", "aside", "end"]


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


class Telling:
    """Takes every newer view of one turn; gives what was not told yet.

    *where*: the address at which its questions can be answered.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._words: dict[int, str] = {}  # by place in the view: what was told of it
        self._steps: dict[str, bool | None] = {}  # id → how it was doing
        self._questions: dict[str, bool] = {}  # id → whether its end was told
        self._files: set[str] = set()  # ids that were told
        self._queued = self._spoken = False

    def turn(self, view: TurnView) -> Iterator[Piece]:
        if view.status is TurnStatus.QUEUED and not self._queued:
            self._queued = True
            yield Piece("work", f"{queued(view)}\n")
        for place, part in enumerate(view.parts):
            match part:
                case Said():
                    yield from self._said(place, part.text)
                case Step():
                    yield from self._step(part)
        if end := _end(view):
            yield self._block("end", end)

    def question(self, view: QuestionView) -> Iterator[Piece]:
        if not view.final and view.id not in self._questions:
            self._questions[view.id] = False
            sign = "🔐" if view.permission else "❓"
            lines = [f"{sign} **{view.title}**", *view.body.splitlines()]
            lines += ["", say(view.language, "web-answer-at", where=self._where)]
            yield self._block(
                "aside", "\n".join(f"> {line}".rstrip() for line in lines)
            )
        if view.final and self._questions.get(view.id) is False:
            self._questions[view.id] = True
            yield self._block("aside", f"> {outcome(view)}")

    def file(self, view: FileView) -> Iterator[Piece]:
        """Who may fetch it is signed in there."""
        if view.id not in self._files:
            self._files.add(view.id)
            words = say(view.language, "web-file-at", name=view.name, where=self._where)
            caption = f"{one_line(view.caption, _LINE)} " if view.caption else ""
            yield self._block("words", f"📎 {caption}{words}")

    def _said(self, place: int, text: str) -> Iterator[Piece]:
        told = self._words.get(place, "")
        if text.strip() == told.strip():
            return
        self._words[place] = text
        if told and text.startswith(told):
            yield Piece("words", text[len(told) :])
        else:  # a beginning, or words that were taken back and are said again
            yield self._block("words", text)

    def _step(self, step: Step) -> Iterator[Piece]:
        title = one_line(step.title, _LINE) or step.kind
        if step.id not in self._steps:
            yield Piece("work", f"{SIGNS[step.kind]} {title}\n")
        if step.ok is False and self._steps.get(step.id) is not False:
            output = one_line(step.output, _LINE)
            yield Piece("work", f"✗ {title}{': ' * bool(output)}{output}\n")
        self._steps[step.id] = step.ok

    def _block(self, kind: Kind, text: str) -> Piece:
        before = "\n\n" if self._spoken else ""
        self._spoken = True
        return Piece(kind, before + text)


def _end(view: TurnView) -> str:
    """Why it ended, if not because all was said. Of failures others tell."""
    note = one_line(view.note, _LINE)
    match view.status:
        case TurnStatus.CANCELLED:
            return f"⏹ {note}" if note else say(view.language, "turn-stopped")
        case TurnStatus.DONE if not view.parts:
            return note
        case _:
            return ""
