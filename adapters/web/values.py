"""The values that the web surface and the bot exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from adapters.base import Health
from adapters.inbound import Attachment
from adapters.views import FileView, QuestionView, TurnView, View

Activity: TypeAlias = Literal["idle", "queued", "running", "waiting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a conversation's agent is started; "" and 0: as the project has it."""

    name: str = ""
    project: str = ""  # "": none; the conversation has a folder of its own
    agent: str = ""
    model: str = ""
    system_prompt: str = ""
    allowed_tools: tuple[str, ...] = ()
    permission_mode: str = ""
    max_turns: int = 0
    output_schema: str = ""  # JSON Schema as JSON: the answer has to fit it
    task: str = ""  # several conversations that were started side by side share one


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One conversation, as a list shows it."""

    id: int
    title: str  # its name, else how it began; "" if neither
    platform: str  # where it was begun
    activity: Activity
    updated_at: float  # epoch seconds
    preview: str = ""  # how the newest answer begins; plain text
    settings: Settings = field(default_factory=Settings)
    session_id: str = ""  # the agent's own name for it
    created_at: float = 0.0
    branch: str = ""  # of its own worktree; "": it works in the project's folder
    also_on: tuple[str, ...] = ()  # further platforms it is shown on
    parked_until: float | None = None  # its turns wait for a usage limit to end


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One turn of a conversation, with who asked. *view* may be running still."""

    view: TurnView
    asked_by: str = ""  # a name for people; "": nobody did
    yours: bool = False  # who reads this asked
    asked_at: float = 0.0
    files: tuple[Attachment, ...] = ()  # that came with it
    sent: tuple[FileView, ...] = ()  # that the agent sent
    questions: tuple[QuestionView, ...] = ()  # asked in it, open and closed, in order
    answer: str = ""  # the agent's last words; "" while it runs
    structured: str = ""  # JSON that fits the output schema; "" without one
    tokens: int | None = None
    limited: bool = False  # it ended at a limit, not because all was said


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something looks different: the newest *view* of a conversation."""

    conversation: int
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place in the history that a search found."""

    conversation: int
    turn: str  # view id
    title: str
    excerpt: str  # plain text around the words
    at: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A command that people may give."""

    name: str
    description: str
    hint: str = ""  # what may follow it; "": nothing
    own: bool = True  # Parley's; False: its agent's, while that is up


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One line of what a conversation's agent did. Nobody's words are in it."""

    kind: Literal["tool", "error", "warning", "note"]
    name: str
    text: str
    ok: bool
    at: float  # when it was over
    duration_s: float | None
    turn: str  # view id; "": in none


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What a conversation has done so far."""

    turns: Mapping[str, int]  # by how they stand
    tools: Mapping[str, tuple[int, int]]  # the most used first: how often, and in vain
    errors: int
    warnings: int
    tokens: int
    cost_usd: float
    duration_s: float  # that its turns took
    first_at: float | None  # None: there was no turn
    last_at: float | None
    newest: Sequence[Logged]  # oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a conversation's agent, and all that it started, uses now."""

    conversation: int
    cpu_percent: float  # of one core, lately
    cpu_s: float
    memory_bytes: int
    threads: int
    open_files: int
    processes: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    name: str
    path: str
    agent: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A chat platform: how it is, or what to do to connect it."""

    platform: str
    on: bool
    health: Health | None
    advice: str = ""  # CommonMark; "" if there is nothing to do
