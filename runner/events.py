"""What an agent tells us while it works, whichever agent it is.

Rule: runners emit only these, so nothing above `runner/` knows a CLI's wire format.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

ToolKind: TypeAlias = Literal[
    "read", "edit", "search", "execute", "fetch", "delegate", "other"
]
#: Which limit ended a turn (`StopReason` "limit").
Limit: TypeAlias = Literal["turns", "cost", "time", "budget", "process"]
StopReason: TypeAlias = Literal["end_turn", "limit", "refusal", "interrupted", "failed"]
#: Why a turn failed; each has a policy of its own.
Cause: TypeAlias = Literal[
    "login",  # not logged in, or the credential is refused
    "credit",  # out of credit
    "rate_limit",  # a usage limit; `until` may say when it ends
    "overloaded",  # the model's service is down or busy
    "network",  # no connection to it
    "context_full",  # the conversation is too long
    "output_full",  # the answer is longer than the model may write
    "attachment",  # a picture or a file is too large for it, or cannot be read
    "model",  # no such model, or not for this account
    "request",  # the service refuses this request as it is
    "billing_policy",  # the agent would bill another credential than configured
    "crash",  # the agent's process ended in the middle
    "start",  # the agent's process could not be started
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of ours for people, in no language yet: whoever shows them chooses one.

    *key* names a message of the catalogue (`adapters/locales`), *values* go into it.
    """

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgentCommand:
    """A slash command that the agent offers."""

    name: str  # without the slash
    description: str = ""  # one line, in the agent's words
    hint: str = ""  # what its argument is: "[instructions]"


@dataclass(frozen=True, slots=True)
class Model:
    """A model the agent can be told to use."""

    id: str  # as `Session.set_model` takes it
    name: str  # for people


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """The agent is up. Sent again whenever one of these facts may have changed."""

    session_id: str
    model: str = ""
    permission_mode: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The agent took up a prompt: from here on it counts as consumed.

    *turn* is the prompt's uuid; None for a turn nobody asked for (a background task
    ended and the agent has something to say about it). Then *key* is an id of it, the
    same when it is told again after a crash.
    """

    turn: str | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class PromptJoined:
    """Words that were steered in have reached the agent, within the running turn.

    Those that came too late for that begin a turn of their own (`TurnStarted`).
    """

    turn: str  # the uuid of their prompt


@dataclass(frozen=True, slots=True)
class Retold:
    """What was told of a turn before, all at once: an earlier run may have heard it.

    It may end with the turn's end, and what is told after it is new.
    """

    events: tuple["RunnerEvent", ...]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More words of the draft of *message_id*.

    A connection that was cut leaves a draft that is never finished; the repeated
    message has another id, and the draft is void.
    """

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TextFinished:
    """The whole text block, replacing the draft of *message_id*."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class LastWordSaid:
    """The model has nothing to add: `TurnFinished` should follow at once."""


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """The agent thinks; *text* may be empty."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class ToolStarted:
    call_id: str
    name: str  # the agent's own name of the tool
    kind: ToolKind
    title: Phrase  # one line for people: "Run npm test"
    parent_id: str = ""  # the call (a subagent) inside which this one runs
    digest: str = ""  # SHA-256 of its input, as canonical JSON; "": not known


@dataclass(frozen=True, slots=True)
class ToolFinished:
    call_id: str
    ok: bool
    output: str = ""  # shortened; plain text


@dataclass(frozen=True, slots=True)
class PermissionRequested:
    """The agent is blocked until `Session.answer` is called with *request_id*."""

    request_id: str
    tool: str
    kind: ToolKind
    title: Phrase  # one line for people: "Run a command?"
    body: str = ""  # CommonMark: the command, the diff
    length: int = 0  # characters of what *body* shows only the beginning of; 0: all
    details: str = ""  # plain text: the whole input
    reason: str = ""  # why it asks, in the agent's words; may be empty
    can_remember: bool = False  # whether `Allow(scope="session")` is possible
    #: What could always be allowed from now on, as the agent writes such rules
    #: ("Bash(npm test:*)"), the narrowest first; none: nothing that is safe to repeat.
    patterns: tuple[str, ...] = ()
    call_id: str = ""
    inside_subagent: bool = False


@dataclass(frozen=True, slots=True)
class Possible:
    """One answer that the agent offers."""

    label: str
    description: str = ""
    preview: str = ""  # what it would look like; plain text or CommonMark


@dataclass(frozen=True, slots=True)
class Question:
    """What the agent wants to know from a person."""

    text: str  # CommonMark; the answer is given under exactly these words
    header: str = ""  # a word or two
    offered: tuple[Possible, ...] = ()  # other words are as good an answer
    several: bool = False  # more than one may be chosen


@dataclass(frozen=True, slots=True)
class QuestionsAsked:
    """The agent is blocked until `Session.answer` gets an `Allow` with the answers."""

    request_id: str
    questions: tuple[Question, ...]  # never none


@dataclass(frozen=True, slots=True)
class PlanProposed:
    """The agent has a plan and is blocked until `Session.answer`.

    `Allow` begins the work (`Allow.mode` says in which permission mode), `Deny` is
    feedback: it goes on planning.
    """

    request_id: str
    plan: str  # CommonMark


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The agent calls a `HostTool` and is blocked until `Session.reply`."""

    request_id: str
    name: str
    arguments: Mapping[str, Any]  # as the agent gave them: nothing is checked
    call_id: str = ""  # the same if the very same call is made again


@dataclass(frozen=True, slots=True)
class PermissionWithdrawn:
    """Nobody needs to answer this request (of any kind) any more."""

    request_id: str


NotedKind: TypeAlias = Literal[
    "retry",
    "rate_limit",
    "compacting",
    "compacted",
    "denied",
    "background",
    "info",
]


@dataclass(frozen=True, slots=True)
class Noted:
    """Something a person may want to know while they wait."""

    kind: NotedKind
    text: Phrase | None  # None: it is over
    until: float | None = None  # epoch seconds: when a limit ends


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one turn."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFinished:
    """Always the last event of a turn, and always sent, even if the agent dies."""

    turn: str | None  # as in `TurnStarted`
    stop_reason: StopReason
    text: str = ""  # the agent's closing words; may repeat what was streamed
    cause: Cause | None = None  # set if stop_reason is "failed"
    limit: Limit | None = None  # set if stop_reason is "limit"
    detail: str = ""  # the agent's words on the failure
    until: float | None = None  # epoch seconds: when a rate limit ends
    structured: str = ""  # the answer as JSON that fits the schema asked for
    cost_usd: float | None = None  # this turn alone
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The process is gone; the last event of a session. A running turn ended before."""

    reason: str  # last words on stderr, or the exit code
    expected: bool  # we asked for it


RunnerEvent: TypeAlias = (
    SessionStarted
    | TurnStarted
    | Retold
    | PromptJoined
    | TextDelta
    | TextFinished
    | LastWordSaid
    | ThinkingDelta
    | ToolStarted
    | ToolFinished
    | PermissionRequested
    | QuestionsAsked
    | PlanProposed
    | ToolCalled
    | PermissionWithdrawn
    | Noted
    | TurnFinished
    | SessionEnded
)
