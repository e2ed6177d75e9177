"""Text with entities, counted in UTF-16 as Telegram does, and how it is written."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "bold",
    "italic",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
]
QUOTES: frozenset[Kind] = frozenset({"blockquote", "expandable_blockquote"})
SOLID: frozenset[Kind] = frozenset(
    {"code", "pre", "text_link"}
)  # hold no other of these

# Telegram takes these combining lines away, and a composed å is not one of them.
_LINES = re.compile("[\u0333\u033f\u030a]")
# Of many marks in a row Telegram keeps the last and makes the others something else.
_DIRECTIONS = "\u200e\u200f"
_MARKS = re.compile(f"[{_DIRECTIONS}]+(?=[{_DIRECTIONS}])")
_INVISIBLE = re.compile(
    "[\\s\u180e\u200b-\u200f\u202e\u2060-\u2064\u2800\u3164\ufeff\ufffc"
    "\u00ad\u034f\u115f\u1160\U000e0000-\U000e007f]*"
)


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def kept(text: str) -> str:
    """Scrubbed *text* as Telegram keeps it."""
    if text.isascii():
        return text
    if _LINES.search(text):
        text = _LINES.sub("", unicodedata.normalize("NFC", text))
    return _MARKS.sub("", text)


def blank(text: str) -> bool:
    """Whether nobody would see anything."""
    return _INVISIBLE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Entity:
    kind: Kind
    start: int
    end: int
    url: str = ""
    language: str = ""

    def over(self, start: int, end: int) -> "Entity":
        """The same, elsewhere."""
        if (start, end) == (self.start, self.end):
            return self
        return Entity(self.kind, start, end, self.url, self.language)

    def api(self) -> Mapping[str, Any]:
        """As in the Bot API."""
        extra = {"url": self.url, "language": self.language}
        return {
            "type": self.kind,
            "offset": self.start,
            "length": self.end - self.start,
            **{name: value for name, value in extra.items() if value},
        }


def place(entity: Entity) -> tuple[int, int, bool]:
    """Sorts entities: what holds another comes first."""
    return entity.start, -entity.end, entity.kind not in QUOTES


@dataclass(frozen=True, slots=True)
class Rich:
    """A text, its entities, and where a cut would hurt least."""

    text: str
    entities: tuple[Entity, ...] = ()
    breaks: tuple[int, ...] = ()


class Writer:
    """Writes a `Rich`. Keeps Telegram's law of what may lie within what."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._entities: list[Entity] = []
        self._breaks: list[int] = []
        self._open: list[Kind] = []
        self._tail = ""
        self.at = 0  # UTF-16 units written

    def write(self, text: str) -> None:
        if text := kept(text):
            if self._tail.endswith(tuple(_DIRECTIONS)):
                text = text.lstrip(_DIRECTIONS)
            self._texts.append(text)
            self._tail = (self._tail + text)[-2:]
            self.at += units(text)

    def lines(self, count: int) -> None:
        """Start a new line, *count* - 1 empty ones above it; nothing at the top."""
        if self.at:
            have = len(self._tail) - len(self._tail.rstrip("\n"))
            self.write("\n" * (count - have))

    def may_break(self) -> None:
        self._breaks.append(self.at)

    @contextmanager
    def marked(
        self, kind: Kind, *, url: str = "", language: str = ""
    ) -> Iterator[None]:
        start = self.at
        allowed = self._allowed(kind)
        self._open.append(kind)
        yield
        self._open.pop()
        if allowed and self.at > start:
            self._entities.append(Entity(kind, start, self.at, url, language))

    def add(self, rich: Rich) -> None:
        """Copy what was written elsewhere."""
        for entity in rich.entities:
            if self._allowed(entity.kind):
                start, end = entity.start + self.at, entity.end + self.at
                self._entities.append(entity.over(start, end))
        self._breaks += (offset + self.at for offset in rich.breaks)
        self.write(rich.text)

    def _allowed(self, kind: Kind) -> bool:
        if kind in QUOTES:
            return not QUOTES.intersection(self._open)
        if kind in SOLID:
            return not SOLID.intersection(self._open)
        return kind not in self._open

    @property
    def rich(self) -> Rich:
        entities = sorted(self._entities, key=place)
        return Rich("".join(self._texts), tuple(entities), tuple(self._breaks))
