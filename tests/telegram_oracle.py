"""What Telegram makes of a text and its entities, asked of TDLib itself, offline.

Rule: no state. The limits of 4096 units and 100 entities are the server's, not TDLib's.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import tdjson

KINDS = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "custom_emoji": "CustomEmoji",
}


def validate(text: str, entities: Sequence[Mapping[str, Any]]) -> str | None:
    """What Telegram says against it; None: nothing."""
    answer = _cleaned(text, entities)
    return str(answer["message"]) if answer["@type"] == "error" else None


def clean(
    text: str, entities: Sequence[Mapping[str, Any]]
) -> tuple[str, list[dict[str, Any]]]:
    """The text as Telegram shows it, and where its entities are then.

    As in `fix_formatted_text`: characters replaced and dropped, entities moved off the
    white space they begin with, white space around it all removed.
    """
    shown = _cleaned_text(text)
    moved = [_moved(text, entity) for entity in entities]
    moved = [_begun(shown, entity) for entity in moved]
    moved = [entity for entity in moved if entity["length"] > 0]
    end = _units(shown.rstrip(" \n"))
    for entity in moved:
        entity["length"] = min(entity["length"], end - entity["offset"])
    shown = shown.rstrip(" \n")
    first = min((entity["offset"] for entity in moved), default=end)
    lead = min(len(shown) - len(shown.lstrip(" \n")), first)
    kept = [{**entity, "offset": entity["offset"] - lead} for entity in moved]
    return shown[lead:], [entity for entity in kept if entity["length"] > 0]


def _moved(text: str, entity: Mapping[str, Any]) -> dict[str, Any]:
    """Characters are cleaned one by one, so a clean prefix tells a clean offset."""
    raw = text.encode("utf-16-le")
    start, end = entity["offset"], entity["offset"] + entity["length"]
    start, end = (
        _units(_cleaned_text(raw[: 2 * offset].decode("utf-16-le") + "x")) - 1
        for offset in (start, end)
    )
    return {**entity, "offset": start, "length": end - start}


def _begun(text: str, entity: dict[str, Any]) -> dict[str, Any]:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    inside = text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    skipped = len(inside) - len(inside.lstrip(" \n"))
    return {**entity, "offset": start + skipped, "length": end - start - skipped}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cleaned_text(text: str) -> str:
    return str(_cleaned(text, ())["text"])  # without entities nothing becomes Markdown


def _cleaned(text: str, entities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    formatted = {
        "@type": "formattedText",
        "text": text,
        "entities": list(map(_entity, entities)),
    }
    return _ask({"@type": "getMarkdownText", "text": formatted})


def _entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    kind: dict[str, Any] = {"@type": f"textEntityType{KINDS[entity['type']]}"}
    if entity["type"] == "pre" and entity.get("language"):
        kind = {"@type": "textEntityTypePreCode", "language": entity["language"]}
    if entity["type"] == "text_link":
        kind["url"] = entity["url"]
    if entity["type"] == "custom_emoji":
        kind["custom_emoji_id"] = int(entity["custom_emoji_id"])
    return {
        "@type": "textEntity",
        "offset": entity["offset"],
        "length": entity["length"],
        "type": kind,
    }


def _ask(request: Mapping[str, Any]) -> dict[str, Any]:
    raw = tdjson.td_execute(json.dumps(request).encode())
    answer: dict[str, Any] = json.loads(raw or b"{}")
    return answer


_ask({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})
