"""Blocks of a message, as they are on stdout and in the session file. Pure."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from runner.describe import describe
from runner.events import RunnerEvent, TextFinished, ToolFinished, ToolStarted

OUTPUT_LENGTH = 2000


def spoken(
    block: Any, message_id: str, parent: str, workspace: str
) -> Iterator[RunnerEvent]:
    """One block of an assistant's message, from stdout or from the session file."""
    match block:
        case {"type": "text", "text": str(text)} if not parent:
            yield TextFinished(message_id, text)
        case {"type": "tool_use", "id": str(id_), "name": str(name)}:
            sent = block.get("input")
            given = sent if isinstance(sent, dict) else {}
            told = describe(name, given, workspace)
            yield ToolStarted(
                id_, name, told.kind, told.title, parent, digest=input_digest(given)
            )
        case _:
            pass


def input_digest(given: Any) -> str:
    """SHA-256 of JSON with sorted keys, no spaces, and ASCII only."""
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def tool_result(block: Any) -> Iterator[RunnerEvent]:
    match block:
        case {"type": "tool_result", "tool_use_id": str(id_)}:
            yield ToolFinished(
                id_,
                ok=not block.get("is_error", False),
                output=_text_of(block.get("content"))[:OUTPUT_LENGTH],
            )
        case _:
            pass


def _text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(
        str(part.get("text") or f"[{part.get('type')}]")
        for part in content
        if isinstance(part, dict)
    )
