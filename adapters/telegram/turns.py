"""A turn as messages: queued, at work, ended. Pure.

Pieces: "q0" while it waits in line, or if it never ran; "w0", "w1", … the work; "a0",
"a1", … the answer of a turn long enough for people to have looked away. Edits never
notify, so that answer is new messages. "r0": all of it, if it is too long for messages.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from adapters.document import beginning
from adapters.language import say
from adapters.phrases import (
    asked,
    ending,
    joined,
    joined_in,
    lasted,
    queued,
    status,
    summary,
    thinking,
    took,
)
from adapters.scrub import one_line
from adapters.steps import step_lines
from adapters.telegram.entities import Kind, Rich, Writer, blank
from adapters.telegram.layout import markdown
from adapters.telegram.long import MAX_SAID, is_long, more, rest
from adapters.telegram.piece import Keyboard, Piece, keyboard, piece
from adapters.telegram.split import MAX_ENTITIES, MAX_UNITS, split, tidy
from adapters.unfinished import finished
from adapters.views import (
    CANCEL,
    INSTEAD,
    STEER,
    STOP,
    Part,
    Said,
    Step,
    TurnStatus,
    TurnView,
)

LONG_S = 20.0
MORE = "⋯"
NOTHING = Rich("")
_NOTE = 160  # characters of a line that shares a message with others
_QUOTED = 80
# Every message leaves room for a last line, so that its coming and going moves no cut.
_ROOM = 512  # units: note, model and a few words, were they all emoji
_SPARE = 2  # entities
#: Buttons side by side are equally wide, so short words go beside short ones.
_PLACES = (STOP, STEER, CANCEL, INSTEAD)


def turn_pieces(view: TurnView, *, now: float) -> list[Piece]:
    view = replace(view, parts=tuple(_visible(view.parts)))
    match view.status:
        case TurnStatus.QUEUED:
            return [_queued(view)]
        case TurnStatus.RUNNING | TurnStatus.WAITING:
            return _running(view, now)
        case _:
            return [*_ended(view), *rest(view)]


def _ended(view: TurnView) -> list[Piece]:
    match view.status:
        case TurnStatus.DONE if joined_in(view):
            return [piece("q0", _line(ending(view)))]
        case TurnStatus.DONE:
            return _long(view) if _is_long(view) else _short(view)
        case _:
            return _broken_off(view)


def _visible(parts: Sequence[Part]) -> Sequence[Part]:
    return [part for part in parts if isinstance(part, Step) or not blank(part.text)]


def _is_long(view: TurnView) -> bool:
    return (took(view) or 0.0) >= LONG_S


# --- not yet ended ------------------------------------------------------------


def _queued(view: TurnView) -> Piece:
    writer = Writer()
    writer.write(queued(view))
    words = asked(view) or one_line(view.prompt, _QUOTED)
    if not blank(words):
        writer.lines(1)
        with writer.marked("blockquote"):
            writer.write(words)
    (whole,) = split(writer.rich)
    return piece("q0", whole, buttons=_buttons(view))


def _running(view: TurnView, now: float) -> list[Piece]:
    writer = _began(view)
    _write_parts(writer, view, view.parts)
    *earlier, last = _work(view, writer, last=_line(status(view, now=now)))
    return [*earlier, replace(last, buttons=_buttons(view))]


def _buttons(view: TurnView) -> Keyboard:
    options = sorted(view.options, key=lambda option: _PLACES.index(option.id))
    return keyboard(view.id, options)


# --- ended --------------------------------------------------------------------


def _short(view: TurnView) -> list[Piece]:
    """The work folded, the answer, a line about it: an edit of what was shown."""
    work, answer = _divided(view.parts)
    writer = _began(view)
    if answer:
        _write_log(writer, view, work)
        _write_parts(writer, view, answer)
    else:
        _write_parts(writer, view, work)
    return _work(view, writer, last=_line(ending(view), "italic"))


def _long(view: TurnView) -> list[Piece]:
    """What was shown becomes the log; the answer is new, and notifies."""
    work, answer = _divided(view.parts)
    log, said = _began(view), Writer()
    log.lines(1)
    log.write(summary(view))
    _write_log(log, view, work)
    done = joined(say(view.language, "turn-all-done"), lasted(view))
    _write_parts(said, view, answer or (Said(done),))
    note = _line(one_line(view.note, _NOTE), "italic")
    first, *others = _pieces("a", said.rich, stub=done, last=note)
    return [*_work(view, log), replace(first, notify=True), *others]


def _broken_off(view: TurnView) -> list[Piece]:
    """What was said stays. Who looked away must hear of a failure: a new message."""
    news = view.status is TurnStatus.FAILED and _is_long(view)
    failed = joined(say(view.language, "turn-failed"), lasted(view))
    writer = _began(view)
    _write_parts(writer, view, view.parts)
    writer.lines(2)
    writer.write(failed if news else ending(view))
    pieces = _work(view, writer)
    if news:
        (told,) = _pieces("a", _line(ending(view)), stub=failed)
        pieces.append(replace(told, notify=True))
    return pieces


def _divided(parts: Sequence[Part]) -> tuple[Sequence[Part], Sequence[Part]]:
    """The work, and the answer: the last words, if no step came after them."""
    if parts and isinstance(parts[-1], Said):
        return parts[:-1], parts[-1:]
    return parts, ()


# --- writing ------------------------------------------------------------------


def _began(view: TurnView) -> Writer:
    """What goes above all: the words, where they were said on another screen."""
    writer = Writer()
    if not blank(words := asked(view)):
        with writer.marked("blockquote"):
            writer.write(words)
    return writer


def _write_log(writer: Writer, view: TurnView, work: Sequence[Part]) -> None:
    if work:
        writer.lines(1)
        with writer.marked("expandable_blockquote"):
            inside = Writer()
            _write_parts(inside, view, work)
            writer.add(inside.rich)


def _write_parts(writer: Writer, view: TurnView, parts: Sequence[Part]) -> None:
    for _, group in groupby(parts, key=type):
        run = list(group)
        writer.lines(2)
        writer.may_break()
        _write_steps(writer, view, [part for part in run if isinstance(part, Step)])
        for said in run:
            if isinstance(said, Said):
                writer.lines(2)
                writer.add(_words(said, over=view.final))
                if is_long(said):
                    writer.lines(2)
                    writer.add(markdown(more(view)))


def _write_steps(writer: Writer, view: TurnView, steps: Sequence[Step]) -> None:
    for line in step_lines(steps, over=view.final, language=view.language):
        writer.lines(1)
        writer.may_break()
        writer.write(line)


def _words(said: Said, *, over: bool) -> Rich:
    if said.complete or over or is_long(said):
        return _complete(beginning(said.text, MAX_SAID))
    return markdown(finished(said.text))


#: A turn is drawn again and again while its earlier words stay the same.
_complete = lru_cache(maxsize=256)(markdown)


def _line(text: str, kind: Kind | None = None) -> Rich:
    writer = Writer()
    with writer.marked(kind) if kind else nullcontext():
        writer.write(text)
    return writer.rich


def _work(view: TurnView, writer: Writer, *, last: Rich = NOTHING) -> list[Piece]:
    return _pieces("w", writer.rich, stub=thinking(view.language), last=last)


def _pieces(prefix: str, rich: Rich, *, stub: str, last: Rich = NOTHING) -> list[Piece]:
    """As many messages as it takes, *last* at the end of the last one."""
    parts = split(rich, limit=MAX_UNITS - _ROOM, entities=MAX_ENTITIES - _SPARE)
    writer = Writer()
    if parts:
        writer.add(parts.pop())
        writer.lines(2)
    writer.add(last)
    return [
        piece(f"{prefix}{index}", part, stub=MORE if index else stub)
        for index, part in enumerate([*parts, tidy(writer.rich)])
    ]
