"""A turn as blocks with ids of their own, so that only what changed is sent. Pure.

Rule: the same turn gives the same blocks, whoever asks and whenever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import groupby

from adapters.document import beginning
from adapters.inbound import Attachment
from adapters.language import say
from adapters.phrases import (
    count,
    joined,
    joined_in,
    lasted,
    model_name,
    place,
    queued,
    spent,
)
from adapters.scrub import one_line, scrub
from adapters.views import (
    CANCEL,
    STOP,
    FileView,
    Notice,
    Option,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)
from adapters.web import safe
from adapters.web.prose import prose
from adapters.web.questions import question_html, unsigned
from adapters.web.sent import sent_html
from adapters.web.sizes import size
from adapters.web.steps import group_html, groups
from adapters.web.tags import NOTHING, Html, tag, together
from adapters.web.times import moment, ticking
from adapters.web.values import Entry

_NOTE = 400
_REASON = 1500
_NAME = 80
MAX_SAID = 50_000  # characters of one text: what is longer is a file


@dataclass(frozen=True, slots=True)
class Block:
    id: str
    html: Html  # an element of that id


def turn_html(conversation: int, entry: Entry, language: str) -> Html:
    content = (block.html for block in turn_blocks(conversation, entry, language))
    words = one_line(entry.view.prompt, _NAME)
    name = _who(entry, language) or "Parley"
    label = say(language, "web-asked-what", name=name, words=words)
    return tag(
        "article", *content, id=entry.view.id, class_="turn", aria_label=label,
        tabindex="-1",
    )  # fmt: skip


def turn_blocks(conversation: int, entry: Entry, language: str) -> list[Block]:
    """Top to bottom; the first and the last are always there.

    All around what was said is in *language*, whoever asked.
    """
    entry = replace(entry, view=replace(entry.view, language=language))
    sent = (
        Block(file.id, sent_html(conversation, file, language)) for file in entry.sent
    )
    cards = (
        Block(one.id, question_html(conversation, one, language))
        for one in entry.questions
    )
    foot = _foot(conversation, entry)
    parts = _parts(conversation, entry.view)
    blocks = [_asked(entry), *parts, *sent, *cards, foot]
    return list(map(_cleaned, blocks))


#: A turn is drawn again and again while most of it stays the same.
@lru_cache(maxsize=1024)
def _cleaned(block: Block) -> Block:
    return Block(block.id, safe.page(block.html))


# --- what belongs to no turn --------------------------------------------------


def notice_html(notice: Notice, language: str) -> Html:
    said = tag("div", *prose(notice.text, language=language), class_="said")
    return safe.page(tag("aside", said, id=notice.id, class_="notice"))


def loose_card_html(conversation: int, view: QuestionView, language: str) -> Html:
    return safe.page(question_html(conversation, view, language))


def loose_file_html(conversation: int, file: FileView, language: str) -> Html:
    return safe.page(sent_html(conversation, file, language))


# --- what was asked -----------------------------------------------------------


def _asked(entry: Entry) -> Block:
    id_ = f"{entry.view.id}-asked"
    language = entry.view.language
    name = _who(entry, language)
    who = tag("strong", name) if name else NOTHING
    when = moment(entry.asked_at, language) if entry.asked_at else NOTHING
    head = tag("header", who, " ", when)
    words = tag("div", scrub(entry.view.prompt), class_="prompt")
    label = say(language, "web-files")
    files = tag("ul", *map(_file, entry.files), class_="files", aria_label=label)
    content = (head, words, files if entry.files else NOTHING)
    return Block(id_, tag("div", *content, id=id_, class_="asked"))


def _who(entry: Entry, language: str) -> str:
    return say(language, "web-you") if entry.yours else entry.asked_by


def _file(file: Attachment) -> Html:
    told = file.problem or size(file.size)
    kind = "file problem" if file.problem else "file"
    return tag("li", tag("span", file.name), " ", tag("small", told), class_=kind)


# --- what was said and done ---------------------------------------------------


def _parts(conversation: int, view: TurnView) -> Iterator[Block]:
    numbered = enumerate(view.parts)
    for _, run in groupby(numbered, key=lambda item: type(item[1])):
        parts = list(run)
        steps = [part for _, part in parts if isinstance(part, Step)]
        yield from _steps(view, parts[0][0], steps)
        for number, part in parts:
            if isinstance(part, Said):
                yield from _said(view, number, part)
                if len(part.text) > MAX_SAID:
                    yield _more(conversation, view, number)


def _steps(view: TurnView, number: int, steps: Sequence[Step]) -> Iterator[Block]:
    last = number + len(steps) == len(view.parts)
    for nth, group in enumerate(groups(steps)):
        id_ = f"{view.id}-g{number}-{nth}"
        fold = view.final or not last
        html = group_html(
            group, id_=id_, fold=fold, over=view.final, language=view.language
        )
        yield Block(id_, html)


_complete = lru_cache(maxsize=64)(prose)


def _said(view: TurnView, number: int, said: Said) -> Iterator[Block]:
    over = said.complete or view.final
    drawn = _complete if over else partial(prose, complete=False)
    blocks = drawn(beginning(said.text, MAX_SAID), language=view.language)
    for nth, html in enumerate(blocks):
        id_ = f"{view.id}-p{number}-{nth}"
        yield Block(id_, tag("div", html, id=id_, class_="said"))


def _more(conversation: int, view: TurnView, number: int) -> Block:
    """All of what is too long to be drawn at every word."""
    id_ = f"{view.id}-p{number}-more"
    url = f"/api/sessions/{conversation}/turns/{view.id}/answer"
    link = tag("a", say(view.language, "web-all-of-it"), href=url)
    return Block(id_, tag("p", link, id=id_, class_="said"))


# --- how it is going ----------------------------------------------------------


def _foot(conversation: int, entry: Entry) -> Block:
    view = entry.view
    id_ = f"{view.id}-foot"
    content = _ended(entry) if view.final else _open(view)
    buttons = (_button(conversation, view.id, option) for option in view.options)
    kind = f"foot {view.status.value}{' joined' * joined_in(view)}"
    return Block(
        id_,
        tag(
            "footer", tag("span", class_="dot"), content, *buttons,
            id=id_, class_=kind, data_status=view.status.value,
        ),
    )  # fmt: skip


def _button(conversation: int, turn: str, option: Option) -> Html:
    action = STOP if option.id == CANCEL else option.id
    return tag(
        "button", unsigned(option.label), type="button", class_="quiet",
        data_post=f"/api/sessions/{conversation}/turns/{turn}/{action}",
    )  # fmt: skip


def _status(view: TurnView) -> str:
    return say(view.language, f"web-status-{view.status.value}")


def _open(view: TurnView) -> Html:
    note = one_line(view.note, _NOTE)
    if view.joining:
        return tag("span", queued(view))
    if view.status is TurnStatus.QUEUED:
        return tag("span", joined(_status(view), place(view), note))
    thinking = view.status is TurnStatus.RUNNING and (view.thinking or not view.parts)
    doing = say(view.language, "web-thinking") if thinking else _status(view)
    words = tag("span", doing)
    since = ticking(view.started_at) if view.started_at is not None else NOTHING
    facts = joined(model_name(one_line(view.model, 40)), note)
    return together([words, since, tag("span", facts) if facts else NOTHING])


def _ended(entry: Entry) -> Html:
    view = entry.view
    if joined_in(view):
        return tag("span", f"↪ {one_line(view.note, _NOTE)}")
    tokens = count(entry.tokens, "token", view.language) if entry.tokens else ""
    model = model_name(one_line(view.model, 40))
    facts = joined(_status(view), lasted(view), *spent(view), tokens, model)
    note = one_line(view.note, _REASON)
    told = tag("span", note, class_="note") if note else NOTHING
    return together([tag("span", facts), told])
