"""What the API gives: the port's values in words for clients."""

import json
from typing import Any, Literal

from pydantic import BaseModel, Field

from adapters import inbound, views
from adapters.web import port
from adapters.web.port import Activity


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
    title: str = Field(description="its name, else how it began")
    platform: str = Field(description="where it was begun")
    activity: Activity
    project: str = Field(description="empty: it has a folder of its own")
    agent: str
    model: str
    settings: Started
    task: str
    preview: str = Field(description="how the newest answer begins")
    agent_session: str = Field(description="the agent's own name for it")
    created_at: float = Field(description="seconds since 1970, as every time here")
    updated_at: float

    @classmethod
    def of(cls, card: port.Card) -> "Session":
        settings = card.settings
        return cls(
            id=card.id,
            name=settings.name,
            title=card.title,
            platform=card.platform,
            activity=card.activity,
            project=settings.project,
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
        )


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
    turn: str
    title: str
    body: str = Field(description="CommonMark: what exactly would happen")
    details: str
    options: list[Option]
    several: bool
    chosen: tuple[str, ...]
    free_text: bool
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
    files: list[File]
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
    def of(cls, entry: port.Entry) -> "Turn":
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
            files=[File.of(file) for file in entry.files],
            questions=[Question.of(one) for one in entry.questions],
            asked_by=entry.asked_by,
            asked_at=entry.asked_at,
            started_at=view.started_at,
            ended_at=view.ended_at,
            model=view.model,
            cost_usd=view.cost_usd,
            tokens=entry.tokens,
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


def parsed(text: str) -> Any:
    """JSON that somebody else wrote; None if it is none."""
    try:
        return json.loads(text, parse_constant=_refused) if text else None
    except ValueError:
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
