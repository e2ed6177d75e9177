"""Markdown blocks as text with entities: calm, and readable on a phone. Pure."""

import re
from typing import assert_never
from urllib.parse import unquote

from adapters.markdown import parse
from adapters.markup import (
    Block,
    Blocks,
    Break,
    Code,
    CodeBlock,
    Heading,
    Image,
    Inlines,
    Item,
    Items,
    Link,
    Marked,
    Paragraph,
    Quote,
    Rule,
    Table,
    Words,
    words_of,
)
from adapters.scrub import scrub
from adapters.telegram.entities import Rich, Writer, blank, units
from adapters.telegram.links import is_link
from adapters.telegram.table import aligned

LONG_QUOTE = 600  # units; a longer one starts folded
_INDENT = "   "
_LANGUAGE = re.compile(r"[\w+#.-]{1,32}")


def markdown(text: str) -> Rich:
    """*text* as it should look; its bare words if nothing of it would be seen."""
    text = scrub(text)
    writer = Writer()
    _Layout(writer).blocks(parse(text))
    rich = writer.rich
    return rich if not blank(rich.text) else Rich(plain(text))


def plain(text: str) -> str:
    """*text* without markup, as Telegram keeps it."""
    writer = Writer()
    writer.write(scrub(text))
    return writer.rich.text


def write_code_block(writer: Writer, text: str, language: str = "") -> None:
    if text := text.strip("\n"):
        known = language if _LANGUAGE.fullmatch(language) else ""
        with writer.marked("pre", language=known):
            writer.write(text)


class _Layout:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def blocks(self, blocks: Blocks, indent: str = "") -> None:
        above: Block | None = None
        for block in blocks:
            self._writer.lines(1 if indent and above is None else _gap(above, block))
            if not isinstance(above, Heading):  # it stays with what it heads
                self._writer.may_break()
            self._block(block, indent)
            above = block

    def _block(self, block: Block, indent: str) -> None:
        write = self._writer.write
        match block:
            case Paragraph(content):
                write(indent)
                self._inlines(content, indent)
            case Heading(_, content):
                with self._writer.marked("bold"):
                    self._inlines(content, indent)
            case CodeBlock(text, language):
                write_code_block(self._writer, text, language)
            case Quote(blocks):
                self._quote(blocks)
            case Items(items):
                for item in items:
                    self._item(item, indent)
            case Table():
                self._table(block)
            case Rule():
                write("──────────")
            case _:
                assert_never(block)

    def _quote(self, blocks: Blocks) -> None:
        inside = Writer()
        _Layout(inside).blocks(blocks)
        quoted = inside.rich
        long = units(quoted.text) > LONG_QUOTE
        with self._writer.marked("expandable_blockquote" if long else "blockquote"):
            self._writer.add(quoted)

    def _item(self, item: Item, indent: str) -> None:
        mark = "• " if item.number is None else f"{item.number}. "
        if item.checked is not None:
            mark = "☑ " if item.checked else "☐ "
        self._writer.lines(1)
        self._writer.may_break()
        self._writer.write(indent + mark)
        deeper = indent + _INDENT
        match item.blocks:
            case (Paragraph(content), *rest):
                self._inlines(content, deeper)
                self.blocks(tuple(rest), deeper)
            case blocks:
                self.blocks(blocks, deeper)

    def _table(self, table: Table) -> None:
        if text := aligned(table):
            write_code_block(self._writer, text)
            return
        header, *rows = table.rows
        for row in rows or [header]:
            self._writer.lines(1)
            self._writer.may_break()
            self._record(header, row)

    def _record(self, header: tuple[Inlines, ...], row: tuple[Inlines, ...]) -> None:
        """A row that is too wide for a phone, as a short list."""
        mark = "▪ "
        for name, cell in zip(header, row, strict=True):
            if not words_of(cell):
                continue
            self._writer.lines(1)
            self._writer.write(mark)
            if row is not header and words_of(name):
                with self._writer.marked("italic"):
                    self._inlines(name, _INDENT)
                self._writer.write(": ")
            self._inlines(cell, _INDENT)
            mark = _INDENT

    # --- inside a line --------------------------------------------------------

    def _inlines(self, content: Inlines, indent: str) -> None:
        for inline in content:
            match inline:
                case Words(text):
                    self._writer.write(text)
                case Break():
                    self._writer.write(f"\n{indent}")
                case Code(text):
                    self._code(text)
                case Marked(style, inner):
                    with self._writer.marked(style):
                        self._inlines(inner, indent)
                case Link(url, inner):
                    self._link(url, inner, indent)
                case Image(url, alt):
                    self._writer.write("🖼 ")
                    self._link(url, (Words(alt),) if alt else (), indent)
                case _:
                    assert_never(inline)

    def _code(self, text: str) -> None:
        with self._writer.marked("code"):
            self._writer.write(text)

    def _link(self, url: str, label: Inlines, indent: str) -> None:
        if is_link(url):
            with self._writer.marked("text_link", url=url):
                self._inlines(label or (Words(url),), indent)
            return
        target, words = unquote(url), words_of(label)
        if words and words not in target:  # else the target says it all
            self._inlines(label, indent)
            if target:
                self._writer.write(" (")
                self._code(target)
                self._writer.write(")")
        else:
            self._code(target or words)


def _gap(above: Block | None, block: Block) -> int:
    """How many lines down the next block starts."""
    match above, block:
        case Heading(), _:
            return 1
        case _, Items() if isinstance(above, Paragraph):
            return 1
        case _:
            return 2
