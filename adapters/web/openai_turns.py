"""From a request to the turn it starts, or started before."""

from dataclasses import dataclass

from fastapi import Request

from adapters.web import openai_files as files
from adapters.web.openai_follow import open_turn
from adapters.web.openai_request import Ask, read
from adapters.web.openai_sessions import (
    Delivered,
    conversation,
    digest,
    repeated,
    session_key,
    turn_key,
)
from adapters.web.openai_shapes import Chat, Refused
from adapters.web.openai_telling import Telling
from adapters.web.port import Desk
from adapters.web.values import Settings

#: The model that is no project: the conversation gets a folder of its own.
SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Reply:
    """A turn that is under way, and how it is to be told."""

    desk: Desk
    chat: Chat
    conversation: int
    turn: str
    telling: Telling
    structured: bool  # the answer has to fit a schema


def models(desk: Desk) -> list[str]:
    return list(dict.fromkeys([*_projects(desk), SCRATCH]))


def known(desk: Desk, name: str) -> str:
    """*name*, if it is a model's; else raises `Refused`."""
    if name in (names := models(desk)):
        return name
    raise Refused(
        f"There is no model {name!r}; there are: {', '.join(names)}.",
        status=404,
        param="model",
        code="model_not_found",
    )


async def started(
    desk: Desk, chat: Chat, request: Request, delivered: Delivered
) -> Reply:
    ask = read(chat)
    session = session_key(chat, request.headers)
    key = turn_key(chat, session, request.headers)
    project = chat.model if chat.model in _projects(desk) else ""
    settings = Settings(project=project, system_prompt=ask.system_prompt)
    number = (await conversation(desk, settings, session)).id
    telling = Telling(f"{request.base_url}c/{number}")
    newest = delivered.newest_key(key)
    turn = await _said(desk, number, ask, newest)
    if not repeated(request.headers):
        while turn and await _is_wanted_anew(desk, number, turn, delivered):
            newest = digest("again", newest, turn)
            turn = await _said(desk, number, ask, newest)
        delivered.renew(key, newest)
    if turn is None:
        turn = await _taken_up(desk, number, telling)
    return Reply(desk, chat, number, turn, telling, bool(ask.output_schema))


async def _said(desk: Desk, number: int, ask: Ask, key: str) -> str | None:
    text = ask.text
    if ask.earlier and not await desk.history(number, limit=1):
        text = f"What was said before:\n\n{ask.earlier}\n\n---\n\n{text}"
    saved = await files.save(desk, number, ask.files, key[:12])
    return await desk.say(
        number,
        text,
        key=f"openai:{key}",
        files=saved,
        output_schema=ask.output_schema,
    )


async def _is_wanted_anew(
    desk: Desk, number: int, turn: str, delivered: Delivered
) -> bool:
    entry = await desk.entry(number, turn)
    return entry is not None and delivered.covers(number, entry.view)


async def _taken_up(desk: Desk, number: int, telling: Telling) -> str:
    """The turn that waited for these words: told from where it is now."""
    entry = await open_turn(desk, number)
    if not entry.view.final:
        list(telling.turn(entry.view))
    return entry.view.id


def _projects(desk: Desk) -> list[str]:
    return [project.name for project in desk.projects()]
