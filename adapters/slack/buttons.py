"""Buttons, and what Slack tells of a pressed one. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from adapters.scrub import one_line
from adapters.slack.message import Block, Blocks, plain
from adapters.views import Option

MAX_LABEL = 75
_MAX_IN_ROW = 25
_VALUE = re.compile(r"([a-z0-9]{1,20}):([a-z0-9-]{0,16})")
_STYLES = {"good": "primary", "danger": "danger"}


def choose(view_id: str, option: Option) -> Block:
    """A button that picks *option*."""
    name, value = f"choose:{option.id}", f"{view_id}:{option.id}"
    return _button(name, value, option.label or option.id, option.style)


def with_words(view_id: str, option_id: str, label: str) -> Block:
    """A button that opens a form; no *option_id*: the words are the answer."""
    return _button(f"words:{option_id}", f"{view_id}:{option_id}", label)


def rows(buttons: Sequence[Block]) -> Blocks:
    starts = range(0, len(buttons), _MAX_IN_ROW)
    return tuple(actions(buttons[at : at + _MAX_IN_ROW]) for at in starts)


def actions(elements: Iterable[Block]) -> Block:
    return {"type": "actions", "elements": list(elements)}


def parse_value(value: str) -> tuple[str, str] | None:
    """View id and option id of a button; None if it is none of ours.

    No option id: the words given with it are the answer.
    """
    found = _VALUE.fullmatch(value)
    return (found[1], found[2]) if found else None


def labelled(text: str, fallback: str) -> Block:
    """What a button or a box says: on one line, and not too long."""
    return plain(one_line(text, MAX_LABEL) or fallback)


def _button(
    action_id: str,
    value: str,
    label: str,
    style: Literal["plain", "good", "danger"] = "plain",
) -> Block:
    button: dict[str, Any] = {
        "type": "button",
        "action_id": action_id,
        "value": value,
        "text": labelled(label, "…"),
    }
    return {**button, "style": _STYLES[style]} if style in _STYLES else button
