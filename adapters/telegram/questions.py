"""A question as one message, which says so if it cannot show everything. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.language import say
from adapters.phrases import outcome, sign_of
from adapters.scrub import one_line
from adapters.telegram.entities import Rich, Writer, blank, units
from adapters.telegram.layout import LONG_QUOTE, markdown, plain, write_code_block
from adapters.telegram.piece import Piece, is_cut, keyboard, piece
from adapters.telegram.split import MAX_UNITS, clip
from adapters.views import DETAILS, DONE, Option, QuestionView, own_option

_SEAMS = 300  # units: empty lines, and words about what is left out
_ENTITIES = 80  # of the body; the rest needs few
_TITLE = 150  # characters
_LABEL = 60
_DESCRIPTION = 120
_DESCRIBED = 12  # options; more than these have buttons only


def question_pieces(view: QuestionView) -> list[Piece]:
    title, ending = _title(view), _ending(view)
    room = max(_SEAMS, MAX_UNITS - _SEAMS - units(title.text) - units(ending.text))
    writer = Writer()
    for section in (title, _middle(view, room), ending):
        writer.lines(2)
        writer.add(section)
    whole, _ = clip(writer.rich, limit=MAX_UNITS)
    buttons = keyboard(view.id, _options(view))
    return [piece("q0", whole, buttons=buttons, notify=True)]


def _options(view: QuestionView) -> tuple[Option, ...]:
    if view.final:
        return ()
    more = (own_option(DETAILS, view.language),) if _has_more(view) else ()
    if not view.several:
        return (*view.options, *more)
    boxes = (_tick_box(option, view.chosen) for option in view.boxes)
    done = own_option(DONE, view.language)
    return (*boxes, done, *view.buttons, *more)


def _tick_box(option: Option, chosen: Sequence[str]) -> Option:
    box = "☑" if option.id in chosen else "☐"
    return replace(option, label=f"{box} {option.label}")


def _has_more(view: QuestionView) -> bool:
    return not view.details_shown and not blank(plain(view.details))


def _title(view: QuestionView) -> Rich:
    writer = Writer()
    if sign := sign_of(view):
        writer.write(f"{sign} ")
    with writer.marked("bold"):
        writer.write(one_line(view.title, _TITLE))
    return writer.rich


def _middle(view: QuestionView, room: int) -> Rich:
    """What it is about, in at most *room* units and a few words on what is left out."""
    body, details = markdown(view.body), _details(view)
    body_room = max(room // 2, room - units(details.text))
    writer = Writer()
    _add_clipped(writer, body, body_room, view.language)
    if details.text:
        writer.lines(2)
        left = room - min(body_room, units(body.text))
        _add_clipped(writer, details, left, view.language)
    return writer.rich


def _details(view: QuestionView) -> Rich:
    writer = Writer()
    if view.details_shown and not blank(text := plain(view.details)):
        if units(text) > LONG_QUOTE:
            with writer.marked("expandable_blockquote"):
                write_code_block(writer, text)
        else:
            write_code_block(writer, text)
    return writer.rich


def _add_clipped(writer: Writer, rich: Rich, room: int, language: str) -> None:
    shown, left_out = clip(rich, limit=room, entities=_ENTITIES)
    writer.add(shown)
    if left_out:
        writer.lines(2)
        with writer.marked("italic"):
            writer.write(say(language, "telegram-not-shown", number=left_out))


def _ending(view: QuestionView) -> Rich:
    writer = Writer()
    if view.final:
        writer.write(outcome(view))
        return writer.rich
    for option in [one for one in view.options if _described(one)][:_DESCRIBED]:
        writer.lines(1)
        writer.write("• ")
        with writer.marked("bold"):
            writer.write(one_line(option.label, _LABEL))
        if description := one_line(option.description, _DESCRIPTION):
            writer.write(f" — {description}")
    if hint := _hint(view):
        writer.lines(2)
        with writer.marked("italic"):
            writer.write(hint)
    return writer.rich


def _described(option: Option) -> bool:
    return bool(option.description) or is_cut(option.label)


def _hint(view: QuestionView) -> str:
    several = say(view.language, "telegram-choose-several") if view.several else ""
    words = say(view.language, "telegram-own-words") if view.free_text else ""
    return f"{several} {words}".strip()
