"""What the bot and a chat platform say to each other.

Rule: nothing in this file knows which platform it is talking to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Literal, NewType, Protocol, TypeAlias

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


# --- in: what people did ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody sent: saved at *path*, or *problem* says why it is not."""

    name: str  # sanitised; safe to show and to use as a file name
    media_type: str
    size: int  # bytes; 0 if the platform did not say
    path: str = ""  # absolute; empty if there is a problem
    problem: str = ""  # one sentence for the person


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the agent, with any files already saved to disk.

    *follows* is the event id of a message just before this one, when this is its
    second half (forwards arrive after the comment that introduces them).
    """

    text: str
    files: tuple[Attachment, ...] = ()
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """Somebody changed the words of a message they had sent (`Inbound.message`)."""

    text: str


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
    option_id: str
    text: str = ""  # words given with it, e.g. the reason of a refusal


Body: TypeAlias = Text | Edited | Deleted | Command | Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One thing somebody did on a platform. The only way into the bot."""

    events: tuple[str, ...]  # the kept events it was made from, oldest first; not empty
    address: Address
    sender: Sender
    body: Body
    message: MessageRef | None = None  # the person's message, to reply and react to


@dataclass(frozen=True, slots=True)
class Kept:
    """A raw event on disk, waiting to become an `Inbound`."""

    event_id: str  # unique within the platform; a redelivery carries the same one
    payload: str  # as the platform sent it, JSON
    kept_at: float  # epoch seconds


class Intake(Protocol):
    """The bot's side of what comes in. An adapter is given one.

    Order of use: `allows` (drop strangers), `keep` (then acknowledge), `deliver`.
    """

    def allows(self, sender_id: str) -> bool:
        """Whether this person may use the bot at all. Ask before anything else."""
        ...

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        """Commit (event id, payload) pairs; returns those not seen before.

        Once this returns, the events survive anything: acknowledge them now.
        """
        ...

    async def pending(self) -> list[Kept]:
        """Events kept by an earlier run and neither delivered nor parked, in order."""
        ...

    async def deliver(self, inbound: Inbound) -> None:
        """Hand over; returns soon (a commit or two), never waits for an agent."""
        ...

    async def discard(self, event_ids: Sequence[str]) -> None:
        """These need no action (a join message, an edit of a preview)."""
        ...

    async def park(self, event_id: str, reason: str) -> None:
        """This cannot be understood: set it aside, tell the operator, go on."""
        ...

    async def folder(self, address: Address) -> Path:
        """Where files sent at *address* are saved. It exists; the agent may read it."""
        ...


# --- out: what people should see ----------------------------------------------


class TurnStatus(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"  # for a person to answer a question
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in {TurnStatus.DONE, TurnStatus.FAILED, TurnStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the agent, CommonMark. *complete* is False while they stream."""

    text: str
    complete: bool = True


StepKind: TypeAlias = Literal[
    "read", "edit", "search", "execute", "fetch", "delegate", "other"
]


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call, as a person would describe it."""

    id: str
    title: str  # one line, plain text: "Run npm test"
    kind: StepKind = "other"
    ok: bool | None = None  # None while it runs
    output: str = ""  # how it ended, shortened; plain text
    parent: str = ""  # id of the step (a subagent) that made this one


Part: TypeAlias = Said | Step


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a person may choose."""

    id: str  # at most 16 bytes of [a-z0-9-]
    label: str
    style: Literal["plain", "good", "danger"] = "plain"
    description: str = ""


STOP = Option("stop", "⏹ Stop", "danger")
CANCEL = Option("cancel", "✖ Cancel")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """All a platform needs to show one turn at one moment. Newer replaces older."""

    id: str  # the same through restarts; at most 20 bytes of [a-z0-9]
    status: TurnStatus
    parts: tuple[Part, ...] = ()  # what was said and done, in order
    prompt: str = ""  # what was asked, for platforms that quote it
    reply_to: MessageRef | None = None  # the message that asked
    note: str = ""  # one line: what it waits for, or why it ended; plain text
    position: int = 0  # place in the queue from 1; 0 unless QUEUED
    thinking: bool = False
    started_at: float | None = None  # epoch seconds; None until it runs
    ended_at: float | None = None
    cost_usd: float | None = None  # None if the agent did not say
    model: str = ""

    @property
    def final(self) -> bool:
        return self.status.final

    @property
    def options(self) -> tuple[Option, ...]:
        match self.status:
            case TurnStatus.QUEUED:
                return (CANCEL,)
            case TurnStatus.RUNNING | TurnStatus.WAITING:
                return (STOP,)
            case _:
                return ()


class QuestionStatus(Enum):
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # nobody can answer it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """Something the agent needs a person to decide: its own, notifying message."""

    id: str  # unguessable; at most 20 bytes of [a-z0-9]
    turn_id: str  # the view id of the turn that waits
    title: str  # one line: "Run a command?"
    body: str = ""  # CommonMark: what exactly would happen
    details: str = ""  # plain text: everything there is to know; "" if body says all
    details_shown: bool = False
    options: tuple[Option, ...] = ()
    several: bool = False  # more than one option may be chosen
    free_text: bool = False  # words may be given instead of an option
    status: QuestionStatus = QuestionStatus.OPEN
    outcome: str = ""  # once not OPEN, plain text: "Allowed once by Ada"
    refused: bool = False  # DECIDED, and the decision was no
    reply_to: MessageRef | None = None

    @property
    def final(self) -> bool:
        return self.status is not QuestionStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A short message of the bot's own: the answer to a command, an explanation."""

    id: str  # a replay of the same event gives the same one
    text: str  # CommonMark
    reply_to: MessageRef | None = None
    notify: bool = False

    @property
    def final(self) -> bool:
        return True


View: TypeAlias = TurnView | QuestionView | Notice


@dataclass(frozen=True, slots=True)
class Post:
    """A message of ours that shows a part of a view.

    *ref* is None if a run died between sending it and learning its id: it may be
    on the screen, and cannot be found.
    """

    part: str  # which piece of the view, in the adapter's own words
    ref: MessageRef | None


class Screen(Protocol):
    """What is on a platform's screens, remembered through restarts.

    Rule: `posting` is committed before a message is sent, `posted` right after, so a
    message is edited rather than sent again.
    """

    async def posts(self, address: Address, view_id: str) -> list[Post]:
        """Messages that show this view, oldest first."""
        ...

    async def posting(self, address: Address, view_id: str, part: str) -> None:
        """About to send this part."""
        ...

    async def posted(
        self, address: Address, view_id: str, part: str, ref: MessageRef
    ) -> None:
        """This part is on the screen as *ref*. Replaces an older ref of the part."""
        ...

    async def removed(self, address: Address, view_id: str, part: str) -> None:
        """This part is not on the screen any more."""
        ...

    async def confirmed(self, address: Address, view_id: str) -> None:
        """The view is final and the screen shows it whole."""
        ...


# --- the adapter --------------------------------------------------------------

HealthState: TypeAlias = Literal["starting", "ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Health:
    state: HealthState
    reason: str = ""  # for the operator: what is wrong and what to do
    last_contact: float | None = None  # epoch seconds; None: never


class Adapter(Protocol):
    """One connected chat platform."""

    @property
    def platform(self) -> str: ...

    @property
    def health(self) -> Health: ...

    async def run(self, intake: Intake, screen: Screen) -> None:
        """Take in and show, until cancelled. Raises `LoggedOut` if its token is bad."""
        ...

    async def stop_receiving(self) -> None:
        """Take nothing more in; what is kept stays kept. Showing goes on."""
        ...

    def show(self, address: Address, view: View) -> None:
        """Make the screen look like *view*, soon. Never blocks; the newest wins."""
        ...

    async def flush(self) -> None:
        """Return once everything shown so far is on the screen. May take for ever."""
        ...

    async def check(self) -> Mapping[str, str]:
        """Ask the platform who we are; facts for `doctor`. Raises `AdapterError`."""
        ...


class AdapterError(Exception):
    """A platform did not do as asked."""


class LoggedOut(AdapterError):
    """The platform does not accept our token. Retrying cannot help."""


class RateLimited(AdapterError):
    """The platform asked us to slow down."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"retry after {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Unreachable(AdapterError):
    """This chat does not accept messages now (blocked, deleted, kicked)."""


class Rejected(AdapterError):
    """The platform will never accept this request; retrying cannot help."""


class Unavailable(AdapterError):
    """No connection, or the platform is down. Nothing happened: try again later."""


class Ambiguous(AdapterError):
    """The answer never came: what we asked for may have happened, or not."""
