"""What came in from Slack, once it is read and before it is acted on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from adapters.inbound import (
    Address,
    Attachment,
    Edited,
    Inbound,
    MessageRef,
    Sender,
    Text,
)
from adapters.language import say
from adapters.names import one_line
from adapters.slack.forms import FormContext
from adapters.slack.names import Names
from adapters.slack.words import NameOf, Raw


class NotUnderstood(Exception):
    """An event lacks what its kind always has."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a person wrote, or how it reads now; names are not filled in yet."""

    event: str
    address: Address
    ts: str
    user: str
    people: frozenset[str]  # whose names are to be known
    files: tuple[Raw, ...]
    words: Callable[[NameOf], str]
    edited: bool
    foreign: bool  # as in `Text`

    def inbound(self, names: Names, files: tuple[Attachment, ...]) -> Inbound:
        text, language = self.words(names.name), names.language(self.user)
        if not text and not files:
            unreadable = say(language, "slack-unreadable")
            files = (Attachment("message", "", 0, problem=unreadable),)
        said = Text(text, files, foreign=self.foreign)
        return Inbound(
            events=(self.event,),
            address=self.address,
            sender=Sender(self.user, one_line(names.name(self.user)), language),
            body=Edited(text, foreign=self.foreign) if self.edited else said,
            message=MessageRef(self.ts),
        )


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command; *text* is what was typed behind its name."""

    event: str
    channel: str
    channel_name: str
    sender: Sender
    text: str
    raw: Raw
    kept_at: float


@dataclass(frozen=True, slots=True)
class Task:
    """Words about somebody's message, from the form of the message shortcut."""

    event: str
    context: FormContext
    sender: Sender
    text: str
    raw: Raw
    kept_at: float


@dataclass(frozen=True, slots=True)
class Nothing:
    """No action is needed."""


What: TypeAlias = Message | Inbound | Slash | Task | Nothing


@dataclass(frozen=True, slots=True)
class Heard:
    """What was done, and when: by Slack's clock where it tells."""

    at: float  # epoch seconds
    what: What
