"""A message of Slack's, as a person reads it."""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.slack_server_reading import (
    buttons_of,
    pings,
    pings_in,
    read_blocks,
    unescaped,
)

TEAM = "T0PARLEY"
BOT_USER = "U0PARLEY"
BOT_ID = "B0PARLEY"
APP_ID = "A0PARLEY"
ADA = "U0ADA"
BOB = "U0BOB"


@dataclass
class Task:
    """A card of a streamed message."""

    id: str
    title: str
    status: str
    details: str = ""
    output: str = ""
    sources: list[Any] = field(default_factory=list)


@dataclass
class Stream:
    """What was streamed into a message, and until when it may be."""

    ends_at: float  # time.monotonic
    text: str = ""
    tasks: dict[str, Task] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    plan: str = ""
    mode: Literal["", "chunks", "markdown_text"] = ""
    over: Literal["", "stopped", "stopped_by_user"] = ""

    @property
    def live(self) -> bool:
        return not self.over and time.monotonic() < self.ends_at


@dataclass
class File:
    """A file of Slack's; *size* is what Slack says of it."""

    id: str
    name: str
    data: bytes
    size: int
    mimetype: str = "application/octet-stream"
    mode: str = "hosted"  # external, tombstone, hidden_by_limit
    check_info: bool = False  # events tell nothing of it but its id
    elsewhere: bool = False  # its address leads to another server
    title: str = ""
    alt: str = ""  # for those who do not see pictures
    subtype: str = ""  # slack_audio: somebody spoke it
    shares: list[tuple[str, str]] = field(default_factory=list)  # channel, ts
    complete: bool = True  # an upload ends in three steps


@dataclass
class Message:
    """A message as a person reads it."""

    channel: str
    ts: str
    user: str
    thread: str = ""  # the root it replies to; a root's own is empty
    words: str = ""  # the `text` of the API
    markdown: bool = False  # whether *words* are Markdown
    blocks: list[dict[str, Any]] = field(default_factory=list)
    stream: Stream | None = None
    metadata: dict[str, Any] | None = None
    files: list[File] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)  # name → users
    attachments: list[dict[str, Any]] = field(default_factory=list)
    subtype: str = ""
    ephemeral_to: str = ""
    edits: int = 0
    deleted: bool = False
    live_pings: list[str] = field(default_factory=list)  # all that ever rang

    @property
    def root(self) -> str:
        """The `ts` of its thread."""
        return self.thread or self.ts

    @property
    def from_bot(self) -> bool:
        return self.user == BOT_USER

    @property
    def text(self) -> str:
        """All there is to read in it. With blocks, *words* are the notification."""
        plain = self.words if self.markdown else unescaped(self.words)
        said = read_blocks(self.blocks) if self.blocks else plain
        streamed = read_blocks(self.stream.blocks) if self.stream else ""
        return "\n".join(filter(None, [self.stream_text, streamed, said]))

    @property
    def stream_text(self) -> str:
        return self.stream.text if self.stream else ""

    @property
    def tasks(self) -> dict[str, Task]:
        return self.stream.tasks if self.stream else {}

    @property
    def streaming(self) -> bool:
        return self.stream is not None and self.stream.live

    @property
    def all_blocks(self) -> list[dict[str, Any]]:
        return [*(self.stream.blocks if self.stream else []), *self.blocks]

    @property
    def buttons(self) -> list[str]:
        """The labels, in reading order."""
        return [b["text"]["text"] for _, b in buttons_of(self.all_blocks)]

    def ring(self, *, bare: bool = False) -> None:
        """Note who would be rung by what it says now."""
        rung = pings(self.words, markdown=self.markdown, bare=bare)
        rung += pings_in(self.all_blocks)
        if self.stream:
            rung += pings(self.stream.text, markdown=True)
            for task in self.stream.tasks.values():
                unfolded = f"{task.title}\n{task.details}\n{task.output}"
                rung += pings(unfolded, markdown=True)
        self.live_pings = list(dict.fromkeys([*self.live_pings, *rung]))
