"""What an agent did, as rows that open. Pure."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from adapters.language import say
from adapters.phrases import count, joined
from adapters.scrub import one_line, scrub
from adapters.steps import nested
from adapters.views import Step
from adapters.web.highlight import diff, is_diff
from adapters.web.tags import NOTHING, Html, tag, together

FEW = 4  # outermost steps in a row that are not folded once they are done
MOST = 20  # outermost steps of one group: it is sent whole when one of them changes
_TITLE = 200

#: Each an outermost step, then all that was done inside it.
Group: TypeAlias = tuple[tuple[Step, ...], ...]


def groups(steps: Sequence[Step]) -> Iterator[Group]:
    """Steps in a row, parted so that no group is too big to be sent again and again."""
    families = tuple(map(tuple, nested(steps).values()))
    for start in range(0, len(families), MOST):
        yield families[start : start + MOST]


#: A turn is drawn again and again while its earlier steps stay the same.
@lru_cache(maxsize=256)
def group_html(
    group: Group, *, id_: str, fold: bool, over: bool, language: str
) -> Html:
    """*fold*: something came after it. *over*: the turn is, so nothing runs."""
    families = (_family(one, language, over=over) for one in group)
    rows = tag("div", *families, class_="rows")
    if not fold or len(group) <= FEW:
        return tag("div", rows, id=id_, class_="steps")
    steps = [step for family in group for step in family]
    failed = sum(step.ok is False for step in steps)
    told = joined(
        count(len(steps), "step", language),
        say(language, "web-steps-failed", number=failed) if failed else "",
    )
    summary = tag("summary", told, class_="folded")
    return tag("div", tag("details", summary, rows), id=id_, class_="steps")


def _family(steps: Sequence[Step], language: str, *, over: bool) -> Html:
    outermost, *inside = steps
    rows = (_step(step, NOTHING, language, over=over) for step in inside)
    children = tag("div", *rows)
    return _step(outermost, children if inside else NOTHING, language, over=over)


def _step(step: Step, inside: Html, language: str, *, over: bool) -> Html:
    state = _state(step, over=over)
    row = together(
        [
            tag("span", class_=f"sign {step.kind}"),
            tag("span", one_line(step.title, _TITLE) or step.kind, class_="title"),
            tag("span", say(language, f"web-step-{state}"), class_=f"state {state}"),
        ]
    )
    output = _output(step.output)
    if not output and not inside:
        return tag("div", row, class_="step")
    body = tag("div", inside, output, class_="inside")
    summary = tag("summary", row)
    return tag("details", summary, body, class_="step", open=bool(inside) and not over)


def _state(step: Step, *, over: bool) -> str:
    if step.ok is None:
        return "stopped" if over else "running"
    return "done" if step.ok else "failed"


def _output(output: str) -> Html:
    text = scrub(output).strip("\n")
    if not text.strip():
        return NOTHING
    shown = diff(text) if is_diff(text) else together([text])
    return tag("pre", tag("code", shown), tabindex="0", class_="output")
