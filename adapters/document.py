"""A turn as one Markdown document, and the part of long words that is shown. Pure."""

from collections.abc import Iterator
from itertools import groupby

from adapters.scrub import scrub
from adapters.steps import step_lines
from adapters.views import Said, Step, TurnView

NAME = "answer.md"


def length(view: TurnView) -> int:
    """Characters that were said."""
    return sum(len(part.text) for part in view.parts if isinstance(part, Said))


def beginning(text: str, limit: int) -> str:
    """As much of it as *limit* characters hold, up to the end of a line."""
    if len(text) <= limit:
        return text
    end = text.rfind("\n", limit // 2, limit)
    return text[: end if end > 0 else limit]


def document(view: TurnView) -> str:
    """All that was said and done."""
    return "\n\n".join(_paragraphs(view))


def _paragraphs(view: TurnView) -> Iterator[str]:
    for _, group in groupby(view.parts, key=type):
        run = list(group)
        steps = [part for part in run if isinstance(part, Step)]
        if lines := list(step_lines(steps, over=True, language=view.language)):
            yield "\n".join(f"- {line}" for line in lines)
        for said in run:
            if isinstance(said, Said):
                yield scrub(said.text)
