"""What the API gives: the port's values in words for clients."""

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field

from adapters import views
from adapters.web import values
from adapters.web.reply import Reply, named
from adapters.web.sent import address
from adapters.web.values import Activity

YOU = "You"
Deed: TypeAlias = Literal["stop", "steer", "instead"]
DEEDS: dict[str, Deed] = {
    views.STOP: "stop",
    views.CANCEL: "stop",
    views.STEER: "steer",
    views.INSTEAD: "instead",
}


def parsed(text: str) -> Any:
    """JSON that somebody else wrote; None if it is none."""
    try:
        return json.loads(text, parse_constant=_refused) if text else None
    except (RecursionError, ValueError):
        return None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _deeds(options: Iterable[views.Option]) -> list[Deed]:
    return [DEEDS[option.id] for option in options]


Parsed: TypeAlias = Annotated[Any, BeforeValidator(parsed)]


class Project(Reply):
    name: str
    path: str
    agent: str
    model: str


class Started(Reply):
    agent: str
    model: str
    system_prompt: str
    allowed_tools: tuple[str, ...]
    permission_mode: str
    max_turns: int
    output_schema: Parsed = None


class Session(Reply):
    id: int
    name: str = named("settings", "name")
    title: str = Field(description="its name, else how it began; empty if neither")
    platform: str = Field(description="where it was begun")
    also_on: tuple[str, ...] = Field(description="further platforms it is shown on")
    activity: Activity
    project: str = named(
        "settings", "project", description="empty: it has a folder of its own"
    )
    branch: str = Field(description="of its own worktree; empty: it has none")
    agent: str = named("settings", "agent")
    model: str = named("settings", "model")
    settings: Started
    task: str = named("settings", "task")
    preview: str = Field(description="how the newest answer begins")
    agent_session: str = named("session_id", description="the agent's own name for it")
    created_at: float = Field(description="seconds since 1970, as every time here")
    updated_at: float
    parked_until: float | None = Field(
        description="its turns wait so long for a usage limit to end; null: they do not"
    )


class OneSession(Session):
    budgets: list[str] = Field(description="what was spent, and how much may be")


class Sessions(BaseModel):
    sessions: list[Session]
    next: float | None = Field(description="*before* of the next page; null: no more")


class Text(Reply):
    type: Literal["text"] = "text"
    text: str = Field(description="CommonMark")
    complete: bool


class Step(Reply):
    type: Literal["step"] = "step"
    id: str
    title: str
    kind: views.StepKind
    ok: bool | None = Field(description="null while it runs")
    output: str
    parent: str = Field(description="the step that made this one")


class File(Reply):
    name: str
    media_type: str
    size: int
    problem: str = Field(description="why it was not saved, if so")


class Sent(Reply):
    """A file that the agent sent."""

    id: str
    turn: str = named("turn_id", description="in which it was sent; empty: in none")
    name: str
    media_type: str
    size: int
    caption: str
    url: str = Field(description="where it is fetched, on this server")

    @classmethod
    def at(cls, conversation: int, file: views.FileView) -> Self:
        return cls.of(file, url=address(conversation, file))


class Option(Reply):
    id: str
    label: str
    style: Literal["plain", "good", "danger"]
    description: str
    words: str = Field(description="what words may go with it; empty: none")


class Question(Reply):
    id: str
    turn: str = named("turn_id", description="empty: it belongs to none")
    title: str
    body: str = Field(description="CommonMark: what exactly would happen")
    details: str
    options: list[Option]
    several: bool
    chosen: tuple[str, ...]
    free_text: bool
    permission: bool = Field(description="it lets the agent do something")
    status: Literal["open", "decided", "withdrawn"] = named("status", "value")
    outcome: str
    refused: bool


class Turn(Reply):
    id: str = named("view", "id")
    status: Literal["queued", "running", "waiting", "done", "failed", "cancelled"] = (
        named("view", "status", "value")
    )
    prompt: str = named("view", "prompt")
    parts: list[Text | Step] = named("view", "parts")
    answer: str = Field(description="the agent's last words; empty while it runs")
    structured: Parsed = Field(description="what fits the output schema; else null")
    note: str = named("view", "note", description="what it waits for, or why it ended")
    position: int = named(
        "view", "position", description="its place in the queue; 0: it is not in it"
    )
    can: Annotated[list[Deed], BeforeValidator(_deeds)] = named(
        "view", "options", description="what can be done with it now"
    )
    files: list[File] = Field(description="that came with the prompt")
    sent: list[Sent] = Field(description="files that the agent sent to people")
    questions: list[Question] = Field(
        description="what people were asked in it, open and closed, oldest first"
    )
    asked_by: str
    asked_at: float
    started_at: float | None = named("view", "started_at")
    ended_at: float | None = named("view", "ended_at")
    model: str = named("view", "model")
    cost_usd: float | None = named("view", "cost_usd")
    tokens: int | None

    @classmethod
    def at(cls, conversation: int, entry: values.Entry) -> Self:
        return cls.of(
            entry,
            sent=[Sent.at(conversation, file) for file in entry.sent],
            asked_by=YOU if entry.yours else entry.asked_by,
        )


class Turns(BaseModel):
    turns: list[Turn] = Field(description="oldest first")


class Offer(Reply):
    name: str
    description: str
    hint: str = Field(description="what may follow it; empty: nothing")
    own: bool = Field(description="false: its agent offers it")


class Accepted(BaseModel):
    turn: str | None = Field(description="null: the words answered a question")


class Executed(BaseModel):
    status: Literal["finished", "waiting"]
    turn: Turn
    questions: list[Question] = Field(description="open ones; none if finished")


class Upload(BaseModel):
    id: str
    name: str
    media_type: str
    size: int


class Stored(BaseModel):
    path: str = Field(description="to fetch it by, or to look into it")
    name: str
    kind: Literal["file", "folder"]
    size: int
    modified_at: float


class Listing(BaseModel):
    files: list[Stored]
    complete: bool = Field(description="false: there are more than are listed")


class Found(Reply):
    session: int = named("conversation")
    turn: str
    title: str
    excerpt: str
    at: float


class Logged(Reply):
    kind: Literal["tool", "error", "warning", "note"]
    name: str
    text: str
    ok: bool
    at: float
    duration_s: float | None
    turn: str = Field(description="empty: in none")


class ToolUse(BaseModel):
    name: str
    times: int
    failed: int


def _tool_uses(tools: Mapping[str, tuple[int, int]]) -> list[ToolUse]:
    return [
        ToolUse(name=name, times=times, failed=failed)
        for name, (times, failed) in tools.items()
    ]


class Log(Reply):
    turns: dict[str, int] = Field(description="how many, by how they stand")
    tools: Annotated[list[ToolUse], BeforeValidator(_tool_uses)] = Field(
        description="the most used first"
    )
    errors: int
    warnings: int
    tokens: int
    cost_usd: float
    duration_s: float = Field(description="that its turns took")
    first_at: float | None = Field(description="null: there was no turn")
    last_at: float | None
    newest: list[Logged] = Field(description="oldest first")


class Usage(Reply):
    session: int = named("conversation")
    cpu_percent: float = Field(description="of one core, lately")
    cpu_s: float
    memory_bytes: int
    threads: int
    open_files: int
    processes: int
    state: str
