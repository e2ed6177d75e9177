"""A turn as blocks with ids of their own, so that only what changed is sent. Pure.

Rule: the same turn gives the same blocks, whoever asks and whenever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from adapters.inbound import Attachment
from adapters.phrases import count, joined, lasted, model_name, ordinal, spent
from adapters.scrub import one_line, scrub
from adapters.views import Notice, Said, Step, TurnStatus, TurnView
from adapters.web import safe
from adapters.web.port import Entry
from adapters.web.prose import prose
from adapters.web.questions import question_html
from adapters.web.steps import group_html, groups
from adapters.web.tags import NOTHING, Html, tag, together
from adapters.web.times import moment, ticking

_NOTE = 400
_REASON = 1500
_NAME = 80
_WORDS = {
    TurnStatus.RUNNING: "Working",
    TurnStatus.WAITING: "Waiting for your decision",
    TurnStatus.CANCELLED: "Stopped",
    TurnStatus.FAILED: "Failed",
    TurnStatus.DONE: "Done",
}


@dataclass(frozen=True, slots=True)
class Block:
    id: str
    html: Html  # an element of that id


def turn_html(conversation: int, entry: Entry) -> Html:
    content = (block.html for block in turn_blocks(conversation, entry))
    label = f"{entry.asked_by or 'Parley'}: {one_line(entry.view.prompt, _NAME)}"
    return tag(
        "article", *content, id=entry.view.id, class_="turn", aria_label=label,
        tabindex="-1",
    )  # fmt: skip


def turn_blocks(conversation: int, entry: Entry) -> list[Block]:
    """Top to bottom; the first and the last are always there."""
    cards = (Block(one.id, question_html(conversation, one)) for one in entry.questions)
    blocks = [_asked(entry), *_parts(entry.view), *cards, _foot(conversation, entry)]
    return list(map(_cleaned, blocks))


#: A turn is drawn again and again while most of it stays the same.
@lru_cache(maxsize=1024)
def _cleaned(block: Block) -> Block:
    return Block(block.id, safe.page(block.html))


def notice_html(notice: Notice) -> Html:
    said = tag("div", *prose(notice.text), class_="said")
    return safe.page(tag("aside", said, id=notice.id, class_="notice"))


# --- what was asked -----------------------------------------------------------


def _asked(entry: Entry) -> Block:
    id_ = f"{entry.view.id}-asked"
    who = tag("strong", entry.asked_by) if entry.asked_by else NOTHING
    when = moment(entry.asked_at) if entry.asked_at else NOTHING
    head = tag("header", who, " ", when)
    words = tag("div", scrub(entry.view.prompt), class_="prompt")
    files = tag("ul", *map(_file, entry.files), class_="files", aria_label="Files")
    content = (head, words, files if entry.files else NOTHING)
    return Block(id_, tag("div", *content, id=id_, class_="asked"))


def _file(file: Attachment) -> Html:
    told = file.problem or _size(file.size)
    kind = "file problem" if file.problem else "file"
    return tag("li", tag("span", file.name), " ", tag("small", told), class_=kind)


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} B" if size else ""
    return f"{size / 1024:.0f} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


# --- what was said and done ---------------------------------------------------


def _parts(view: TurnView) -> Iterator[Block]:
    numbered = enumerate(view.parts)
    for _, run in groupby(numbered, key=lambda item: type(item[1])):
        parts = list(run)
        steps = [part for _, part in parts if isinstance(part, Step)]
        yield from _steps(view, parts[0][0], steps)
        for number, part in parts:
            if isinstance(part, Said):
                yield from _said(view, number, part)


def _steps(view: TurnView, number: int, steps: Sequence[Step]) -> Iterator[Block]:
    last = number + len(steps) == len(view.parts)
    for place, group in enumerate(groups(steps)):
        id_ = f"{view.id}-g{number}-{place}"
        fold = view.final or not last
        yield Block(id_, group_html(group, id_=id_, fold=fold, over=view.final))


_complete = lru_cache(maxsize=64)(prose)


def _said(view: TurnView, number: int, said: Said) -> Iterator[Block]:
    over = said.complete or view.final
    blocks = _complete(said.text) if over else prose(said.text, complete=False)
    for place, html in enumerate(blocks):
        id_ = f"{view.id}-p{number}-{place}"
        yield Block(id_, tag("div", html, id=id_, class_="said"))


# --- how it is going ----------------------------------------------------------


def _foot(conversation: int, entry: Entry) -> Block:
    view = entry.view
    id_ = f"{view.id}-foot"
    content = _ended(entry) if view.final else _open(view)
    buttons = (
        tag(
            "button", option.label.split(" ", 1)[-1], type="button", class_="quiet",
            data_post=f"/api/sessions/{conversation}/turns/{view.id}/stop",
        )
        for option in view.options
    )  # fmt: skip
    return Block(
        id_,
        tag(
            "footer", tag("span", class_="dot"), content, *buttons,
            id=id_, class_=f"foot {view.status.value}", data_status=view.status.value,
        ),
    )  # fmt: skip


def _open(view: TurnView) -> Html:
    if view.status is TurnStatus.QUEUED:
        place = f"{ordinal(view.position)} in line" if view.position else ""
        return tag("span", joined("Queued", place, one_line(view.note, _NOTE)))
    thinking = view.status is TurnStatus.RUNNING and (view.thinking or not view.parts)
    words = tag("span", "Thinking" if thinking else _WORDS[view.status])
    since = ticking(view.started_at) if view.started_at is not None else NOTHING
    facts = joined(model_name(one_line(view.model, 40)), one_line(view.note, _NOTE))
    return together([words, since, tag("span", facts) if facts else NOTHING])


def _ended(entry: Entry) -> Html:
    view = entry.view
    tokens = count(entry.tokens, "token") if entry.tokens else ""
    model = model_name(one_line(view.model, 40))
    facts = joined(_WORDS[view.status], lasted(view), *spent(view), tokens, model)
    note = one_line(view.note, _REASON)
    told = tag("span", note, class_="note") if note else NOTHING
    return together([tag("span", facts), told])
