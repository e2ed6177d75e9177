"""Whether Slack would take these blocks, or this form. Pure.

The SDK's models tell the names and most numbers; the rest is from Slack's reference.
"""

import inspect
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import block_elements
from slack_sdk.models.blocks import blocks as block_models
from slack_sdk.models.views import View

from tests.slack_server_rules import Refused, bad


def _names(module: Any) -> Iterator[tuple[str, frozenset[str]]]:
    for model in vars(module).values():
        if inspect.isclass(model) and isinstance(kind := vars(model).get("type"), str):
            params = inspect.signature(model).parameters.keys()
            yield kind, frozenset(params - {"others"}) | {"type"}


BLOCKS = dict(_names(block_models))
ELEMENTS = dict(_names(block_elements))
#: Elements of rich text that have no model of their own.
INLINE = {"text", "link", "emoji", "user", "usergroup", "channel", "broadcast", "date"}

#: All text of a message's blocks: 12,000, less what Slack adds (11,341 was refused).
ALL_TEXT = 11_000
NOT_IN_FORMS = {"markdown", "file", "table", "task_card", "plan", "context_actions"}
#: These stand in a section or an input, not among buttons.
NOT_AMONG_ACTIONS = ("multi_", "plain_text_input", "rich_text_input", "file_input")


def check_blocks(blocks: Any, *, in_form: bool = False) -> None:
    if not isinstance(blocks, list) or not all(isinstance(b, dict) for b in blocks):
        raise bad("invalid_blocks_format", "not a list of objects")
    if len(blocks) > (100 if in_form else 50):
        raise _invalid(f"{len(blocks)} blocks")
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    if ids and ids.most_common(1)[0][1] > 1:
        raise _invalid(f"block_id twice: {ids.most_common(1)[0][0]}")
    for block in blocks:
        if in_form and block.get("type") in NOT_IN_FORMS:
            raise _invalid(f"{block['type']} in a form")
        _check_block(block)
    if not in_form and (total := sum(map(len, _words(blocks)))) > ALL_TEXT:
        raise bad("msg_blocks_too_long", f"{total} characters in all blocks")


def check_form(view: Any) -> None:
    """A modal. Slack calls every fault of one `invalid_arguments`."""
    try:
        _check_form(view)
    except Refused as refused:
        raise bad("invalid_arguments", str(refused)) from None


def _check_form(view: Any) -> None:
    if not isinstance(view, dict) or view.get("type") != "modal":
        raise _invalid("not a modal")
    names = inspect.signature(View).parameters.keys() - {"kwargs"}
    _only(view, frozenset(names))
    if len(json.dumps(view).encode()) > 250_000:
        raise bad("view_too_large")
    for name in ("title", "submit", "close"):
        if name == "title" or name in view:
            _text(view.get(name), 24, ("plain_text",))
    _short(view.get("private_metadata", ""), 3000)
    _short(view.get("callback_id", ""), 255)
    if not view.get("blocks"):
        raise _invalid("a form without blocks")
    check_blocks(view["blocks"], in_form=True)
    if any(b["type"] == "input" for b in view["blocks"]) and "submit" not in view:
        raise _invalid("inputs, and no submit")


# --- blocks -------------------------------------------------------------------


def _check_block(block: dict[str, Any]) -> None:
    if (kind := block.get("type")) not in BLOCKS:
        raise _invalid(f"block of type {kind!r}")
    _only(block, BLOCKS[kind])
    _short(block.get("block_id", ""), 255)
    match block:
        case {"type": "section"}:
            _check_section(block)
        case {"type": "header"}:
            _text(block.get("text"), 150, ("plain_text",))
        case {"type": "markdown"}:
            _short(block.get("text"), 12_000, least=1)
        case {"type": "context"}:
            for element in _some(block.get("elements"), 10):
                if element.get("type") == "image":
                    _check_image(element)
                else:
                    _text(element, 3000)
        case {"type": "actions"}:
            _check_actions(block)
        case {"type": "input"}:
            _text(block.get("label"), 2000, ("plain_text",))
            _check_element(block.get("element"))
        case {"type": "image"}:
            _check_image(block)
        case {"type": "rich_text"}:
            for element in _some(block.get("elements"), 1000):
                _check_rich(element)
        case {"type": "table"}:
            if any(len(_some(row, 20)) > 20 for row in _some(block.get("rows"), 100)):
                raise _invalid("a table this wide")
        case _:
            pass  # nothing is known of it but its names


def _check_section(block: dict[str, Any]) -> None:
    if "text" not in block and not block.get("fields"):
        raise _invalid("a section with neither text nor fields")
    if "text" in block:
        _text(block["text"], 3000)
    for one in _some(block.get("fields", [{}]), 10):
        if one:
            _text(one, 2000)
    if "accessory" in block:
        _check_element(block["accessory"])


def _check_actions(block: dict[str, Any]) -> None:
    elements = _some(block.get("elements"), 25)
    for element in elements:
        _check_element(element)
        if element["type"].startswith(NOT_AMONG_ACTIONS):
            raise _invalid(f"{element['type']} among actions")
    ids = [element["action_id"] for element in elements if "action_id" in element]
    if len(set(ids)) < len(ids):
        raise _invalid(f"action_id twice in a block: {ids}")


def _check_image(image: dict[str, Any]) -> None:
    if not image.get("image_url") and not image.get("slack_file"):
        raise _invalid("an image of nothing")
    _short(image.get("alt_text"), 2000, least=1)


def _check_rich(element: Any) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in INLINE and not str(kind).startswith("rich_text_"):
        raise _invalid(f"{kind!r} in rich text")
    if kind == "text":
        _short(element.get("text"), 12_000, least=1)
    for inner in element.get("elements", []):
        _check_rich(inner)


# --- elements -----------------------------------------------------------------


def _check_element(element: Any) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in ELEMENTS:
        raise _invalid(f"element of type {kind!r}")
    _only(element, ELEMENTS[kind])
    _short(element.get("action_id", ""), 255)
    if "placeholder" in element:
        _text(element["placeholder"], 150, ("plain_text",))
    if "confirm" in element:
        _check_confirm(element["confirm"])
    match kind:
        case "image":
            _check_image(element)
        case "button":
            _text(element.get("text"), 75, ("plain_text",))
            _short(element.get("value", ""), 2000)
            _short(element.get("url", ""), 3000)
            _one_of(element.get("style", "primary"), {"primary", "danger"})
        case "checkboxes" | "radio_buttons":
            _check_options(element, 10, ("plain_text", "mrkdwn"))
        case "static_select" | "multi_static_select" if "option_groups" not in element:
            _check_options(element, 100, ("plain_text",))
        case "overflow":
            _check_options(element, 5, ("plain_text",))
        case "plain_text_input":
            _short(element.get("initial_value", ""), 3000)
            if not 0 < element.get("max_length", 3000) <= 3000:
                raise _invalid(f"max_length {element['max_length']}")
        case _:
            pass


def _check_options(element: dict[str, Any], most: int, kinds: tuple[str, ...]) -> None:
    options = _some(element.get("options"), most)
    for option in options:
        _only(option, frozenset({"text", "value", "description", "url"}))
        _text(option.get("text"), 75, kinds)
        _short(option.get("value"), 150, least=1)
        if "description" in option:
            _text(option["description"], 75, kinds)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise _invalid(f"value twice among options: {values}")
    initial = [*element.get("initial_options", [])]
    if any(option not in options for option in initial):
        raise _invalid("initial_options are not among the options")


def _check_confirm(confirm: Any) -> None:
    _only(confirm, frozenset({"title", "text", "confirm", "deny", "style"}))
    _text(confirm.get("title"), 100, ("plain_text",))
    _text(confirm.get("text"), 300)
    _text(confirm.get("confirm"), 30, ("plain_text",))
    _text(confirm.get("deny"), 30, ("plain_text",))


# --- small things -------------------------------------------------------------


def _text(
    text: Any, most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> None:
    if not isinstance(text, dict) or text.get("type") not in kinds:
        raise _invalid(f"text of type {text!r}"[:200])
    extra = "emoji" if text["type"] == "plain_text" else "verbatim"
    _only(text, frozenset({"type", "text", extra}))
    _short(text.get("text"), most, least=1)


def _short(text: Any, most: int, *, least: int = 0) -> None:
    if not isinstance(text, str) or not least <= len(text) <= most:
        shown = f"{len(text)} characters" if isinstance(text, str) else repr(text)
        raise _invalid(f"{shown} where {least} to {most} are allowed")


def _some(items: Any, most: int) -> Sequence[Any]:
    if not isinstance(items, list) or not 0 < len(items) <= most:
        raise _invalid(f"{len(items or [])} where 1 to {most} are allowed")
    return items


def _only(thing: Any, names: frozenset[str]) -> None:
    if not isinstance(thing, dict) or (unknown := thing.keys() - names):
        raise _invalid(f"unknown: {thing if not isinstance(thing, dict) else unknown}")


def _one_of(value: Any, allowed: set[str]) -> None:
    if value not in allowed:
        raise _invalid(f"{value!r} is none of {sorted(allowed)}")


def _words(structure: Any) -> Iterator[str]:
    """All texts to be read in it."""
    if isinstance(structure, Mapping):
        if isinstance(text := structure.get("text"), str):
            yield text
        for value in structure.values():
            yield from _words(value)
    elif isinstance(structure, list):
        for value in structure:
            yield from _words(value)


def _invalid(why: str) -> Refused:
    return bad("invalid_blocks", why)
