"""Rows, as the rest of the program sees them. All times are epoch seconds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Self

from aiosqlite import Row

ConversationId = NewType("ConversationId", int)
TurnId = NewType("TurnId", int)


class TurnState(StrEnum):
    QUEUED = "queued"
    SUBMITTED = "submitted"  # an agent may have the prompt
    CONSUMED = "consumed"  # an agent has it
    ANSWERED = "answered"
    DELIVERED = "delivered"  # answered, and on every screen
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self not in {self.QUEUED, self.SUBMITTED, self.CONSUMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """A raw event that nothing has been made of yet."""

    event_id: str
    payload: str
    kept_at: float

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            event_id=row["event_id"], payload=row["payload"], kept_at=row["kept_at"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogRecord:
    platform: str
    oldest_kept_at: float | None  # epoch seconds; None: nothing waits
    parked: int

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            platform=row["platform"], oldest_kept_at=row["oldest"], parked=row["parked"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A raw event that could not be understood."""

    platform: str
    event_id: str
    payload: str
    kept_at: float
    reason: str

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            platform=row["platform"],
            event_id=row["event_id"],
            payload=row["payload"],
            kept_at=row["kept_at"],
            reason=row["reason"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRecord:
    """Where a conversation lives; team and thread are "" where there is none."""

    platform: str
    chat: str
    thread: str = ""
    team: str = ""

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            platform=row["platform"],
            chat=row["chat"],
            thread=row["thread"],
            team=row["team"],
        )

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
class ConversationRecord:
    id: ConversationId
    project: str
    agent: str
    session_id: str  # ours; the agent resumes it, or begins it under this id
    model: str  # "": the project's
    mode: str  # "": the project's
    task: str  # "": none
    settings: str  # JSON of the caller; "": none were given
    created_at: float

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            id=ConversationId(row["id"]),
            project=row["project"],
            agent=row["agent"],
            session_id=row["session_id"],
            model=row["model"],
            mode=row["mode"],
            task=row["task"],
            settings=row["settings"],
            created_at=row["created_at"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One line of the ledger."""

    id: TurnId
    conversation_id: ConversationId
    state: TurnState
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
    queued_at: float
    submitted_at: float | None
    finished_at: float | None
    delivered_at: float | None

    @property
    def for_id(self) -> str:
        """Who asked, by an id of the platform it is shown on; "": nobody there."""
        return self.asked_by if self.origin == self.address.platform else ""

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            id=TurnId(row["id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            state=TurnState(row["state"]),
            unasked=row["origin_event"] is None,
            origin=row["origin_platform"] or "",
            prompt=row["prompt"],
            prompt_uuid=row["prompt_uuid"],
            # A prompt the agent never saw is submitted again under its uuid.
            prompt_uuids=tuple(dict.fromkeys(row["prompt_uuids"].split())),
            attempts=row["attempts"],
            session_id=row["session_id"],
            asked_by=row["asked_by"],
            address=AddressRecord.from_row(row),
            reply_to=row["reply_to"],
            view=row["view"],
            answer=row["answer"],
            structured=row["structured"],
            cost_usd=row["cost_usd"],
            tokens=row["tokens"],
            queued_at=row["queued_at"],
            submitted_at=row["submitted_at"],
            finished_at=row["finished_at"],
            delivered_at=row["delivered_at"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """One conversation, as a list shows it."""

    conversation: ConversationRecord
    home: AddressRecord  # where it was begun
    first_prompt: str  # how it begins; "" if nobody has asked anything
    newest_answer: str  # how it begins; "" if there is none
    changed_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A turn in which the words were said."""

    turn_id: TurnId
    conversation_id: ConversationId
    prompt: str  # plain
    answer: str
    queued_at: float

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            turn_id=TurnId(row["id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            prompt=row["prompt"],
            answer=row["answer"],
            queued_at=row["queued_at"],
        )


class DecisionState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # nobody can decide it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """Something a person was asked to decide."""

    id: str
    turn_id: TurnId
    conversation_id: ConversationId
    request_id: str  # the agent's
    question: str  # JSON of the caller
    state: DecisionState
    option: str | None  # None unless decided
    words: str  # given with it, or instead of an option
    decided_by: str | None
    asked_at: float
    closed_at: float | None

    @property
    def open(self) -> bool:
        return self.state is DecisionState.OPEN

    @classmethod
    def from_row(cls, row: Row) -> Self:
        return cls(
            id=row["id"],
            turn_id=TurnId(row["turn_id"]),
            conversation_id=ConversationId(row["conversation_id"]),
            request_id=row["request_id"],
            question=row["question"],
            state=DecisionState(row["state"]),
            option=row["option"],
            words=row["words"],
            decided_by=row["decided_by"],
            asked_at=row["asked_at"],
            closed_at=row["closed_at"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """A message of ours; *ref* is None if its id was never learnt."""

    part: str
    ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsRecord:
    turns_today: int  # asked since local midnight
    cost_today_usd: float  # of those
    parked: int
    database_bytes: int
