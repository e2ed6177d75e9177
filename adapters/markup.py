"""Formatted words as a small tree, for any platform to draw."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Style: TypeAlias = Literal["bold", "italic", "strikethrough", "spoiler"]


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line in the same paragraph."""


@dataclass(frozen=True, slots=True)
class Marked:
    style: Style
    content: "Inlines"


@dataclass(frozen=True, slots=True)
class Link:
    """*url* is as written: it may be a path, or nonsense."""

    url: str
    content: "Inlines"


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    alt: str


Inline: TypeAlias = Words | Code | Break | Marked | Link | Image
Inlines: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    content: Inlines


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    content: Inlines


@dataclass(frozen=True, slots=True)
class CodeBlock:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: "Blocks"


@dataclass(frozen=True, slots=True)
class Item:
    blocks: "Blocks"
    number: int | None = None  # None: a bullet
    checked: bool | None = None  # None: not a task


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[tuple[Inlines, ...], ...]  # the first is the header; all equally long
    right: tuple[bool, ...]  # which columns are set to the right


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""


Block: TypeAlias = Paragraph | Heading | CodeBlock | Quote | Items | Table | Rule
Blocks: TypeAlias = tuple[Block, ...]


def words_of(content: Inlines) -> str:
    """The words alone, on one line."""
    return "".join(map(_words_of, content))


def _words_of(inline: Inline) -> str:
    match inline:
        case Words(text) | Code(text):
            return text
        case Break():
            return " "
        case Marked(content=content):
            return words_of(content)
        case Link(url, content):
            return words_of(content) or url
        case Image(url, alt):
            return alt or url
