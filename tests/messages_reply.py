"""What a model says, for the fake Messages API to send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

USAGE = {
    "input_tokens": 10,
    "output_tokens": 20,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
}


@dataclass(frozen=True)
class Say:
    text: str


@dataclass(frozen=True)
class Think:
    text: str


@dataclass(frozen=True)
class Use:
    """A tool call."""

    name: str
    input: Mapping[str, object]
    id: str = ""


Block: TypeAlias = Say | Think | Use


@dataclass(frozen=True, kw_only=True)
class Reply:
    blocks: Sequence[Block] = ()
    status: int = 200
    message: str = "a fake failure"  # of an error
    headers: Mapping[str, str] = field(default_factory=dict)
    stop_reason: str = ""  # "": what the blocks imply
    usage: Mapping[str, int] = field(default_factory=lambda: USAGE)
    word_delay_s: float = 0.0
    wait: str = ""  # a gate before the first byte
    hold: str = ""  # a gate after the first word
    hold_after: str = ""  # a gate after the first block, before the next
    cut_after: int | None = None  # words
