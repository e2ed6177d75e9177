"""A rich message (Bot API 10.1), whose text field is empty, as Markdown. Pure.

Rule: a kind of block or span that is not known gives the words inside it.
"""

from collections.abc import Sequence
from typing import Any

from adapters.telegram.media import Raw


def rich_text(blocks: Sequence[Raw]) -> str:
    """The words of these blocks, each set off by an empty line."""
    return "\n\n".join(filter(None, map(_block, blocks)))


def quoted(text: str) -> str:
    """Every line marked as somebody else's, whatever the lines end with."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _block(block: Raw) -> str:
    match block.get("type"):
        case "heading":
            return f"{'#' * int(block.get('size', 1))} {_spans(block.get('text'))}"
        case "pre":
            fence = "```"
            return (
                f"{fence}{block.get('language', '')}\n{_spans(block['text'])}\n{fence}"
            )
        case "list":
            return "\n".join(map(_item, block.get("items", ())))
        case "table":
            return "\n".join(map(_row, block.get("cells", ())))
        case "blockquote" | "expandable_blockquote" | "pullquote":
            return quoted(_inside(block))
        case "mathematical_expression":
            return f"$${block.get('expression', '')}$$"
        case "divider":
            return "---"
        case (
            "photo" | "video" | "audio" | "animation" | "document" | "voice_note" as it
        ):
            return f"[{it.replace('_', ' ')}, not passed on] {_inside(block)}".rstrip()
        case _:
            return _inside(block)


def _inside(block: Raw) -> str:
    """All words of a block, in the order in which they are shown."""
    caption = block.get("caption")
    words = [
        _spans(block.get("summary")),
        _spans(block.get("text")),
        rich_text(block.get("blocks", ())),
        _spans(caption.get("text") if isinstance(caption, dict) else caption),
        _spans(block.get("credit")),
    ]
    return "\n\n".join(filter(None, words))


def _item(item: Raw) -> str:
    box = ("[x] " if item.get("is_checked") else "[ ] ") * bool(
        item.get("has_checkbox")
    )
    words = rich_text(item.get("blocks", ())).replace("\n", "\n  ")
    return f"{item.get('label', '-')} {box}{words}"


def _row(cells: Sequence[Raw]) -> str:
    return f"| {' | '.join(_spans(cell.get('text')) for cell in cells)} |"


def _spans(text: Any) -> str:
    match text:
        case str():
            return text
        case [*spans]:
            return "".join(map(_spans, spans))
        case {"type": "code", "text": inner}:
            return f"`{_spans(inner)}`"
        case {"type": "url", "text": inner, "url": str(url)}:
            words = _spans(inner)
            return words if words == url else f"{words} ({url})"
        case {"type": "custom_emoji", "alternative_text": str(emoji)}:
            return emoji
        case {"type": "mathematical_expression", "expression": str(formula)}:
            return f"${formula}$"
        case {"text": inner} | {"button": {"text": inner}}:
            return _spans(inner)
        case _:
            return ""
