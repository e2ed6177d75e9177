"""Several prompts side by side, each in a conversation of its own: /api/tasks."""

import hashlib
from collections.abc import Iterator
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Header, Path, Query
from pydantic import BaseModel, Field
from sse_starlette import EventSourceResponse

from adapters.inbound import Choice
from adapters.views import CANCEL, STOP, TurnStatus
from adapters.web.bodies import Start
from adapters.web.keys import GivenKey, key
from adapters.web.port import Conflict, Desk, UnknownConversation
from adapters.web.problems import documented
from adapters.web.sse import CONTENT, Stream
from adapters.web.task_events import follow_all
from adapters.web.task_state import Task, cards, finished, state, turns
from adapters.web.values import Settings

PROMPTS = 50
PATIENCE_S = 600

TaskId: TypeAlias = Annotated[str, Path(pattern="^[0-9a-f]{24}$")]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=200_000)]


class Prompt(Start):
    """A prompt with settings of its own, before those of the whole task."""

    text: Words


class NewTask(Start):
    """What to start; the settings are those of every conversation."""

    prompts: Annotated[list[Words | Prompt], Field(min_length=1, max_length=PROMPTS)]

    def each(self, task: str) -> Iterator[tuple[Settings, str]]:
        common = self.model_dump(exclude={"prompts"}, exclude_unset=True)
        for prompt in self.prompts:
            if isinstance(prompt, str):
                yield Start(**common).settings(task=task), prompt
            else:
                own = prompt.model_dump(exclude={"text"}, exclude_unset=True)
                yield Start(**common | own).settings(task=task), prompt.text


class StartedTask(BaseModel):
    id: str
    sessions: list[int] = Field(description="in the order of the prompts")


class CancelledTask(BaseModel):
    id: str
    stopped: list[int] = Field(description="sessions in which something went on")


def router(desk: Desk) -> APIRouter:
    api = APIRouter(prefix="/api/tasks", tags=["tasks"])

    @api.post(
        "",
        status_code=201,
        summary="Start prompts side by side",
        responses=documented(409, 413, 415),
    )
    async def start(body: NewTask, idempotency: GivenKey = None) -> StartedTask:
        task = _id(key("tasks", "new", idempotency))
        wanted = list(body.each(task))
        _only_known_projects(desk, [settings for settings, _ in wanted])
        sessions = [
            (await desk.begin(settings, key=f"task:{task}:{place}")).id
            for place, (settings, _) in enumerate(wanted)
        ]  # all of them before any works: a setting may be refused
        for place, (session, (_, text)) in enumerate(
            zip(sessions, wanted, strict=True)
        ):
            await desk.say(session, text, key=f"task:{task}:{place}:say")
        return StartedTask(id=task, sessions=sessions)

    @api.get("/{task}", summary="How it is doing", responses=documented(404))
    async def show(task: TaskId) -> Task:
        return await state(desk, task)

    @api.get(
        "/{task}/results",
        summary="Wait for all of it, then as above",
        responses=documented(404),
    )
    async def results(
        task: TaskId,
        wait: Annotated[
            float, Query(ge=0, le=PATIENCE_S, description="seconds; then as it is")
        ] = 0,
    ) -> Task:
        return await finished(desk, task, within_s=wait)

    @api.get(
        "/{task}/events",
        summary="Watch all of it",
        description="The events of each session's newest turn, as they come; "
        "`threadId` says whose they are. It ends when all of them have.",
        response_class=EventSourceResponse,
        responses=documented(404) | {200: {"content": CONTENT}},
    )
    async def watch(
        task: TaskId,
        last_event_id: Annotated[str, Header(alias="Last-Event-ID")] = "",
    ) -> Stream:
        return Stream(follow_all(desk, await turns(desk, task), last_event_id))

    @api.delete(
        "/{task}",
        status_code=202,
        summary="Stop what goes on",
        description="The conversations stay; delete them one by one if you like.",
        responses=documented(404),
    )
    async def cancel(task: TaskId) -> CancelledTask:
        stopped = [
            card.id
            for card in await cards(desk, task)
            if await _stopped(desk, card.id, task)
        ]
        return CancelledTask(id=task, stopped=stopped)

    return api


def _id(given: str) -> str:
    return hashlib.sha256(given.encode()).hexdigest()[:24]


def _only_known_projects(desk: Desk, wanted: list[Settings]) -> None:
    """Before any of them begins: nobody wants half a task."""
    known = {project.name for project in desk.projects()}
    for settings in wanted:
        if settings.project and settings.project not in known:
            raise Conflict(f"There is no project {settings.project}.")


async def _stopped(desk: Desk, conversation: int, task: str) -> bool:
    """Press Stop or Cancel of all that is open in it; whether there was anything."""
    try:
        entries = await desk.history(conversation)
        going = [entry.view for entry in entries if not entry.view.final]
        for view in reversed(going):  # those that wait first: none may move up
            option = CANCEL if view.status is TurnStatus.QUEUED else STOP
            await desk.choose(
                conversation,
                Choice(view.id, option),
                key=f"task:{task}:{view.id}:{option}",
            )
    except UnknownConversation:  # deleted since it was listed
        return False
    return bool(going)
