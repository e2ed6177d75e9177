"""What people should see, whatever platform shows it.

Rule: a view is all there is to show of one thing at one moment; a newer one of the same
id replaces it.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from adapters.inbound import MessageRef


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
    words: str = ""  # what words may go with it ("Why?"); "": none


STOP = Option("stop", "⏹ Stop", "danger")
CANCEL = Option("cancel", "✖ Cancel")
DETAILS = Option("details", "🔍 Details")  # shows all of a question
DONE = Option("done", "✅ Done", "good")  # ends a choice of several


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """All a platform needs to show one turn at one moment. Newer replaces older."""

    id: str  # the same through restarts; at most 20 bytes of [a-z0-9]
    status: TurnStatus
    parts: tuple[Part, ...] = ()  # what was said and done, in order
    prompt: str = ""  # what was asked, for platforms that quote it
    reply_to: MessageRef | None = None  # the message that asked
    for_id: str = ""  # the person who asked, by platform id; "": nobody did
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
    several: bool = False  # any number of the options may be chosen, then DONE
    chosen: tuple[str, ...] = ()  # ids of options ticked so far, if *several*
    free_text: bool = False  # words may be given instead of an option
    for_id: str = ""  # the person who is asked, by platform id; "": anybody allowed
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
    only_for: str = ""  # the one person who needs to see it, by platform id

    @property
    def final(self) -> bool:
        return True


View: TypeAlias = TurnView | QuestionView | Notice
