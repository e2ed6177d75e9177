"""Reads CommonMark, with tables, strikethrough, tasks and spoilers.

Rule: `parse` never fails and loses no word; what cannot be read comes back as words.
Link reference definitions are left as words: one would change what stands above it,
and `[INFO]: started` in an answer would vanish.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.markup import (
    Block,
    Blocks,
    Break,
    Code,
    CodeBlock,
    Heading,
    Image,
    Inline,
    Inlines,
    Item,
    Items,
    Link,
    Marked,
    Paragraph,
    Quote,
    Rule,
    Style,
    Table,
    Words,
)

MAX_DEPTH = 40  # deeper ones are read as words: time grows with its square
MAX_QUOTES = 8
_TASK = re.compile(r"\[([ xX])\]\s+")
_SPOILER = re.compile(r"\|\|(?=\S)(.+?)(?<=\S)\|\|")
# Possessive: whose a space is must not be tried both ways, 2^n of them.
_QUOTE = r"(?: {0,3}+> ?+)"
_DEEP_QUOTE = re.compile(rf"^({_QUOTE}{{{MAX_QUOTES}}}){_QUOTE}+", re.M)
_PIPE = re.compile(r"(?<!\\)\|")
_STYLES: dict[str, Style] = {
    "strong_open": "bold",
    "em_open": "italic",
    "s_open": "strikethrough",
}


class _Reader(MarkdownIt):
    """Links stay as written; what to make of a strange one is for who draws it."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url


_reader = (
    _Reader("commonmark", {"html": False, "maxNesting": MAX_DEPTH})
    .enable(["table", "strikethrough"])
    .disable("reference")
)


def parse(text: str) -> Blocks:
    """The blocks of scrubbed Markdown."""
    try:
        return tuple(_blocks(iter(_tokens(text)), "", text.split("\n")))
    except Exception:  # noqa: BLE001 - whatever it is, the words must arrive
        return (Paragraph((Words(text.strip("\n")),)),)


def _tokens(text: str) -> list[Token]:
    tokens = _reader.parse(_DEEP_QUOTE.sub(r"\1", text))
    if any(token.level >= MAX_DEPTH - 1 for token in tokens):
        raise RecursionError("markdown-it drops what is nested deeper than it goes")
    return tokens


def _blocks(tokens: Iterator[Token], end: str, lines: list[str]) -> Iterator[Block]:
    for token in tokens:
        match token.type:
            case "paragraph_open":
                yield Paragraph(_content(tokens))
            case "heading_open":
                yield Heading(int(token.tag[1:]), _content(tokens))
            case "fence":
                yield CodeBlock(token.content, (token.info.split() or [""])[0])
            case "code_block":
                yield CodeBlock(token.content)
            case "blockquote_open":
                yield Quote(tuple(_blocks(tokens, "blockquote_close", lines)))
            case "bullet_list_open" | "ordered_list_open":
                yield Items(tuple(_items(tokens, token, lines)))
            case "table_open":
                yield _table(tokens, token, lines)
            case "hr":
                yield Rule()
            case kind if kind == end:
                return
            case _:
                pass  # the ends of what was read above


def _content(tokens: Iterator[Token]) -> Inlines:
    inline, _close = next(tokens), next(tokens)
    return tuple(_inlines(iter(inline.children or ()), ""))


def _items(tokens: Iterator[Token], opened: Token, lines: list[str]) -> Iterator[Item]:
    ordered = opened.type == "ordered_list_open"
    last: int | None = None
    for token in tokens:
        if token.type != "list_item_open":
            return  # the list's end
        if ordered:  # 1, 1, 1 counts; 1, 3 is meant
            last = int(token.info) if last is None else max(last + 1, int(token.info))
        blocks = tuple(_blocks(tokens, "list_item_close", lines))
        yield _task(Item(blocks, last))


def _task(item: Item) -> Item:
    match item.blocks:
        case (Paragraph((Words(text), *rest)), *others) if box := _TASK.match(text):
            first = Paragraph((Words(text[box.end() :]), *rest))
            return Item((first, *others), item.number, box[1] != " ")
        case _:
            return item


def _table(tokens: Iterator[Token], opened: Token, lines: list[str]) -> Block:
    rows: list[list[Inlines]] = []
    right: list[bool] = []
    for token in tokens:
        match token.type:
            case "tr_open":
                rows.append([])
            case "th_open" | "td_open":
                rows[-1].append(_content(tokens))
                if len(rows) == 1:
                    right.append("right" in str(token.attrGet("style")))
            case "table_close":
                break
            case _:
                pass  # heads, bodies, and ends
    source = lines[slice(*(opened.map or (0, 0)))]
    if any(_cells(line) > len(right) for line in source):
        return CodeBlock("\n".join(source))  # GFM drops the cells a header lacks
    return Table(tuple(map(tuple, rows)), tuple(right))


def _cells(line: str) -> int:
    return len(_PIPE.findall(line.strip(" >").removeprefix("|").removesuffix("|"))) + 1


def _inlines(tokens: Iterator[Token], end: str) -> Iterator[Inline]:
    for token in tokens:
        match token.type:
            case "text":
                yield from _spoilers(token.content)
            case "code_inline":
                yield Code(token.content)
            case "softbreak" | "hardbreak":
                yield Break()
            case "strong_open" | "em_open" | "s_open" as kind:
                content = tuple(_inlines(tokens, kind.replace("open", "close")))
                yield Marked(_STYLES[kind], content)
            case "link_open":
                content = tuple(_inlines(tokens, "link_close"))
                yield Link(str(token.attrGet("href") or ""), content)
            case "image":
                yield Image(str(token.attrGet("src") or ""), token.content)
            case kind if kind == end:
                return
            case _:
                yield Words(token.content)


def _spoilers(text: str) -> Iterator[Inline]:
    if "||" not in text:
        if text:
            yield Words(text)
        return
    for index, part in enumerate(_SPOILER.split(text)):
        if part:
            yield Marked("spoiler", (Words(part),)) if index % 2 else Words(part)
