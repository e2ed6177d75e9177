"""Runs that AG-UI clients start: POST /api/agui.

Rule: no table: a thread's id is its session's key and a message's id its turn's, so
the same run asked for again, after a restart too, follows the turn it started.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any

from fastapi import APIRouter, Response

from adapters.inbound import Attachment, Choice
from adapters.views import STOP
from adapters.web import openai_files as files
from adapters.web.agui import Sent
from adapters.web.agui_input import Message, Part, ResumeEntry, RunAgentInput
from adapters.web.agui_interrupts import choice
from adapters.web.agui_telling import Telling
from adapters.web.events import follow_turn
from adapters.web.openai_follow import open_turn
from adapters.web.openai_sessions import conversation, digest
from adapters.web.openai_shapes import ContentPart, FileData, ImageUrl, Refused
from adapters.web.openai_shapes import Message as Enclosing
from adapters.web.port import Desk, UnknownConversation
from adapters.web.problems import Problem, documented
from adapters.web.sse import CONTENT, Stream
from adapters.web.values import Settings

ABOUT = """\
For clients of AG-UI 1.0 (`HttpAgent`, CopilotKit): this URL, and the token as
`Authorization: Bearer`. The answer is the stream of one run.

**Which session.** `threadId` finds it, or begins it in a folder of its own; with
`forwardedProps.project` in that project. System messages count when it begins. Earlier
messages are handed over once, when the session is new.

**What starts a turn.** The newest message, if it is a user's; its id is the key, so the
same message again follows the turn it started and starts no other. If nothing new was
said, the turn that goes on is followed, else the newest one. What the client holds of
a turn that is told again is taken back by MESSAGES_SNAPSHOT first; the same if an
interrupted turn is begun anew. Inline images and files reach the agent; what it cannot
use (others' URLs, handles) is left out, and it is told so.

**Questions** of the agent are in STATE_SNAPSHOT. A client that sends `protocolVersion`
gets them as an interrupt outcome and answers by `resume`: with `option`, `text` or
`chosen` as in `responseSchema`, or with `approved`. `cancelled` stops the turn. Whoever
answers first, on whatever surface, decides. Without `protocolVersion` the run waits
until somebody does.

**Tools** of the client are not called: the agent uses its own. **A client that goes
away** does not stop the turn; RUN_STARTED's `metadata.parley` tells session and turn.
"""
_EVENTS: dict[str, Any] = {"description": "Events of the run", "content": CONTENT}
GONE = {"type": "RUN_ERROR", "message": "The session was deleted.", "code": "deleted"}


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["AG-UI"])

    @routes.post(
        "/agui",
        summary="Start or follow a run, as AG-UI clients do",
        description=ABOUT,
        response_class=Response,
        responses=documented(404, 409, 413, 415) | {200: _EVENTS},
    )
    async def run(asked: RunAgentInput) -> Stream:
        if not asked.messages and not asked.resume:
            raise Problem(422, "Nothing to do", "There is no message.")
        thread = digest("agui", asked.thread_id)
        settings = Settings(project=asked.project, system_prompt=asked.instructions)
        with _told_as_problems():
            session = (await conversation(desk, settings, thread)).id
            answered = await _resume(desk, session, asked.resume or ())
            turn = await _started(desk, session, asked)
            turn = turn or (await open_turn(desk, session)).view.id
        telling = Telling(asked, session, turn, answered)
        return Stream(_told(desk, session, turn, telling))

    return routes


async def _started(desk: Desk, session: int, asked: RunAgentInput) -> str | None:
    """The prompt's turn; None without one, or if its words answered a question."""
    if (prompt := asked.prompt) is None:
        return None
    key = digest("agui", prompt.id)
    enclosed = await _enclosed(desk, session, prompt, key[:12])
    if not prompt.text.strip() and not any(file.path for file in enclosed):
        raise Problem(422, "Nothing to say", "There is no text and no usable file.")
    new = not await desk.history(session, limit=1)
    words = asked.words(prompt, new=new)
    return await desk.say(session, words, key=f"agui:{key}", files=enclosed)


async def _resume(
    desk: Desk, session: int, entries: Sequence[ResumeEntry]
) -> frozenset[str]:
    """Give the answers. Those to questions that are decided already do nothing."""
    given = {entry.interrupt_id: entry for entry in entries}
    questions = await desk.questions(session)
    asked = [one for one in questions if one.id in given and one.turn_id]
    choices = [
        choice(one, given[one.id].payload)
        if given[one.id].status == "resolved"
        else Choice(one.turn_id, STOP)
        for one in asked
    ]  # all of them before any counts: one may be refused
    for question, chosen in zip(asked, choices, strict=True):
        await desk.choose(session, chosen, key=f"agui:{question.id}")
    return frozenset(question.id for question in asked)


async def _told(
    desk: Desk, session: int, turn: str, telling: Telling
) -> AsyncGenerator[Sent, None]:
    try:
        async with aclosing(follow_turn(desk, session, turn)) as events:
            async for sent in events:
                for event in telling.tell(sent.event):
                    yield Sent("", event)
                if telling.over:
                    return
    except UnknownConversation:
        pass
    yield Sent("", GONE)


async def _enclosed(
    desk: Desk, session: int, prompt: Message, mark: str
) -> tuple[Attachment, ...]:
    """AG-UI: what cannot be used must not fail the run; the agent hears of it."""
    usable: list[files.Enclosed] = []
    left_out: list[Attachment] = []
    for part in prompt.attached:
        try:
            message = Enclosing(role="user", content=[_content(part)])
            usable += files.enclosed(message)
        except Refused as refused:
            left_out.append(Attachment(part.type, "", 0, problem=str(refused)))
    return (*await files.save(desk, session, usable, mark), *left_out)


def _content(part: Part) -> ContentPart:
    source = part.source
    if source is None or source.type == "file":
        return ContentPart(type=part.type)
    url = source.value
    if source.type == "data":
        media_type = (source.mime_type or "").replace(" ", "")
        url = f"data:{media_type};base64,{source.value}"
    if part.type == "image":
        return ContentPart(type="image_url", image_url=ImageUrl(url=url))
    file = FileData(file_data=url, filename=part.filename)
    return ContentPart(type="file", file=file)


@contextmanager
def _told_as_problems() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise Problem(refused.status, "Not possible now", str(refused)) from refused
