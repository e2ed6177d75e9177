"""How the bot starts an agent and talks to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from runner.events import RunnerEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """Everything needed to start one agent session, or to resume it."""

    session_id: str  # a uuid4 of ours; resumed if the agent knows it, else begun
    workspace: Path
    trusted: bool = False  # whether the workspace's own settings may run things
    model: str = ""  # "": the agent's default
    permission_mode: str = "default"
    system_prompt: str = ""  # added to the agent's own
    readable: tuple[Path, ...] = ()  # folders beside the workspace it may read
    allowed_tools: tuple[str, ...] = ()  # need no permission
    max_turns: int = 0  # model calls for one prompt; 0: as many as it takes
    output_schema: str = ""  # JSON Schema as JSON that answers have to fit
    env: Mapping[str, str] = field(default_factory=dict)  # added to the allow-list


@dataclass(frozen=True, slots=True)
class PromptFile:
    path: Path
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One message for the agent. Its words are data: never commands, never paths."""

    uuid: str  # the ledger's; the agent records it, and recovery looks for it
    text: str
    files: tuple[PromptFile, ...] = ()  # images are shown, others named by path
    context: str = ""  # composed by us, not by people: who writes, from where


@dataclass(frozen=True, slots=True)
class Allow:
    scope: Literal["once", "session"] = "once"
    answers: Mapping[str, str] = field(default_factory=dict)  # `Question.text` → words


@dataclass(frozen=True, slots=True)
class Deny:
    reason: str  # told to the agent; not empty


Answer: TypeAlias = Allow | Deny


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the agent's own record says of some prompts.

    *events* retell what it recorded from the first of them on (texts, tools), so
    that a view can be rebuilt. *answered*: it finished; the last text is its answer.
    *last* is the newest of the prompts that was recorded; None: none was.
    """

    last: str | None = None
    answered: bool = False
    events: tuple[RunnerEvent, ...] = ()


class Session(Protocol):
    """A live agent. Exists only inside `async with runner.open(...)`."""

    def events(self) -> AsyncIterator[RunnerEvent]:
        """All it says, turn after turn, until `SessionEnded`. For one reader."""
        ...

    async def prompt(self, prompt: Prompt) -> None:
        """Start a turn; returns once written. One at a time: wait for `TurnFinished`.

        If the process is gone, the turn's `TurnFinished` says so; nothing is raised.
        """
        ...

    async def answer(self, request_id: str, answer: Answer) -> None:
        """Answer a `PermissionRequested` or `QuestionsAsked`.

        One that was withdrawn is ignored.
        """
        ...

    async def interrupt(self) -> None:
        """Ask the agent to stop. The turn still ends with `TurnFinished`."""
        ...

    async def steer(self, prompt: Prompt) -> None:
        """Slip words into the running turn, at its next tool boundary."""
        ...


class Runner(Protocol):
    @property
    def agent(self) -> str: ...

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[Session]:
        """Start the agent; leaving the context leaves no process behind.

        Raises `RunnerError` if it cannot be started.
        """
        ...

    async def evidence(self, spec: SessionSpec, uuids: Sequence[str]) -> Evidence:
        """Look up prompts (oldest first) in the agent's own record of a session.

        Only while no process has that session open. No record: an empty `Evidence`.
        """
        ...

    async def sweep(self) -> int:
        """End processes an earlier, killed run left behind; how many. Call at start."""
        ...

    async def ready(self) -> str:
        """Whether it can be started, without starting a session; its version.

        Raises `RunnerError` whose words say what to do.
        """
        ...

    def hurry(self) -> None:
        """Parley is about to end: from now on sessions close at once."""
        ...

    async def check(self) -> Mapping[str, str]:
        """Really call the agent: where it is, its version, its login; for `doctor`.

        Raises `RunnerError` whose words say what to do.
        """
        ...


class RunnerError(Exception):
    """An agent could not be started or understood."""


class AgentNotFound(RunnerError):
    """The agent's executable is not installed."""


class AgentUnsuitable(RunnerError):
    """It is there, but too old, not logged in, or configured against its policy."""


class AgentKilled(RunnerError):
    """A signal ended its process while it started; another start may succeed."""


class WorkspaceMissing(RunnerError):
    """The workspace is not a folder."""


class ProtocolError(RunnerError):
    """The agent said something that is not in its protocol."""
