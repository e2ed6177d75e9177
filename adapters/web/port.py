"""What the web surface asks of the bot. `bot.desk` answers; tests bring a small one.

Rule: a conversation is known here by its number, whatever platform it lives on.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from adapters.base import Health
from adapters.inbound import Attachment, Choice
from adapters.views import FileView, QuestionView, TurnView, View

#: What this platform is called.
WEB = "web"
#: The one who holds the link or the token; an admin on every platform.
OWNER = "owner"

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


class UnknownConversation(LookupError):
    """There is none of that number (any more)."""


class Conflict(Exception):
    """It cannot be done now; says why, to the person."""


class Watch(Protocol):
    """Changes as they happen. Bounded: a view that was not read yet is replaced."""

    def __aiter__(self) -> AsyncIterator[Sequence[Change]]:
        """Batches; each wait gives all that changed since the last one."""
        ...


class Desk(Protocol):
    """The bot's side. Everything that starts something takes a *key*: the same key
    again does nothing new and gives the same result, through restarts.
    """

    def projects(self) -> Sequence[Project]: ...

    def surfaces(self) -> Sequence[Surface]: ...

    def agent(self) -> Mapping[str, str]:
        """Facts on the agent in use: "name", "version", "demo" (why; "": none)."""
        ...

    async def conversations(
        self, *, limit: int = 50, before: float | None = None
    ) -> Sequence[Card]:
        """Newest first; *before*: those last changed earlier than that."""
        ...

    async def conversation(self, conversation: int) -> Card:
        """Raises `UnknownConversation`, as everything below that takes a number."""
        ...

    async def history(
        self, conversation: int, *, before: str | None = None, limit: int = 30
    ) -> Sequence[Entry]:
        """The newest turns before *before* (a view id), oldest first; open ones too."""
        ...

    async def entry(self, conversation: int, turn: str) -> Entry | None:
        """One turn by its view id, as it is now."""
        ...

    async def questions(self, conversation: int) -> Sequence[QuestionView]:
        """Those that wait for an answer."""
        ...

    async def task(self, task: str) -> Sequence[Card]:
        """The conversations of one task, in the order of their beginning."""
        ...

    async def search(self, words: str, *, limit: int = 30) -> Sequence[Found]: ...

    async def file(self, conversation: int, file: str) -> FileView | None:
        """A file that was sent to people, by its view id."""
        ...

    async def commands(
        self, conversation: int | None, language: str
    ) -> Sequence[Offer]:
        """What people may tell the bot, and its agent if that is up; in a menu's order.

        None: in a conversation that is about to begin.
        """
        ...

    async def log(self, conversation: int, *, limit: int) -> Log: ...

    async def raw_log(self, conversation: int) -> Path | None:
        """The recorded lines of its agent; None: they are not recorded."""
        ...

    async def budgets(self, conversation: int, language: str) -> Sequence[str]:
        """What was spent, and how much may be; one line each."""
        ...

    async def processes(self) -> Sequence[Usage]:
        """Of every agent that is up."""
        ...

    async def language(self) -> str:
        """What the owner chose; "": as the browser says."""
        ...

    async def choose_language(self, language: str) -> None: ...

    def watch(self, conversation: int | None) -> AbstractContextManager[Watch]:
        """Changes of one conversation, or of all, from the moment it is entered."""
        ...

    async def begin(self, settings: Settings, *, key: str) -> Card:
        """A new conversation. Raises `Conflict` for a project that there is not."""
        ...

    async def delete(self, conversation: int) -> None:
        """End its agent and forget it; its own folder goes, a project's does not."""
        ...

    async def say(
        self,
        conversation: int,
        text: str,
        *,
        key: str,
        files: Sequence[Attachment] = (),
        output_schema: str = "",
        language: str = "",
    ) -> str | None:
        """A prompt. The view id of its turn, once that is in the ledger; None if the
        words answered a question instead. *language*: what the person reads.
        """
        ...

    async def choose(
        self, conversation: int, choice: Choice, *, key: str, language: str = ""
    ) -> None:
        """Press a button: of a question, or one that a turn has."""
        ...

    async def command(
        self,
        conversation: int,
        name: str,
        argument: str = "",
        *,
        key: str,
        language: str = "",
    ) -> None: ...

    async def expect(self, conversation: int) -> None:
        """Somebody looks at it, or types: they will soon ask. May be called often."""
        ...

    async def inbox(self, conversation: int) -> Path:
        """The folder that uploads are saved in; the agent may read it."""
        ...

    async def storage(self, conversation: int) -> Path:
        """The folder that the agent works in, if it is the conversation's own.

        Raises `Conflict` if it works in a project: that is not for the web to serve.
        """
        ...

    async def take_up(self) -> None:
        """Deliver what an earlier run kept and did not hand over. Call it at start."""
        ...

    def metrics(self) -> bytes:
        """In Prometheus' text format."""
        ...

    async def readiness(self) -> Mapping[str, Any]:
        """By part: {"ok": bool, "detail": str}; the store, each platform, the agent."""
        ...
