"""What a person asked of the demo agent, out of the line that carries it. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from runner.session_file import INTERRUPTED

#: How Parley tells an agent that its process was killed.
RESUMING = "[Parley: you were interrupted"
OURS = "[Parley: "
FILE = re.compile(r'Attached file: ("(?:[^"\\]|\\.)*")')
ANSWER = re.compile(r"^- (.+) — (.+)$", re.MULTILINE)


class Asked(NamedTuple):
    text: str
    files: tuple[str, ...] = ()  # absolute paths
    answers: Mapping[str, str] = {}  # given before a kill; the agent may not know them

    @property
    def resuming(self) -> bool:
        return self.text.startswith(RESUMING)


def asked_in(content: Any) -> Asked | None:
    """None: nobody asked this; it is the result of a tool, or an interruption."""
    texts = [content] if isinstance(content, str) else _texts(content)
    if not texts or texts[0].startswith(INTERRUPTED):
        return None
    *words, last = texts
    if not last.startswith(OURS):
        return Asked("\n".join(texts))
    text = "\n".join(words)
    files = tuple(json.loads(path) for path in FILE.findall(last))
    answers = dict(ANSWER.findall(text)) if text.startswith(RESUMING) else {}
    return Asked(text, files, answers)


def _texts(content: Any) -> list[str]:
    return [
        block["text"]
        for block in content
        if isinstance(block, dict) and block.get("type") == "text"
    ]
