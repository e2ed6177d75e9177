"""One Telegram message as it should look, with its buttons. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from wcwidth import wcwidth

from adapters.scrub import one_line
from adapters.telegram.entities import Rich, blank
from adapters.views import Option

ROW_WIDTH = 30  # columns of text that all buttons of a row show on a small phone
_EDGES = 4  # columns that a button's own edges take
_MOST_IN_ROW = 3
_DATA = re.compile(r"([a-z0-9]{1,20}):([a-z0-9-]{1,16})")


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str  # "view_id:option_id", at most 64 bytes
    style: Literal["plain", "good", "danger"] = "plain"


Keyboard: TypeAlias = tuple[tuple[Button, ...], ...]  # rows


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of ours. *picture*: to be shown as one, if Telegram would take it so."""

    path: str
    name: str
    picture: bool
    content: str = ""  # what is in it, if it is at no *path*


@dataclass(frozen=True, slots=True)
class Piece:
    """*part* names the piece in its view; the same part is the same message."""

    part: str
    text: str  # at most 4096 UTF-16 units, as Telegram will keep it; never blank,
    # but under a file, where it is a caption of at most 1024
    entities: tuple[Mapping[str, Any], ...] = ()  # of the Bot API; at most 100
    buttons: Keyboard = ()
    stub: str = ""  # plain text to send first, and then edit; "": send the piece itself
    notify: bool = False
    upload: Upload | None = None  # what the message becomes; needs a *stub*
    instead: str = ""  # plain text to show if Telegram does not take the file


def piece(
    part: str,
    rich: Rich,
    *,
    buttons: Keyboard = (),
    stub: str = "",
    notify: bool = False,
) -> Piece:
    entities = tuple(entity.api() for entity in rich.entities)
    return Piece(part, rich.text, entities, buttons, stub, notify)


def keyboard(view_id: str, options: Iterable[Option]) -> Keyboard:
    """The options in rows, as many side by side as can be read."""
    return tuple(map(tuple, _rows([_button(view_id, option) for option in options])))


def parse_button(data: str) -> tuple[str, str] | None:
    """View id and option id; None if it is no button of ours."""
    found = _DATA.fullmatch(data)
    return (found[1], found[2]) if found else None


def is_cut(label: str) -> bool:
    """Whether it is too long for a button."""
    return _width(one_line(label, 200)) > ROW_WIDTH


def _button(view_id: str, option: Option) -> Button:
    label = _cut(one_line(option.label, 200))
    if blank(label):
        label = option.id
    return Button(label, f"{view_id}:{option.id}", option.style)


def _rows(buttons: list[Button]) -> Iterator[list[Button]]:
    """All buttons of a row are equally wide, so the widest label decides."""
    row: list[Button] = []
    for button in buttons:
        wider = [*row, button]
        need = max(_width(one.label) + _EDGES for one in wider) * len(wider)
        if row and (need > ROW_WIDTH + _EDGES or len(wider) > _MOST_IN_ROW):
            yield row
            wider = [button]
        row = wider
    if row:
        yield row


def _cut(label: str) -> str:
    """The label, ended by us where a phone would just stop drawing it."""
    if _width(label) <= ROW_WIDTH:
        return label
    while _width(label) >= ROW_WIDTH:
        label = label[:-1]
    return label.rstrip() + "…"


def _width(text: str) -> int:
    return sum(max(0, wcwidth(character)) for character in text)
