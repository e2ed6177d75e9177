"""A turn as messages that are edited: queued, at work, ended. Pure.

Pieces: "q0" while it waits in line; "s0", "s1", … the work and the answer.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from adapters.document import NAME, document
from adapters.language import say
from adapters.phrases import (
    asked,
    branch,
    ending,
    joined,
    joined_in,
    lasted,
    queued,
    spent,
    status,
    thinking,
)
from adapters.scrub import one_line, scrub
from adapters.slack.buttons import choose, rows
from adapters.slack.long import MAX_SAID, beginning, broken_off, is_cut, is_long
from adapters.slack.message import (
    MAX_BYTES,
    MAX_CONTEXT,
    Block,
    Blocks,
    Piece,
    clip,
    context,
    escaped,
    markdown,
    mention,
    notified,
    quoted,
    section,
    size,
    words_of,
)
from adapters.slack.split import split_markdown
from adapters.steps import step_lines
from adapters.unfinished import finished
from adapters.views import Part, Said, Step, TurnStatus, TurnView

MAX_MESSAGES = 3  # of a turn that ended; of a longer one, one and a file
BEGINNING = 2_000  # bytes
_MAX_PROMPT = 300  # characters
_LAST = 600  # bytes kept free for a last line, so that it moves no cut
_LONGEST_LAST = 4_000  # of why a turn failed
_ROOM = MAX_BYTES - _LAST
_MAX_PARTS = 40  # blocks, without the last line and the buttons


def turn_pieces(view: TurnView, *, now: float) -> list[Piece]:
    if view.status is TurnStatus.QUEUED:
        return [_queued(view)]
    if _came_to_nothing(view):
        line = ending(view)
        return [Piece("q0", escaped(line), (context(line),))]
    pages = _pages(view)
    if view.final and len(pages) > MAX_MESSAGES:
        return [_beginning(view)]
    last = footer(view) if view.final else _going_on(view, now)
    if size(words_of(pages[-1])) + size(words_of(last)) > MAX_BYTES:
        pages.append(())
    pages[-1] = (*pages[-1], *last)
    text = _notified(view)
    return [Piece(f"s{index}", text, page) for index, page in enumerate(pages)]


def footer(view: TurnView) -> Blocks:
    """The end of a turn that ended: what it took, or why it broke off."""
    line = clip(ending(view), characters=MAX_CONTEXT, limit_bytes=_LONGEST_LAST)
    # A reason is there to be read, the rest need not catch the eye.
    return ((section if view.status is TurnStatus.FAILED else context)(line),)


def farewell(view: TurnView) -> Blocks:
    """What goes below words that were streamed."""
    return (*((context(_cut(view)),) if is_cut(view) else ()), *footer(view))


def status_line(view: TurnView) -> str:
    """How a turn stands, without what changes by the second."""
    match view.status:
        case TurnStatus.QUEUED:
            return queued(view)
        case TurnStatus.RUNNING:
            return joined(say(view.language, "turn-working"), branch(view))
        case TurnStatus.WAITING:
            return say(view.language, "turn-waiting")
        case TurnStatus.DONE if not joined_in(view):
            done = say(view.language, "turn-all-done")
            return joined(done, lasted(view), *spent(view), branch(view))
        case _:
            return one_line(ending(view), _LAST)


def root_blocks(
    prompt: str, asker_id: str, language: str, foremost: TurnView | None = None
) -> Blocks:
    """The first message of a thread that a slash command began.

    *foremost* is the turn it tells of, and has the buttons of.
    """
    return (
        mention(asker_id, say(language, "slack-asked")),
        *_quoted(prompt),
        *((context(status_line(foremost)),) if foremost else ()),
        *(_buttons(foremost) if foremost else ()),
    )


# --- not yet ended ------------------------------------------------------------


def _queued(view: TurnView) -> Piece:
    line, quote = queued(view), _quoted(asked(view) or view.prompt)
    return Piece("q0", line, (section(line), *quote, *_buttons(view)))


def _came_to_nothing(view: TurnView) -> bool:
    """It never ran, and nobody is surprised: what told of its place tells of that."""
    silent = view.started_at is None and not view.parts
    return joined_in(view) or (silent and view.status is TurnStatus.CANCELLED)


def _quoted(prompt: str) -> Blocks:
    words = one_line(prompt, _MAX_PROMPT)
    return (quoted(words),) if words else ()


def _going_on(view: TurnView, now: float) -> Blocks:
    return (context(status(view, now=now)), *_buttons(view))


def _buttons(view: TurnView) -> Blocks:
    return rows([choose(view.id, option) for option in view.options])


# --- pages --------------------------------------------------------------------


class _Pages:
    """Fills messages from top to bottom."""

    def __init__(self) -> None:
        self._pages: list[list[Block]] = [[]]
        self._left = _ROOM  # bytes

    @property
    def all(self) -> list[Blocks]:
        return [tuple(page) for page in self._pages]

    def say(self, text: str) -> None:
        room = self._left if self._left > _ROOM // 3 else _ROOM
        for index, portion in enumerate(split_markdown(text, _ROOM, first_bytes=room)):
            if index:
                self._turn()
            self._add(markdown(portion), size(portion))

    def log(self, lines: Sequence[str]) -> None:
        for text in _bundled(lines):
            self._add(context(text), size(text))

    def quote(self, line: str) -> None:
        self._add(quoted(line), size(line))

    def _add(self, block: Block, need: int) -> None:
        if self._pages[-1] and (
            need > self._left or len(self._pages[-1]) >= _MAX_PARTS
        ):
            self._turn()
        self._pages[-1].append(block)
        self._left -= need

    def _turn(self) -> None:
        self._pages.append([])
        self._left = _ROOM


def _pages(view: TurnView) -> list[Blocks]:
    pages = _Pages()
    if asker := asked(view):
        pages.quote(asker)
    for part in _written(view):
        match part:
            case Said(text):
                pages.say(text)
            case lines:
                pages.log(lines)
    return pages.all


def _written(view: TurnView) -> Iterator[Said | list[str]]:
    """Words and the lines of steps, in order."""
    for kind, group in groupby(view.parts, key=type):
        run = list(group)
        if kind is Step:
            steps = [part for part in run if isinstance(part, Step)]
            yield list(step_lines(steps, over=view.final, language=view.language))
        for said in run:
            if isinstance(said, Said):
                yield Said(_words(said, view))


def _words(said: Said, view: TurnView) -> str:
    if is_long(said):
        return broken_off(scrub(beginning(said.text)), view.language)
    text = scrub(said.text)
    return text if said.complete or view.final else finished(text)


def _bundled(lines: Sequence[str]) -> Iterator[str]:
    """The lines, as many together as a small grey block may hold."""
    bundle = ""
    for line in lines:
        longer = f"{bundle}\n{line}" if bundle else line
        if len(longer) > MAX_CONTEXT:
            yield bundle
            longer = line
        bundle = longer
    if bundle:
        yield bundle


# --- too long -----------------------------------------------------------------


def _beginning(view: TurnView) -> Piece:
    """The answer if one message holds it, or where it begins; all else in a file."""
    answer = scrub("\n\n".join(_answer(view.parts))[:MAX_SAID])
    asker = asked(view)
    shown = split_markdown(answer, _ROOM - size(asker))
    if len(shown) > 1:
        shown = split_markdown(answer, BEGINNING)
    said = map(markdown, shown[:1])
    blocks = (*_quoted(asker), *said, context(_cut(view)), *footer(view))
    return Piece("s0", _notified(view), blocks, rest=document(view), rest_name=NAME)


def _cut(view: TurnView) -> str:
    return say(view.language, "slack-cut-message", file=NAME)


def _answer(parts: Sequence[Part]) -> Iterator[str]:
    """What was said after the last step, or else all that was said."""
    steps = [at for at, part in enumerate(parts) if isinstance(part, Step)]
    last = steps[-1] + 1 if steps else 0
    said = [part.text for part in parts[last:] if isinstance(part, Said)]
    yield from said or (part.text for part in parts if isinstance(part, Said))


def _notified(view: TurnView) -> str:
    if view.status is TurnStatus.FAILED:
        return notified(ending(view))
    said = [part.text for part in view.parts if isinstance(part, Said)]
    return notified(said[-1] if said else "") or thinking(view.language)
