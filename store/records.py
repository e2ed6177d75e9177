"""Rows, as the rest of the program sees them. All times are epoch seconds."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, NewType, Self

from aiosqlite import Row

ConversationId = NewType("ConversationId", int)
TurnId = NewType("TurnId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row whose columns have the names of the fields."""

    @classmethod
    def from_row(cls, row: Row) -> Self:
        made = cls._made(row)
        names = {field.name for field in fields(cls)} - made.keys()
        return cls(**made, **{name: row[name] for name in names})

    @classmethod
    def _made(cls, row: Row) -> dict[str, Any]:
        """The fields that are not a column as it is."""
        return {}


class TurnState(StrEnum):
    QUEUED = "queued"
    SUBMITTED = "submitted"  # an agent may have the prompt
    CONSUMED = "consumed"  # an agent has it
    ANSWERED = "answered"
    DELIVERED = "delivered"  # answered, and on every screen
    FAILED = "failed"
    CANCELLED = "cancelled"
    JOINED = "joined"  # its words were steered into another turn

    @property
    def final(self) -> bool:
        return self not in {self.QUEUED, self.SUBMITTED, self.CONSUMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord(Record):
    """A raw event that nothing has been made of yet."""

    event_id: str
    payload: str
    kept_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogRecord(Record):
    platform: str
    oldest_kept_at: float | None  # epoch seconds; None: nothing waits
    parked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord(Record):
    """A raw event that could not be understood."""

    platform: str
    event_id: str
    payload: str
    kept_at: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRecord(Record):
    """Where a conversation lives; team and thread are "" where there is none."""

    platform: str
    chat: str
    thread: str = ""
    team: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As the columns of the same names."""
        return {
            "platform": self.platform,
            "chat": self.chat,
            "thread": self.thread,
            "team": self.team,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord(Record):
    id: ConversationId
    project: str
    agent: str
    session_id: str  # ours; the agent resumes it, or begins it under this id
    fork_of: str  # the session with whose memory that one begins; "": with none
    model: str  # "": the project's
    mode: str  # "": the project's
    effort: str  # "": the project's
    worktree: str  # absolute path; "": works in the project's folder
    branch: str  # of the worktree
    language: str  # "": each person's own
    debug: bool  # raw lines of its agent are recorded
    task: str  # "": none
    settings: str  # JSON of the caller; "": none were given
    created_at: float

    @classmethod
    def _made(cls, row: Row) -> dict[str, Any]:
        return {"debug": bool(row["debug"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord(Record):
    """One line of the ledger."""

    id: TurnId
    conversation_id: ConversationId
    project: str  # the conversation's when it was queued, or last submitted
    state: TurnState
    joined_to: TurnId | None  # the turn it was steered into
    unasked: bool  # begun by the agent itself
    origin: str  # the platform it was asked on; not always where it is shown
    prompt: str  # JSON of the caller
    prompt_uuid: str  # chosen when it was queued
    prompt_uuids: tuple[str, ...]  # under which it was submitted, oldest first
    attempts: int  # charged ones; a forgiven turn has uuids all the same
    session_id: str | None  # of the last attempt
    asked_by: str
    address: AddressRecord
    reply_to: str | None
    view: str | None  # JSON of the caller; None until final, and when long over
    answer: str | None  # None until final
    structured: str | None  # JSON; None if no schema was asked for, or none was met
    cost_usd: float | None  # of all its attempts; None if no agent said
    tokens: int | None  # likewise
    tree: str | None  # the workspace before it began; None: not looked at
    tree_after: str | None  # the workspace when it had ended
    queued_at: float
    submitted_at: float | None
    finished_at: float | None
    delivered_at: float | None

    @property
    def for_id(self) -> str:
        """Who asked, by an id of the platform it is shown on; "": nobody there."""
        return self.asked_by if self.origin == self.address.platform else ""

    @classmethod
    def _made(cls, row: Row) -> dict[str, Any]:
        return {
            "state": TurnState(row["state"]),
            "unasked": row["origin_event"] is None,
            "origin": row["origin_platform"] or "",
            # A prompt the agent never saw is submitted again under its uuid.
            "prompt_uuids": tuple(dict.fromkeys(row["prompt_uuids"].split())),
            "address": AddressRecord.from_row(row),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """One conversation, as a list shows it."""

    conversation: ConversationRecord
    home: AddressRecord  # where it has lived the longest
    first_prompt: str  # how it begins; "" if nobody has asked anything
    newest_answer: str  # how it begins; "" if there is none
    changed_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord(Record):
    """A turn in which the words were said."""

    turn_id: TurnId
    conversation_id: ConversationId
    prompt: str  # plain
    answer: str
    queued_at: float


class DecisionState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # nobody can decide it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord(Record):
    """Something a person was asked to decide."""

    id: str
    turn_id: TurnId | None  # None: it belongs to no turn
    conversation_id: ConversationId
    request_id: str  # the agent's, or one of ours
    question: str  # JSON of the caller
    meaning: str  # JSON of the caller; "": what its options mean goes without saying
    state: DecisionState
    option: str | None  # None unless decided
    words: str  # given with it, or instead of an option
    decided_by: str | None
    why: str  # it was withdrawn; "": unknown
    asked_at: float
    closed_at: float | None

    @property
    def open(self) -> bool:
        return self.state is DecisionState.OPEN

    @classmethod
    def _made(cls, row: Row) -> dict[str, Any]:
        return {"state": DecisionState(row["state"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord(Record):
    """A message of ours; *ref* is None if its id was never learnt."""

    part: str
    ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRecord:
    turns_today: int  # asked since local midnight
    cost_today_usd: float  # known since then
    parked: int
    database_bytes: int
