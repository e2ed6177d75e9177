"""Slack's structures as a person sees them: texts, buttons, pings. Pure."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PING = re.compile(
    r"<(?:!(?:channel|here|everyone|group)|!subteam\^\w+|@[UWB][A-Z0-9]{2,})"
    r"(?:\|[^<>]*)?>"
)
BARE_PING = re.compile(r"(?<!\w)@(?:channel|here|everyone)\b")


def unescaped(text: str) -> str:
    """Mrkdwn without Slack's three entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_blocks(blocks: Sequence[Mapping[str, Any]]) -> str:
    """All there is to read in them, buttons excepted."""
    return "\n".join(filter(None, ("".join(_texts(block)) for block in blocks)))


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    match block:
        case {"type": "markdown", "text": str(text)}:
            yield text
        case {"type": "section"}:
            yield "\n".join(map(_text, [block.get("text"), *block.get("fields", [])]))
            yield from _ticks(block.get("accessory"))
        case {"type": "header" | "alert", "text": text}:
            yield _text(text)
        case {"type": "context", "elements": elements}:
            yield " ".join(_text(e) for e in elements if e["type"] != "image")
        case {"type": "actions", "elements": elements}:
            for element in elements:
                yield from _ticks(element)
        case {"type": "rich_text"}:
            yield _rich(block)
        case {"type": "input", "label": label}:
            yield _text(label)
        case {"type": "table", "rows": rows}:
            yield "\n".join(
                " | ".join(_rich(c) or c.get("text", "") for c in row) for row in rows
            )
        case _:
            pass  # a divider, an image


def _text(text: Any) -> str:
    match text:
        case {"type": "mrkdwn", "text": str(words)}:
            return unescaped(words)
        case {"text": str(words)}:
            return words
        case _:
            return ""


def _ticks(element: Any) -> Iterator[str]:
    """What stands beside boxes to tick."""
    if element and element["type"] in {"checkboxes", "radio_buttons"}:
        for option in element["options"]:
            lines = (_text(option["text"]), _text(option.get("description")))
            yield "\n".join(["", *filter(None, lines)])


def _rich(element: Mapping[str, Any]) -> str:
    match element:
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "link", "url": str(url)}:
            return str(element.get("text", url))
        case {"type": "emoji", "name": str(name)}:
            return f":{name}:"
        case {"type": "rich_text" | "rich_text_list", "elements": elements}:
            return "\n".join(map(_rich, elements))
        case {"elements": elements}:
            return "".join(map(_rich, elements))
        case _:
            return ""


# --- things to press ----------------------------------------------------------


def elements_of(
    blocks: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whatever can be pressed or ticked, each with its block's id."""
    for block in blocks:
        found = block.get("elements", []) if block["type"] == "actions" else []
        accessory = block.get("accessory", block.get("element"))
        for element in [*found, *([accessory] if accessory else [])]:
            if "action_id" in element:
                yield block.get("block_id", ""), element


def buttons_of(
    blocks: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    for block_id, element in elements_of(blocks):
        if element["type"] == "button":
            yield block_id, element


# --- what would ring ----------------------------------------------------------


def pings(text: str, *, markdown: bool = False, bare: bool = False) -> list[str]:
    """Mentions that Slack would make of *text*. *bare*: of plain `@channel` too."""
    found = PING.findall(text)
    if markdown:  # entities are read before mentions are looked for
        found += PING.findall(html.unescape(text))
    if bare:
        found += BARE_PING.findall(text)
    return found


def pings_in(structure: Any) -> list[str]:
    """The same for blocks, or anything made of them."""
    match structure:
        case {"type": "plain_text" | "raw_text"}:
            return []
        case {"type": "markdown", "text": str(text)}:
            return pings(text, markdown=True)
        case {"type": "mrkdwn", "text": str(text)}:
            return pings(text)
        case {"type": "user", "user_id": str(user)}:
            return [f"<@{user}>"]
        case {"type": "usergroup", "usergroup_id": str(group)}:
            return [f"<!subteam^{group}>"]
        case {"type": "broadcast", "range": str(range_)}:
            return [f"<!{range_}>"]
        case dict():
            return [ping for value in structure.values() for ping in pings_in(value)]
        case list():
            return [ping for value in structure for ping in pings_in(value)]
        case _:
            return []
