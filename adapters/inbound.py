"""What people did, whatever platform they did it on."""

import json
from dataclasses import dataclass
from typing import Any, NewType, TypeAlias

#: A message on the platform, in whatever form its adapter finds it again.
MessageRef = NewType("MessageRef", str)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a conversation lives: one chat, or one thread of it."""

    platform: str
    chat: str
    thread: str = ""
    team: str = ""  # Slack's workspace; empty elsewhere


@dataclass(frozen=True, slots=True)
class Sender:
    """A person, by the platform's unchangeable id, never by a name they choose."""

    id: str
    name: str  # for people to read; proves nothing
    language: str = ""  # as the platform tags it ("ko-KR"); "": it does not say


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody sent: saved at *path*, or *problem* says why it is not."""

    name: str  # sanitised; safe to show and to use as a file name
    media_type: str
    size: int  # bytes; 0 if the platform did not say
    path: str = ""  # absolute; empty if there is a problem
    problem: str = ""  # one sentence for the person
    sha256: str = ""  # of what is in it; "": not looked at


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the agent, with any files already saved to disk.

    *follows* is the event id of a message just before this one, when this is its
    second half (forwards arrive after the comment that introduces them).
    """

    text: str
    files: tuple[Attachment, ...] = ()
    follows: str = ""
    output_schema: str = ""  # JSON Schema as JSON for this answer; "": as ever
    foreign: bool = False  # it brings words or files that the sender did not make


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed the words of a message they had sent (`Inbound.message`)."""

    text: str
    foreign: bool = False  # as in `Text`


@dataclass(frozen=True, slots=True)
class Deleted:
    """Somebody took back a message they had sent (`Inbound.message`)."""


@dataclass(frozen=True, slots=True)
class Command:
    """An instruction to the bot itself, such as `/stop`."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A pressed button: the option somebody picked on the view *view_id*."""

    view_id: str
    option_id: str  # empty: *text* is the answer
    text: str = ""  # words given with it, e.g. the reason of a refusal
    chosen: tuple[str, ...] = ()  # ticked options, where a platform has boxes to tick


Body: TypeAlias = Text | Edited | Deleted | Command | Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One thing somebody did on a platform. The only way into the bot."""

    events: tuple[str, ...]  # the kept events it was made from, oldest first; not empty
    address: Address
    sender: Sender
    body: Body
    message: MessageRef | None = None  # the person's message, to reply and react to
    private: bool = False  # what Parley says to it is for the sender's eyes only
    via: str = ""  # the platform of the surface it came by; "": the address's

    @property
    def platform(self) -> str:
        """Where it was done: events and people are known by it."""
        return self.via or self.address.platform


@dataclass(frozen=True, slots=True)
class Kept:
    """A raw event on disk, waiting to become an `Inbound`."""

    event_id: str  # unique within the platform; a redelivery carries the same one
    payload: str  # as the platform sent it, JSON
    kept_at: float  # epoch seconds

    @property
    def body(self) -> Any:
        """The payload, read; half a character fits into no database and is replaced."""
        given = json.loads(self.payload)
        if "\\ud" not in self.payload:
            return given
        text = json.dumps(given, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return json.loads(text.decode("utf-16", "replace"))
