"""What an agent did, a line a step: the newest in full, the rest counted. Pure."""

from collections.abc import Iterator, Sequence

from adapters.language import say
from adapters.phrases import count, joined
from adapters.scrub import one_line
from adapters.views import Step, StepKind

NEWEST = 5  # finished steps shown while it works
LOGGED = 40  # finished steps shown once it is done
_NESTED = 2  # finished steps shown of a subagent at work
_TITLE = 120  # characters
_OUTPUT = 80
_INDENT = "   "
SIGNS: dict[StepKind, str] = {
    "read": "📖",
    "edit": "✏️",
    "search": "🔎",
    "execute": "🔧",
    "fetch": "🌐",
    "delegate": "🤖",
    "other": "⚙️",
}


def step_lines(steps: Sequence[Step], *, over: bool, language: str) -> Iterator[str]:
    """Steps one after another. *over*: the turn is, so nothing runs any more."""
    inside = nested(steps)
    outermost = [within[0] for within in inside.values()]
    for line in _folded(outermost, LOGGED if over else NEWEST, "", language):
        if isinstance(line, str):
            yield line
        else:
            yield from _step(line, inside[line.id][1:], language, over=over)


def nested(steps: Sequence[Step]) -> dict[str, list[Step]]:
    """By the id of each outermost step: itself, then all that was done inside it."""
    top: dict[str, str] = {}  # the outermost step each one was made in
    inside: dict[str, list[Step]] = {}
    for step in steps:
        top[step.id] = top.get(step.parent, step.id)
        inside.setdefault(top[step.id], []).append(step)
    return inside


def _step(
    step: Step, inside: Sequence[Step], language: str, *, over: bool
) -> Iterator[str]:
    quiet = over or step.ok is not None
    steps = count(len(inside), "step", language) if inside and quiet else ""
    yield joined(_described(step, language, over=over), steps)
    if quiet:
        return
    for line in _folded(inside, _NESTED, _INDENT, language):
        if isinstance(line, str):
            yield line
        else:
            yield f"{_INDENT}{_described(line, language, over=over)}"


def _folded(
    steps: Sequence[Step], newest: int, indent: str, language: str
) -> Iterator[Step | str]:
    """The steps, with all but the *newest* finished ones made one line."""
    finished = [step for step in steps if step.ok is not None]
    hidden = {step.id for step in finished[: max(0, len(finished) - newest)]}
    if len(hidden) > 1:
        yield f"{indent}… {count(len(hidden), 'earlier-step', language)}"
    for step in steps:
        if step.id not in hidden or len(hidden) == 1:
            yield step


def _described(step: Step, language: str, *, over: bool) -> str:
    title = one_line(step.title, _TITLE) or say(language, "turn-step")
    words = f"{SIGNS[step.kind]} {title}"
    if step.ok is None:
        return words if over else f"{words} ⏳"
    if step.ok:
        return f"{words} ✓"
    output = one_line(step.output, _OUTPUT)
    return f"{words} ✗ {output}".rstrip()
