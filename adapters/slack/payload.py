"""Reads what Slack sent. Trusts nothing in it: any value may be missing or anything."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Payload: TypeAlias = Mapping[str, Any]


def part(payload: object, *path: str) -> Payload:
    """The object at *path*; an empty one if there is none."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload if isinstance(payload, dict) else {}


def text(payload: object, *path: str) -> str:
    """The string at *path*; "" if there is none."""
    *way, name = path
    value = part(payload, *way).get(name)
    return value if isinstance(value, str) else ""
