"""What the API gives: the port's values in words for clients."""

import json
from dataclasses import asdict
from typing import Any, Literal, Self

from pydantic import BaseModel, Field

from adapters import inbound, views
from adapters.web import port
from adapters.web.port import Activity
from adapters.web.sent import address

YOU = "You"
DEEDS: dict[str, Literal["stop", "steer", "instead"]] = {
    views.STOP: "stop",
    views.CANCEL: "stop",
    views.STEER: "steer",
    views.INSTEAD: "instead",
}


class Project(BaseModel):
    name: str
    path: str
    agent: str
    model: str


class Started(BaseModel):
    agent: str
    model: str
    system_prompt: str
    allowed_tools: tuple[str, ...]
    permission_mode: str
    max_turns: int
    output_schema: Any = None


class Session(BaseModel):
    id: int
    name: str
    title: str = Field(description="its name, else how it began; empty if neither")
    platform: str = Field(description="where it was begun")
    also_on: tuple[str, ...] = Field(description="further platforms it is shown on")
    activity: Activity
    project: str = Field(description="empty: it has a folder of its own")
    branch: str = Field(description="of its own worktree; empty: it has none")
    agent: str
    model: str
    settings: Started
    task: str
    preview: str = Field(description="how the newest answer begins")
    agent_session: str = Field(description="the agent's own name for it")
    created_at: float = Field(description="seconds since 1970, as every time here")
    updated_at: float
    parked_until: float | None = Field(
        description="its turns wait so long for a usage limit to end; null: they do not"
    )

    @classmethod
    def of(cls, card: port.Card, **more: Any) -> Self:
        settings = card.settings
        return cls(
            id=card.id,
            name=settings.name,
            title=card.title,
            platform=card.platform,
            also_on=card.also_on,
            activity=card.activity,
            project=settings.project,
            branch=card.branch,
            agent=settings.agent,
            model=settings.model,
            settings=Started(
                agent=settings.agent,
                model=settings.model,
                system_prompt=settings.system_prompt,
                allowed_tools=settings.allowed_tools,
                permission_mode=settings.permission_mode,
                max_turns=settings.max_turns,
                output_schema=parsed(settings.output_schema),
            ),
            task=settings.task,
            preview=card.preview,
            agent_session=card.session_id,
            created_at=card.created_at,
            updated_at=card.updated_at,
            parked_until=card.parked_until,
            **more,
        )


class OneSession(Session):
    budgets: list[str] = Field(description="what was spent, and how much may be")


class Sessions(BaseModel):
    sessions: list[Session]
    next: float | None = Field(description="*before* of the next page; null: no more")


class Text(BaseModel):
    type: Literal["text"] = "text"
    text: str = Field(description="CommonMark")
    complete: bool


class Step(BaseModel):
    type: Literal["step"] = "step"
    id: str
    title: str
    kind: views.StepKind
    ok: bool | None = Field(description="null while it runs")
    output: str
    parent: str = Field(description="the step that made this one")


class File(BaseModel):
    name: str
    media_type: str
    size: int
    problem: str = Field(description="why it was not saved, if so")

    @classmethod
    def of(cls, file: inbound.Attachment) -> "File":
        return cls(
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            problem=file.problem,
        )


class Sent(BaseModel):
    """A file that the agent sent."""

    id: str
    turn: str = Field(description="in which it was sent; empty: in none")
    name: str
    media_type: str
    size: int
    caption: str
    url: str = Field(description="where it is fetched, on this server")

    @classmethod
    def of(cls, conversation: int, file: views.FileView) -> "Sent":
        return cls(
            id=file.id,
            turn=file.turn_id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            caption=file.caption,
            url=address(conversation, file),
        )


class Option(BaseModel):
    id: str
    label: str
    style: Literal["plain", "good", "danger"]
    description: str
    words: str = Field(description="what words may go with it; empty: none")

    @classmethod
    def of(cls, option: views.Option) -> "Option":
        return cls(
            id=option.id,
            label=option.label,
            style=option.style,
            description=option.description,
            words=option.words,
        )


class Question(BaseModel):
    id: str
    turn: str = Field(description="empty: it belongs to none")
    title: str
    body: str = Field(description="CommonMark: what exactly would happen")
    details: str
    options: list[Option]
    several: bool
    chosen: tuple[str, ...]
    free_text: bool
    permission: bool = Field(description="it lets the agent do something")
    status: Literal["open", "decided", "withdrawn"]
    outcome: str
    refused: bool

    @classmethod
    def of(cls, question: views.QuestionView) -> "Question":
        return cls(
            id=question.id,
            turn=question.turn_id,
            title=question.title,
            body=question.body,
            details=question.details,
            options=[Option.of(option) for option in question.options],
            several=question.several,
            chosen=question.chosen,
            free_text=question.free_text,
            permission=question.permission,
            status=question.status.value,
            outcome=question.outcome,
            refused=question.refused,
        )


class Turn(BaseModel):
    id: str
    status: Literal["queued", "running", "waiting", "done", "failed", "cancelled"]
    prompt: str
    parts: list[Text | Step]
    answer: str = Field(description="the agent's last words; empty while it runs")
    structured: Any = Field(description="what fits the output schema; else null")
    note: str = Field(description="what it waits for, or why it ended")
    position: int = Field(description="its place in the queue; 0: it is not in it")
    can: list[Literal["stop", "steer", "instead"]] = Field(
        description="what can be done with it now"
    )
    files: list[File] = Field(description="that came with the prompt")
    sent: list[Sent] = Field(description="files that the agent sent to people")
    questions: list[Question] = Field(
        description="what people were asked in it, open and closed, oldest first"
    )
    asked_by: str
    asked_at: float
    started_at: float | None
    ended_at: float | None
    model: str
    cost_usd: float | None
    tokens: int | None

    @classmethod
    def of(cls, conversation: int, entry: port.Entry) -> "Turn":
        view = entry.view
        return cls(
            id=view.id,
            status=view.status.value,
            prompt=view.prompt,
            parts=[_part(part) for part in view.parts],
            answer=entry.answer,
            structured=parsed(entry.structured),
            note=view.note,
            position=view.position,
            can=[DEEDS[option.id] for option in view.options],
            files=[File.of(file) for file in entry.files],
            sent=[Sent.of(conversation, file) for file in entry.sent],
            questions=[Question.of(one) for one in entry.questions],
            asked_by=YOU if entry.yours else entry.asked_by,
            asked_at=entry.asked_at,
            started_at=view.started_at,
            ended_at=view.ended_at,
            model=view.model,
            cost_usd=view.cost_usd,
            tokens=entry.tokens,
        )


class Offer(BaseModel):
    name: str
    description: str
    hint: str = Field(description="what may follow it; empty: nothing")
    own: bool = Field(description="false: its agent offers it")

    @classmethod
    def of(cls, offer: port.Offer) -> "Offer":
        return cls(
            name=offer.name,
            description=offer.description,
            hint=offer.hint,
            own=offer.own,
        )


class Turns(BaseModel):
    turns: list[Turn] = Field(description="oldest first")


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


class Found(BaseModel):
    session: int
    turn: str
    title: str
    excerpt: str
    at: float


class Logged(BaseModel):
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


class Log(BaseModel):
    turns: dict[str, int] = Field(description="how many, by how they stand")
    tools: list[ToolUse] = Field(description="the most used first")
    errors: int
    warnings: int
    tokens: int
    cost_usd: float
    duration_s: float = Field(description="that its turns took")
    first_at: float | None = Field(description="null: there was no turn")
    last_at: float | None
    newest: list[Logged] = Field(description="oldest first")

    @classmethod
    def of(cls, log: port.Log) -> "Log":
        return cls(
            turns=dict(log.turns),
            tools=[
                ToolUse(name=name, times=times, failed=failed)
                for name, (times, failed) in log.tools.items()
            ],
            errors=log.errors,
            warnings=log.warnings,
            tokens=log.tokens,
            cost_usd=log.cost_usd,
            duration_s=log.duration_s,
            first_at=log.first_at,
            last_at=log.last_at,
            newest=[Logged(**asdict(line)) for line in log.newest],
        )


class Usage(BaseModel):
    session: int
    cpu_percent: float = Field(description="of one core, lately")
    cpu_s: float
    memory_bytes: int
    threads: int
    open_files: int
    processes: int
    state: str

    @classmethod
    def of(cls, usage: port.Usage) -> "Usage":
        fields = asdict(usage)
        return cls(session=fields.pop("conversation"), **fields)


def parsed(text: str) -> Any:
    """JSON that somebody else wrote; None if it is none."""
    try:
        return json.loads(text, parse_constant=_refused) if text else None
    except (RecursionError, ValueError):
        return None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _part(part: views.Said | views.Step) -> Text | Step:
    match part:
        case views.Said():
            return Text(text=part.text, complete=part.complete)
        case views.Step():
            return Step(
                id=part.id,
                title=part.title,
                kind=part.kind,
                ok=part.ok,
                output=part.output,
                parent=part.parent,
            )
