"""A question as one message: what it is about, and buttons, boxes, a form. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from adapters.language import say
from adapters.phrases import outcome, sign_of
from adapters.scrub import one_line, scrub
from adapters.slack.buttons import actions, choose, labelled, rows, with_words
from adapters.slack.message import (
    MAX_HEADER,
    MAX_SECTION,
    Block,
    Blocks,
    Piece,
    bullets,
    clip,
    context,
    header,
    markdown,
    mention,
    notified,
    preformatted,
    section,
    size,
    words,
)
from adapters.slack.split import split_markdown
from adapters.views import DETAILS, DONE, Option, QuestionView, own_option

REST = "details.txt"
_MAX_DETAILS = 2_900  # characters
_BODY_BYTES = 2_500  # all of them together are less than a message may hold
_DETAILS_BYTES = 3_000
_TITLE_BYTES = 900
_LISTED_BYTES = 1_400
_OUTCOME_BYTES = 900
_BULLET = 10  # bytes around an option in a list
_OUTCOME = 500  # characters
_MAX_TICKS = 10  # boxes; more options are picked from a menu
_MAX_PICKS = 100
_MAX_OPTION = 75  # characters of a box


def question_piece(view: QuestionView) -> Piece:
    shown, whole = _about(view)
    ending = _decided(view) if view.final else _asked(view)
    note = () if whole else (context(say(view.language, "slack-cut-question")),)
    news = outcome(view) if view.final else f"{sign_of(view)} {view.title}".strip()
    return Piece(
        "q0",
        notified(news, *(() if view.final else (view.body,))),
        (*shown, *note, *ending),
        ping="" if view.final else view.for_id,
        rest="" if whole else _everything(view),
        rest_name="" if whole else REST,
    )


# --- what it is about ---------------------------------------------------------


def _about(view: QuestionView) -> tuple[Blocks, bool]:
    """Title, body, details, options; and whether that is all there is."""
    title, titled = _title(view)
    body, body_whole = _body(view.body)
    details, detailed = _details(view)
    listed, listed_whole = _listed(view)
    blocks = (*title, *body, *details, *listed)
    return blocks, titled and body_whole and detailed and listed_whole


def _title(view: QuestionView) -> tuple[Blocks, bool]:
    line = f"{sign_of(view)} {_on_one_line(view.title)}".strip()
    if len(line) <= MAX_HEADER:
        return (header(line),), True
    shown = clip(line, characters=MAX_SECTION, limit_bytes=_TITLE_BYTES)
    return (section(shown),), shown == line


def _body(body: str) -> tuple[Blocks, bool]:
    portions = split_markdown(scrub(body), _BODY_BYTES)
    return tuple(map(markdown, portions[:1])), len(portions) <= 1


def _details(view: QuestionView) -> tuple[Blocks, bool]:
    details = scrub(view.details).strip("\n")
    if not view.details_shown or not details.strip():
        return (), True
    shown = clip(details, characters=_MAX_DETAILS, limit_bytes=_DETAILS_BYTES)
    return (preformatted(shown),), shown == details


def _listed(view: QuestionView) -> tuple[Blocks, bool]:
    """What buttons and boxes are too small to say."""
    options = [option for option in _choices(view) if _needs_list(view, option)]
    room = _LISTED_BYTES
    for at, option in enumerate(options):
        room -= _BULLET + sum(map(size, _spelt(option)))
        if room < 0:
            return _list(options[:at]), False
    return _list(options), True


def _list(options: Sequence[Option]) -> Blocks:
    return (bullets(map(_explained, options)),) if options else ()


def _explained(option: Option) -> Sequence[Block]:
    label, description = _spelt(option)
    runs = [words(label, bold=True)]
    return [*runs, words(f" — {description}")] if description else runs


def _spelt(option: Option) -> tuple[str, str]:
    """Label and description, uncut."""
    return _on_one_line(option.label) or option.id, _on_one_line(option.description)


def _on_one_line(text: str) -> str:
    return " ".join(scrub(text).split())


def _needs_list(view: QuestionView, option: Option) -> bool:
    label, description = _spelt(option)
    room = _MAX_OPTION if view.several and not view.final else 0
    return len(label) > _MAX_OPTION or len(description) > room


def _choices(view: QuestionView) -> tuple[Option, ...]:
    return tuple(option for option in view.options if option.id != DONE)


def _everything(view: QuestionView) -> str:
    spelt = (": ".join(filter(None, _spelt(option))) for option in view.options)
    options = "\n".join(f"- {line}" for line in spelt)
    parts = (view.title, view.body, view.details, options)
    return "\n\n".join(filter(None, (scrub(part).strip() for part in parts)))


def _decided(view: QuestionView) -> Blocks:
    line = outcome(view, limit=_OUTCOME)
    return (section(clip(line, characters=len(line), limit_bytes=_OUTCOME_BYTES)),)


# --- what may be answered -----------------------------------------------------


def _asked(view: QuestionView) -> Blocks:
    ring = (
        (mention(view.for_id, say(view.language, "slack-waits")),)
        if view.for_id and view.turn_id  # who opens a menu is looking at it
        else ()
    )
    boxes = tuple(_boxes(view)) if view.several else ()
    hint = (context(say(view.language, "slack-answer-here")),)
    return (
        *ring,
        *boxes,
        *rows(list(_buttons(view))),
        *(hint if view.free_text else ()),
    )


def _buttons(view: QuestionView) -> Iterator[Block]:
    for option in _pressable(view):
        yield choose(view.id, option)
        if option.words:
            label = one_line(option.label, _MAX_OPTION - 15)
            reason = say(view.language, "slack-with-reason", label=label)
            yield with_words(view.id, option.id, reason)
    if view.free_text:
        yield with_words(view.id, "", say(view.language, "slack-own-words"))
    if not view.details_shown and scrub(view.details).strip():
        yield choose(view.id, own_option(DETAILS, view.language))


def _pressable(view: QuestionView) -> tuple[Option, ...]:
    if not view.several:
        return view.options
    return (own_option(DONE, view.language), *view.buttons)


def _boxes(view: QuestionView) -> Iterator[Block]:
    """The options to tick, in a block that the answer is looked up by."""
    options = [_box(option) for option in view.boxes[:_MAX_PICKS]]
    if not options:
        return
    ticked = [option for option in options if option["value"] in view.chosen]
    initial = {"initial_options": ticked} if ticked else {}
    element = {"action_id": "tick", "options": options, **initial}
    block_id = f"several:{view.id}"
    if len(options) <= _MAX_TICKS:
        boxes = actions([{"type": "checkboxes", **element}])
    else:
        menu = {"type": "multi_static_select", **element}
        boxes = {
            **section(say(view.language, "slack-choose-several")),
            "accessory": menu,
        }
    yield {**boxes, "block_id": block_id}


def _box(option: Option) -> dict[str, Any]:
    description = one_line(option.description, _MAX_OPTION)
    return {
        "text": labelled(option.label, option.id),
        "value": option.id,
        **({"description": labelled(description, "")} if description else {}),
    }
