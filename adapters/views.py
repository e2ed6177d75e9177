"""What people should see, whatever platform shows it.

Rule: a view is all there is to show of one thing at one moment; a newer one of the same
id replaces it.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from adapters.inbound import MessageRef
from adapters.language import ENGLISH, say


class TurnStatus(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"  # for a person to answer a question
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        # Compared by identity: to hash a member takes several times as long.
        return self in (TurnStatus.DONE, TurnStatus.FAILED, TurnStatus.CANCELLED)


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
    words: str = ""  # what words may go with it ("Why?"); "": none


# Ids of options that are Parley's own, on every platform.
STOP = "stop"
CANCEL = "cancel"  # a turn that waits in the queue
STEER = "steer"  # tell the agent now, at the next pause in what it is doing
INSTEAD = "instead"  # stop what runs, and do this
DETAILS = "details"  # shows all of a question
DONE = "done"  # ends a choice of several
SKIP = "skip"  # does not answer a question

_STYLES: dict[str, Literal["plain", "good", "danger"]] = {STOP: "danger", DONE: "good"}


def own_option(option_id: str, language: str) -> Option:
    """One of Parley's own, in words of that language."""
    style = _STYLES.get(option_id, "plain")
    return Option(option_id, say(language, f"button-{option_id}"), style)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """All a platform needs to show one turn at one moment. Newer replaces older."""

    id: str  # the same through restarts; at most 20 bytes of [a-z0-9]
    status: TurnStatus
    parts: tuple[Part, ...] = ()  # what was said and done, in order
    prompt: str = ""  # what was asked, for platforms that quote it
    reply_to: MessageRef | None = None  # the message that asked
    for_id: str = ""  # the person who asked, by platform id; "": nobody did here
    asked_by: str = ""  # "Ada (Slack)", if the words are not on this screen; else ""
    note: str = ""  # one line: what it waits for, or why it ended; plain text
    position: int = 0  # place in the queue from 1; 0 unless QUEUED
    behind: bool = False  # QUEUED: behind a turn it may join, or replace
    joining: bool = False  # QUEUED: on its way into that turn, past taking back
    thinking: bool = False
    started_at: float | None = None  # epoch seconds; None until it runs
    ended_at: float | None = None
    cost_usd: float | None = None  # None if the agent did not say
    limited: bool = False  # it ended at a limit, not because all was said
    model: str = ""
    branch: str = ""  # of its own that the agent works on; "": the project's
    language: str = ENGLISH  # of the words around it

    @property
    def final(self) -> bool:
        return self.status.final

    @property
    def options(self) -> tuple[Option, ...]:
        ids: tuple[str, ...]
        match self.status:
            case TurnStatus.QUEUED if self.joining:
                ids = ()
            case TurnStatus.QUEUED:
                ids = (STEER, INSTEAD, CANCEL) if self.behind else (CANCEL,)
            case TurnStatus.RUNNING | TurnStatus.WAITING:
                ids = (STOP,)
            case _:
                ids = ()
        return tuple(own_option(each, self.language) for each in ids)


class QuestionStatus(Enum):
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # nobody can answer it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """Something the agent needs a person to decide: its own, notifying message."""

    id: str  # unguessable; at most 20 bytes of [a-z0-9]
    turn_id: str  # the view id of the turn that waits; "": it belongs to no turn
    title: str  # one line: "Run a command?"
    body: str = ""  # CommonMark: what exactly would happen
    details: str = ""  # plain text: everything there is to know; "" if body says all
    details_shown: bool = False
    permission: bool = False  # it lets the agent do something
    options: tuple[Option, ...] = ()
    several: bool = False  # any number of the *boxes* may be chosen, then DONE
    chosen: tuple[str, ...] = ()  # ids of options ticked so far, if *several*
    free_text: bool = False  # words may be given instead of an option
    for_id: str = ""  # the person who is asked, by platform id; "": anybody allowed
    status: QuestionStatus = QuestionStatus.OPEN
    outcome: str = ""  # once not OPEN, plain text: "Allowed once by Ada"
    refused: bool = False  # DECIDED, and the decision was no
    reply_to: MessageRef | None = None
    language: str = ENGLISH

    @property
    def final(self) -> bool:
        return self.status is not QuestionStatus.OPEN

    @property
    def boxes(self) -> tuple[Option, ...]:
        """The options to tick, if *several*."""
        ticks = (option for option in self.options if option.id != SKIP)
        return tuple(ticks) if self.several else ()

    @property
    def buttons(self) -> tuple[Option, ...]:
        """The options to press: all that are no boxes."""
        return tuple(option for option in self.options if option not in self.boxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A short message of the bot's own: the answer to a command, an explanation."""

    id: str  # a replay of the same event gives the same one
    text: str  # CommonMark
    reply_to: MessageRef | None = None
    notify: bool = False
    only_for: str = ""  # the one person who needs to see it, by platform id
    language: str = ENGLISH

    @property
    def final(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file for people, in a message of its own."""

    id: str  # at most 20 bytes of [a-z0-9]; the same through restarts
    path: str  # absolute: a copy of our own, which nobody changes
    name: str  # sanitised; as people see it
    media_type: str
    size: int  # bytes, not 0
    caption: str = ""  # plain text
    turn_id: str = ""  # the view id of the turn it was made in; "": of none
    reply_to: MessageRef | None = None
    language: str = ENGLISH

    @property
    def final(self) -> bool:
        return True


View: TypeAlias = TurnView | QuestionView | Notice | FileView
