"""One Slack message as it should look, and the blocks it is made of. Pure.

Rule: words of agents and people go where Slack reads no mrkdwn: `markdown` blocks,
plain text and rich text. mrkdwn is for the one mention that is ours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapters.markdown import parse
from adapters.markup import Block as Markup
from adapters.markup import CodeBlock, Heading, Paragraph, Quote
from adapters.markup import words_of as words_in
from adapters.scrub import one_line, scrub

Block: TypeAlias = Mapping[str, Any]
Blocks: TypeAlias = tuple[Block, ...]

MAX_BYTES = (
    9_000  # UTF-8, of all text of a message: with more, Slack refuses or cuts it
)
MAX_HEADER = 150  # characters, as all below
MAX_SECTION = 3_000
MAX_CONTEXT = 2_000
_NOTIFIED = 150
_READ = 600  # characters that surely hold as many words


@dataclass(frozen=True, slots=True)
class Piece:
    """One message. The same *part* of a view is the same message."""

    part: str
    text: str  # what notifications show; plain, escaped
    blocks: Blocks
    ping: str = ""  # the user id that may be rung in it
    only_for: str = ""  # the one user who sees it; never edited, never recorded
    rest: str = ""  # what did not fit: a file, right after the message
    rest_name: str = ""  # "answer.md", "details.txt"


def size(text: str) -> int:
    """UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode())


def clip(text: str, *, characters: int, limit_bytes: int) -> str:
    """As much of *text* as fits, ended by us if it is not all."""
    if len(text) <= characters and size(text) <= limit_bytes:
        return text
    room = text[: characters - 1].encode()[: limit_bytes - len("…".encode())]
    return room.decode(errors="ignore").rstrip() + "…"


def escaped(text: str) -> str:
    """*text* where Slack reads mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def notified(*said: str) -> str:
    """The first words of Markdown, without its marks, for `Piece.text`."""
    blocks = parse(scrub("\n\n".join(said)[:_READ]))
    return escaped(one_line(" ".join(map(_gist, blocks)), _NOTIFIED))


def _gist(block: Markup) -> str:
    match block:
        case Paragraph(content) | Heading(_, content):
            return words_in(content)
        case CodeBlock(text):
            return text
        case Quote(blocks):
            return " ".join(map(_gist, blocks))
        case _:
            return ""


# --- blocks -------------------------------------------------------------------


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def markdown(text: str) -> Block:
    """Words of an agent, or the bot: CommonMark."""
    return {"type": "markdown", "text": text}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def context(text: str) -> Block:
    """Small and grey."""
    return {"type": "context", "elements": [plain(text)]}


def mention(user_id: str, words: str) -> Block:
    """Rings *user_id*, if the message is sent with that ping."""
    text = f"<@{user_id}>{escaped(words)}"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str, *, bold: bool = False) -> Block:
    style = {"style": {"bold": True}} if bold else {}
    return {"type": "text", "text": text, **style}


def quoted(text: str) -> Block:
    return rich({"type": "rich_text_quote", "elements": [words(text)]})


def preformatted(text: str) -> Block:
    return rich({"type": "rich_text_preformatted", "elements": [words(text)]})


def bullets(items: Iterable[Sequence[Block]]) -> Block:
    """A list; each item is a run of `words`."""
    lines = [{"type": "rich_text_section", "elements": list(item)} for item in items]
    return rich({"type": "rich_text_list", "style": "bullet", "elements": lines})


# --- back to words ------------------------------------------------------------


def words_of(blocks: Iterable[Block]) -> str:
    """All there is to read in *blocks* but buttons, for a Slack that refuses them.

    Made for `markdown_text`; a mention of ours stays one.
    """
    return "\n\n".join(text for block in blocks if (text := _words_of(block).strip()))


def _words_of(block: Block) -> str:
    match block:
        case {"type": "actions"}:
            return ""
        case {"type": "rich_text", "elements": [*parts]}:
            return "\n".join(map(_line, parts))
        case {"type": "context", "elements": [*parts]}:
            return "\n".join(part["text"] for part in parts)
        case {"text": {"text": str(text)}} | {"text": str(text)}:
            return text
        case _:
            return ""


def _line(part: Block) -> str:
    match part:
        case {"type": "rich_text_list", "elements": [*items]}:
            return "\n".join(f"• {''.join(_runs(item))}" for item in items)
        case {"type": "rich_text_preformatted"}:
            return f"```\n{''.join(_runs(part))}\n```"
        case _:
            return "".join(_runs(part))


def _runs(part: Block) -> Iterator[str]:
    for element in part["elements"]:
        yield element["text"]
