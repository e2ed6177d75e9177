"""What Slack's side remembers: people, channels, messages, forms, and who is told."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tests.fake_server import Changes
from tests.slack_server_message import APP_ID, TEAM, File, Message
from tests.slack_server_reading import read_blocks
from tests.slack_server_rules import EVENTS, SCOPES

Kind: TypeAlias = Literal["channel", "group", "im", "mpim"]


@dataclass
class Person:
    id: str
    name: str
    team: str = TEAM
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    stranger: bool = False
    locale: str = "en-GB"


@dataclass
class Channel:
    id: str
    name: str
    kind: Kind
    members: set[str]
    external: bool = False  # shared with another company by Slack Connect
    archived: bool = False

    @property
    def plural(self) -> str:
        """Its kind, as scopes and events are named."""
        return {"channel": "channels", "group": "groups"}.get(self.kind, self.kind)


@dataclass
class Modal:
    """A form that was opened for somebody."""

    id: str
    user: str
    view: dict[str, Any]
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)  # of the last submission

    @property
    def title(self) -> str:
        return str(self.view["title"]["text"])

    @property
    def text(self) -> str:
        return read_blocks(self.view["blocks"])

    def answered(self, answer: dict[str, Any]) -> None:
        """What the app said to a submission: nothing, which closes it, or more."""
        self.errors = answer.get("errors", {})
        match answer.get("response_action"):
            case "errors":
                pass
            case "update":
                self.view = answer["view"]
            case _:
                self.open = False


@dataclass
class Trigger:
    user: str
    expires_at: float
    used: bool = False


#: What an agent's session may be in; any other status is free words.
SESSION_STATUSES = frozenset({"active", "processing", "suspended", "closed"})


@dataclass
class Options:
    """How this Slack is; all of it may be changed while it runs."""

    agent: bool | str = True  # or the error with which agents' sessions are refused
    streams: bool | str = True  # or the error with which startStream is
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    events: set[str] = field(default_factory=lambda: set(EVENTS))  # subscriptions
    stream_life_s: float = 300.0  # whether anything is appended or not
    stream_bytes: int = 10_600
    trigger_life_s: float = 3.0
    ack_within_s: float = 3.0
    retry_after_s: tuple[float, ...] = (0.0, 0.0, 0.0)  # before each redelivery
    loses_events: bool = False  # whether those that nobody was there for come later
    paced: bool = False  # whether the documented rates hold
    latency_s: float = 0.0
    share_after_s: float = 0.0  # between the answer to an upload and its message
    drops_shares: int = 0  # uploads that are answered with "ok" and never shown


#: Takes the envelope of an event, and how many seconds later it is to come.
Tell: TypeAlias = Callable[[dict[str, Any], float], object]


class World(Changes):
    """All of it, and a way to wait until something in it changes."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[tuple[str, str], Message] = {}
        self.ephemerals: list[Message] = []
        self.files: dict[str, File] = {}
        self.modals: list[Modal] = []
        self.triggers: dict[str, Trigger] = {}
        self.statuses: list[tuple[str, str, str]] = []  # channel, thread, status
        self.refusals: list[str] = []
        self.tell: Tell = lambda envelope, after_s: None
        self.base = ""  # where this fake listens
        self._last_ts = 0
        self._numbers = itertools.count(1)

    # --- names

    def ts(self) -> str:
        """A time that no other message has."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        seconds, micros = divmod(self._last_ts, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def id(self, letter: str) -> str:
        return f"{letter}0{next(self._numbers):05d}"

    def trigger(self, user: str) -> str:
        """A trigger id that this person's act brings."""
        trigger_id = f"{next(self._numbers)}.{int(time.time())}.{APP_ID.lower()}"
        expires_at = time.monotonic() + self.options.trigger_life_s
        self.triggers[trigger_id] = Trigger(user, expires_at)
        return trigger_id

    # --- messages

    def add(self, message: Message) -> Message:
        self.messages[message.channel, message.ts] = message
        self.change()
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        message = self.messages.get((channel, ts))
        return None if message is None or message.deleted else message

    def in_channel(self, channel: str) -> list[Message]:
        """Everything that is to be seen there, replies too, oldest first."""
        found = [m for m in self.messages.values() if m.channel == channel]
        return sorted((m for m in found if not m.deleted), key=lambda m: m.ts)

    def in_thread(self, channel: str, root: str) -> list[Message]:
        return [m for m in self.in_channel(channel) if root in {m.ts, m.thread}]

    def replies(self, root: Message) -> list[Message]:
        return self.in_thread(root.channel, root.ts)[1:] if not root.thread else []

    def is_root(self, channel: str, ts: str) -> bool:
        """Whether a thread may hang there: on a message, or on what is left of one."""
        message = self.messages.get((channel, ts))
        if message is None or message.thread:
            return False
        return not message.deleted or any(
            m.thread == ts for m in self.in_channel(channel)
        )

    # --- statuses

    def status(self, channel: str, thread: str) -> str:
        """What an agent's session shows now; empty: nothing."""
        found = [s for c, t, s in self.statuses if (c, t) == (channel, thread)]
        return found[-1] if found else ""

    def spoke(self, channel: str, thread: str) -> None:
        """The bot said something: a status in words of its own goes away."""
        if self.status(channel, thread) not in {"", *SESSION_STATUSES}:
            self.set_status(channel, thread, "")

    def set_status(self, channel: str, thread: str, status: str) -> None:
        self.statuses.append((channel, thread, status))
        self.change()


def described(messages: list[Message]) -> Iterator[str]:
    """A channel in lines for people to read, when a test has failed."""
    for message in messages:
        who = "bot" if message.from_bot else message.user
        state = " …streaming" if message.streaming else ""
        indent = "    " if message.thread else ""
        yield f"  {message.ts} {indent}{who}: {message.text!r}{state} {message.buttons}"
        for task in message.tasks.values():
            yield f"      {indent}[{task.status}] {task.title}"
