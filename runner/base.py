"""How the bot starts an agent and talks to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from runner.events import AgentCommand, Model, RunnerEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class HostTool:
    """A tool of ours that the agent may call without asking (`ToolCalled`)."""

    name: str
    description: str  # for the agent
    schema: Mapping[str, Any]  # JSON Schema of its arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What an agent and all it starts may use; 0: as much as there is."""

    cpu_s: int = 0  # processor time of one process
    memory_bytes: int = 0  # of all of them together
    file_bytes: int = 0  # the size of a file one writes, the agent's record included


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The agent and all it starts see its workspace, and little else."""

    hidden: tuple[Path, ...] = ()  # not there, whatever lies around them


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """Everything needed to start one agent session, or to resume it."""

    session_id: str  # a uuid4; resumed if the agent knows it, else begun
    workspace: Path
    begun: bool = False  # it is known to have begun: `SessionGone` if it is lost
    fork_of: str = ""  # if it is not begun: the session whose memory it starts with
    trusted: bool = False  # whether the workspace's own settings may run things
    model: str = ""  # "": the agent's default
    effort: str = ""  # "low" … "max"; "": the agent's default
    permission_mode: str = "default"
    system_prompt: str = ""  # added to the agent's own
    readable: tuple[Path, ...] = ()  # folders beside the workspace it may read
    allowed_tools: tuple[str, ...] = ()  # rules; what fits them needs no permission
    tools: tuple[HostTool, ...] = ()
    max_turns: int = 0  # model calls for one prompt; 0: as many as it takes
    limits: ProcessLimits = ProcessLimits()
    sandbox: Sandbox | None = None  # None: it may do what our user may
    record: Path | None = None  # where its raw lines are kept, to look for faults
    output_schema: str = ""  # JSON Schema as JSON that answers have to fit
    env: Mapping[str, str] = field(default_factory=dict)  # added to the allow-list
    #: If an earlier run left the agent at work (`Runner.living`): the uuid of the
    #: prompt whose turn is to go on. A turn of any other prompt is interrupted and
    #: settled before the session is given, and its events are not told. One that the
    #: agent began by itself goes on in any case.
    turn: str = ""


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
    command: str = ""  # a slash command of the agent's, *text* is its argument


@dataclass(frozen=True, slots=True)
class Allow:
    scope: Literal["once", "session"] = "once"
    answers: Mapping[str, str] = field(default_factory=dict)  # `Question.text` → words
    rules: tuple[str, ...] = ()  # of `PermissionRequested.patterns`, for this session
    mode: str = ""  # of a plan: the permission mode to work in; "": as it was before


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


@dataclass(frozen=True, slots=True)
class ToolReply:
    """What a `HostTool` did, in words for the agent."""

    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """How full the agent's memory of the session is."""

    used: int  # tokens
    limit: int
    parts: tuple[tuple[str, int], ...] = ()  # (name in the agent's words, tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewind:
    """What taking back the file changes of a prompt did, or would do."""

    possible: bool
    files: tuple[str, ...] = ()  # absolute
    insertions: int = 0  # lines that come back, or would
    deletions: int = 0
    why: str = ""  # not possible: the agent's words


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInfo:
    """A session that can be resumed in a workspace, whoever began it."""

    session_id: str
    title: str  # its name, or how it begins; one line
    changed_at: float  # epoch seconds
    prompts: int


class Session(Protocol):
    """A live agent. Exists only inside `async with runner.open(...)`."""

    @property
    def pid(self) -> int:
        """The process under which everything runs that it started."""
        ...

    @property
    def models(self) -> Sequence[Model]: ...

    @property
    def commands(self) -> Sequence[AgentCommand]: ...

    def events(self) -> AsyncIterator[RunnerEvent]:
        """All it says, turn after turn, until `SessionEnded`. For one reader.

        An event counts as dealt with once the next one is asked for: after a crash,
        what was not dealt with is told again, a running turn from its beginning.
        """
        ...

    async def prompt(self, prompt: Prompt) -> None:
        """Start a turn; returns once written. One at a time: wait for `TurnFinished`.

        If the process is gone, the turn's `TurnFinished` says so; nothing is raised.
        One that an earlier run gave the agent is not written again: all that came of
        it is told (`Retold`), also if its turn has ended meanwhile.
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
        """Slip words into the running turn, at its next tool boundary.

        `PromptJoined` follows, or a turn of their own if this turn had no such
        boundary left. Like a prompt, one that was given already is not written again.
        """
        ...

    async def reply(self, request_id: str, reply: ToolReply) -> None:
        """Answer a `ToolCalled`. One that was withdrawn is ignored."""
        ...

    async def set_model(self, model: str) -> None:
        """From the next model call on; "": the agent's default. Raises `Refused`."""
        ...

    async def set_mode(self, mode: str) -> None:
        """The permission mode from now on. Raises `Refused`."""
        ...

    async def context(self) -> Context:
        """Raises `Refused` if the agent cannot tell."""
        ...

    async def cost_usd(self) -> float:
        """What this process has cost so far, the running turn included.

        Raises `Refused` if the agent cannot tell.
        """
        ...

    async def rewind(self, prompt_uuid: str, *, dry_run: bool) -> Rewind:
        """Take back what edits since that prompt did to files; not what commands did.

        Raises `Refused` if the agent does not answer.
        """
        ...


class Runner(Protocol):
    @property
    def agent(self) -> str: ...

    def open(self, spec: SessionSpec) -> AbstractAsyncContextManager[Session]:
        """Start the agent, or take up the one that an earlier run left (`living`).

        Leaving the context leaves no process behind, but for `release`. One that was
        started with other settings ends by itself after the turn that goes on; without
        such a turn another is started in its place. Raises `NotAtWork`, and
        `RunnerError` if it cannot be started; then no agent is left.
        """
        ...

    async def sessions(self, workspace: Path, *, limit: int) -> Sequence[SessionInfo]:
        """Those that can be resumed there, the latest first."""
        ...

    async def evidence(self, spec: SessionSpec, uuids: Sequence[str]) -> Evidence:
        """Look up prompts (oldest first) in the agent's own record of a session.

        Only while nobody has that session open; an agent that an earlier run left at
        it is ended first. No record: an empty `Evidence`.
        """
        ...

    async def sweep(self) -> int:
        """End what an earlier run left and nobody can take up; how many processes.

        Call at start.
        """
        ...

    async def living(self) -> frozenset[str]:
        """Ids of sessions whose agents an earlier run left, for `open` to take up.

        Call after `sweep`.
        """
        ...

    async def abandon(self, session_id: str) -> None:
        """End a living agent that nobody takes up."""
        ...

    def release(self) -> None:
        """Parley is about to be replaced by its next run.

        From now on leaving `open` leaves the agent at work for that one.
        """
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
