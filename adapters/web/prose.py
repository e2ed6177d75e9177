"""An agent's Markdown as safe markup, a piece for each of its blocks. Pure.

Rule: pictures are links, so that to look at an answer asks nobody else for anything.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never

from adapters.language import ENGLISH, say
from adapters.markdown import parse
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
from adapters.scrub import scrub
from adapters.unfinished import finished
from adapters.web import safe
from adapters.web.highlight import code_block
from adapters.web.tags import Html, tag, together

_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"\\]+", re.IGNORECASE)
_STYLES: dict[Style, str] = {"bold": "strong", "italic": "em", "strikethrough": "del"}


def prose(
    text: str, *, complete: bool = True, language: str = ENGLISH
) -> Sequence[Html]:
    """Block by block. While it streams only the last ones change.

    *language* is that of the page around it.
    """
    text = scrub(text)
    blocks = parse(text if complete else finished(text))
    return [_drawn(block, language) for block in blocks]


#: A turn is drawn again and again while its earlier words stay the same.
@lru_cache(maxsize=2048)
def _drawn(block: Block, language: str) -> Html:
    return safe.prose(_block(block, language))


def _blocks(blocks: Blocks, language: str) -> Html:
    return together(_block(block, language) for block in blocks)


def _block(block: Block, language: str) -> Html:
    match block:
        case Paragraph(content):
            return tag("p", _inlines(content))
        case Heading(level, content):
            return tag(f"h{min(6, level + 2)}", _inlines(content))
        case CodeBlock(text, its_language):
            copy = say(language, "web-copy")
            return code_block(text, its_language, copy_label=copy)
        case Quote(blocks):
            return tag("blockquote", _blocks(blocks, language))
        case Items():
            return _items(block, language)
        case Table():
            return _table(block)
        case Rule():
            return tag("hr")
        case _:
            assert_never(block)


def _items(items: Items, language: str) -> Html:
    content = together(_item(item, language) for item in items.items)
    first = items.items[0].number if items.items else None
    if first is None:
        return tag("ul", content)
    return tag("ol", content, start=str(first))


def _item(item: Item, language: str) -> Html:
    content = _blocks(item.blocks, language)
    if item.checked is None:
        return tag("li", content)
    label = say(language, "web-ticked" if item.checked else "web-not-ticked")
    box = tag(
        "input", type="checkbox", checked=item.checked, disabled=True, aria_label=label
    )
    return tag("li", box, content, class_="task")


def _table(table: Table) -> Html:
    head, *rows = table.rows
    body = tag("tbody", *(_row(row, "td", table.right) for row in rows))
    whole = tag("table", tag("thead", _row(head, "th", table.right)), body)
    return tag("div", whole, class_="wide", tabindex="0")


def _row(cells: Sequence[Inlines], name: str, right: Sequence[bool]) -> Html:
    return tag(
        "tr",
        *(
            tag(name, _inlines(cell), class_="right" if to_right else False)
            for cell, to_right in zip(cells, right, strict=True)
        ),
    )


def _inlines(content: Inlines) -> Html:
    return together(map(_inline, content))


def _inline(inline: Inline) -> str:
    match inline:
        case Words(text):
            return text
        case Code(text):
            return tag("code", text)
        case Break():
            return tag("br")
        case Marked("spoiler", content):
            return tag("span", _inlines(content), class_="spoiler", tabindex="0")
        case Marked(style, content):
            return tag(_STYLES[style], _inlines(content))
        case Link(url, content):
            return _link(url, _inlines(content))
        case Image(url, alt):
            return _link(url, together([alt or url]))
        case _:
            assert_never(inline)


def _link(url: str, label: Html) -> Html:
    """What leads nowhere safe is shown, not linked."""
    if _ADDRESS.fullmatch(url):
        return tag("a", label or url, href=url, target="_blank")
    return label if label == together([url]) else together([label, f" ({url})"])
