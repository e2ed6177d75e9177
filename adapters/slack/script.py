"""A turn as words that grow and cards beside them, for a stream. Pure.

Rule: while a turn grows, its earlier words stay. A new script begins with the old one's
words, unless what was said turned out different.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, assert_never

from adapters.phrases import asked, count
from adapters.scrub import one_line, scrub
from adapters.slack.long import beginning, broken_off, is_long
from adapters.slack.mentions import hold_back, neutralise
from adapters.slack.message import size
from adapters.slack.split import seam
from adapters.steps import SIGNS, nested
from adapters.views import Part, Said, Step, TurnView

MAX_TITLE = 250
MAX_DETAILS = 500
_CARD_BYTES = 40  # of a card that says nothing
_BREAK = "\n\n"
_HALF_CODE = re.compile(r"(?:\x1b[\[ -/0-?]*|\r)\Z")  # a terminal's, not whole yet

State: TypeAlias = Literal["pending", "in_progress", "complete", "error"]


@dataclass(frozen=True, slots=True)
class Card:
    """One step; what was done inside it is only counted."""

    id: str
    title: str
    state: State
    details: str = ""
    output: str = ""

    @property
    def runs(self) -> bool:
        return self.state == "in_progress"

    @property
    def bytes(self) -> int:
        """As Slack seems to count them."""
        inside = size(self.details) + size(self.output)
        return _CARD_BYTES + size(self.title) + 2 * inside

    def chunk(self) -> dict[str, Any]:
        optional = {"details": self.details, "output": self.output}
        return {
            "type": "task_update",
            "id": self.id,
            "title": self.title,
            "status": self.state,
            **{name: words for name, words in optional.items() if words},
        }


@dataclass(frozen=True, slots=True)
class Script:
    """*words*, and each card with the place in them where its step began."""

    words: str
    cards: tuple[tuple[int, Card], ...]


def script_of(view: TurnView) -> Script:
    """What may be shown of *view* by now, for good."""
    parts = [part for part in view.parts if visible(part)]
    inside = nested([part for part in parts if isinstance(part, Step)])
    parts = [p for p in parts if isinstance(p, Said) or p.id in inside]
    asker = asked(view)
    words = f"> {asker}" if asker else ""
    cards: list[tuple[int, Card]] = []
    for index, part in enumerate(parts, start=1):
        match part:
            case Said():
                over = view.final or part.complete
                last = index == len(parts)
                said = _said(part, view.language, over=over, last=last)
                words += (_BREAK if words and said else "") + said
            case Step():
                card = _card(part, inside[part.id][1:], view.language)
                cards.append((len(words), card))
            case _:
                assert_never(part)
    return Script(words, tuple(cards))


def visible(part: Part) -> bool:
    """Whether there is anything to see of it."""
    if isinstance(part, Step):
        return True
    return is_long(part) or bool(scrub(part.text).strip())


def _said(said: Said, language: str, *, over: bool, last: bool) -> str:
    """Words that can only grow; if something follows, no code is left open."""
    if is_long(said):
        return broken_off(_so_far(beginning(said.text)), language)
    if not over:
        return _so_far(said.text)
    text = _trimmed(said.text)
    return text if last else text + seam(text, "")[0]


def _so_far(text: str) -> str:
    text = _trimmed(_HALF_CODE.sub("", text))
    while held := hold_back(text):  # what is left may be one's beginning, too
        text = text[:-held]
    return text


def _trimmed(text: str) -> str:
    return scrub(text).lstrip("\n").rstrip()


def _card(step: Step, inside: Sequence[Step], language: str) -> Card:
    title = one_line(step.title, MAX_TITLE - 4) or step.kind
    failed = step.ok is False
    return Card(
        step.id,
        f"{SIGNS[step.kind]} {title}",
        "in_progress" if step.ok is None else "error" if failed else "complete",
        details=count(len(inside), "step", language) if inside else "",
        output=one_line(step.output, MAX_DETAILS) if failed else "",
    )


def chunks_of(items: Sequence[str | Card]) -> Iterator[dict[str, Any]]:
    for item in items:
        if isinstance(item, Card):
            yield item.chunk()
        else:
            yield {"type": "markdown_text", "text": item}


def bytes_of(words: str) -> int:
    """What *words* weigh once they are harmless."""
    return size(neutralise(words))
