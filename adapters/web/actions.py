"""What a session is told, over HTTP: words, answers, Stop, commands; and what follows.

Rule: what starts something is kept before it is answered. A client that goes away stops
nothing; with the same key it finds its turn again.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response, status

from adapters.inbound import Choice
from adapters.views import (
    CANCEL,
    DONE,
    INSTEAD,
    STEER,
    STOP,
    QuestionView,
    TurnStatus,
)
from adapters.web import replies
from adapters.web.bodies import (
    Answer,
    Execution,
    Instruction,
    Message,
    SessionId,
    ViewId,
    schema_text,
)
from adapters.web.events import follow, follow_turn, settled
from adapters.web.keys import GivenKey, key
from adapters.web.leaving import unless_gone
from adapters.web.port import Desk
from adapters.web.problems import Problem, documented
from adapters.web.sse import CONTENT, Stream
from adapters.web.tongues import Tongue
from adapters.web.uploads import attachments

LastEventId = Annotated[
    str,
    Header(
        alias="Last-Event-ID",
        max_length=4000,
        description="the newest id that was read: goes on right after it",
    ),
]
_CHANGES = documented(404, 409, 413, 415)
_EXECUTED: dict[str, Any] = {
    "description": "The turn; or with Accept: text/event-stream its events",
    "content": {"application/json": {}} | CONTENT,
}
_EVENTS: dict[str, Any] = {"description": "Events, without an end", "content": CONTENT}


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api/sessions/{session}", tags=["conversation"])

    async def say(
        session: int,
        message: Message,
        idempotency: str,
        tongue: str,
        schema: str = "",
    ) -> str | None:
        if not message.text.strip() and not message.files:
            raise Problem(422, "Nothing to say", "There is no text and no file.")
        files = await attachments(desk, session, message.files)
        return await desk.say(
            session,
            message.text,
            key=idempotency,
            files=files,
            output_schema=schema,
            language=tongue,
        )

    @routes.post(
        "/messages",
        status_code=status.HTTP_202_ACCEPTED,
        summary="Say something",
        responses=_CHANGES,
    )
    async def messages(
        session: SessionId,
        message: Message,
        tongue: Tongue,
        idempotency: GivenKey = None,
    ) -> replies.Accepted:
        """Returns at once; `events` tells what comes of it."""
        given = key("messages", session, idempotency)
        turn = await say(session, message, given, tongue)
        return replies.Accepted(turn=turn)

    @routes.post(
        "/execute",
        summary="Say something, and have the answer",
        response_model=replies.Executed,
        responses=_CHANGES | {200: _EXECUTED},
    )
    async def execute(
        request: Request,
        session: SessionId,
        message: Execution,
        tongue: Tongue,
        wait: Annotated[
            bool,
            Query(
                description="false: if the agent has to ask, answer with `waiting` and "
                "its questions instead of waiting until somebody decides"
            ),
        ] = True,
        idempotency: GivenKey = None,
        last_event_id: LastEventId = "",
    ) -> Any:
        """One JSON answer when the turn has ended, or AG-UI events until it has.

        A client that goes away does not stop the turn. The same request with the same
        key takes it up again, as a stream from `Last-Event-ID` on. If the words answer
        an open question, the turn that asked is the one that is followed.
        """
        schema = schema_text(message.output_schema)
        given = key("execute", session, idempotency)
        turn = await say(session, message, given, tongue, schema)
        turn = turn or await _under_way(desk, session)
        if "text/event-stream" in request.headers.get("accept", ""):
            return Stream(follow_turn(desk, session, turn, last_event_id))
        waiting = settled(desk, session, turn, until_asked=not wait)
        outcome = await unless_gone(request, waiting)
        if outcome is None:
            return Response()  # to nobody
        entry, questions = outcome
        if entry is None:
            raise Problem(404, "No such turn", "It was forgotten meanwhile.")
        return replies.Executed(
            status="finished" if entry.view.final else "waiting",
            turn=replies.Turn.at(session, entry),
            questions=[replies.Question.of(question) for question in questions],
        )

    @routes.get(
        "/events",
        summary="All that happens in a session, as it happens",
        response_class=Response,
        responses=documented(404) | {200: _EVENTS},
    )
    async def events(session: SessionId, last_event_id: LastEventId = "") -> Stream:
        """AG-UI events of one turn after another, beginning with the one under way.

        Ids are places, not numbers: `Last-Event-ID` works after any restart, with
        nothing missing and nothing twice. STATE_SNAPSHOT holds the queue and the open
        questions. CUSTOM `reset` says that what was told of a run does not hold (an
        interrupted turn was begun again): drop it, its events follow from the start.
        An empty `runId` there means all runs. CUSTOM `notice`, `question` and `file`
        pass: they have no id and are not told again. The result of a run lists the
        files that were sent in it.
        """
        await desk.conversation(session)
        return Stream(follow(desk, session, last_event_id))

    @routes.post(
        "/turns/{turn}/stop",
        status_code=status.HTTP_202_ACCEPTED,
        summary="Stop a turn, or take it out of the queue",
        responses=_CHANGES,
    )
    async def stop(
        session: SessionId, turn: ViewId, tongue: Tongue, idempotency: GivenKey = None
    ) -> None:
        """A turn that has ended stays as it is."""
        entry = await desk.entry(session, turn)
        if entry is None:
            raise Problem(404, "No such turn")
        option = CANCEL if entry.view.status is TurnStatus.QUEUED else STOP
        given = key("stop", f"{session}:{turn}", idempotency)
        await desk.choose(session, Choice(turn, option), key=given, language=tongue)

    @routes.post(
        "/turns/{turn}/{deed}",
        status_code=status.HTTP_202_ACCEPTED,
        summary="Tell the agent a queued prompt now, or do it instead of what runs",
        responses=_CHANGES,
    )
    async def move_up(
        session: SessionId,
        turn: ViewId,
        deed: Literal["steer", "instead"],
        tongue: Tongue,
        idempotency: GivenKey = None,
    ) -> None:
        """`steer`: the agent hears the words at its next pause, within the turn that
        runs. `instead`: that one is stopped. A turn that runs already stays as it is.
        """
        if await desk.entry(session, turn) is None:
            raise Problem(404, "No such turn")
        option = {"steer": STEER, "instead": INSTEAD}[deed]
        given = key(deed, f"{session}:{turn}", idempotency)
        await desk.choose(session, Choice(turn, option), key=given, language=tongue)

    @routes.get(
        "/questions", summary="What the agent waits for", responses=documented(404)
    )
    async def questions(session: SessionId) -> list[replies.Question]:
        return [replies.Question.of(one) for one in await desk.questions(session)]

    @routes.post(
        "/questions/{question}",
        status_code=status.HTTP_202_ACCEPTED,
        summary="Answer a question, allow or deny",
        responses=_CHANGES,
    )
    async def answer(
        session: SessionId,
        question: ViewId,
        given: Answer,
        tongue: Tongue,
        idempotency: GivenKey = None,
    ) -> None:
        """The first answer counts, wherever it is given; a later one does nothing."""
        asked = {one.id: one for one in await desk.questions(session)}
        choice = _choice(question, given, asked.get(question))
        press = key("questions", f"{session}:{question}", idempotency)
        await desk.choose(session, choice, key=press, language=tongue)

    @routes.post(
        "/commands",
        status_code=status.HTTP_202_ACCEPTED,
        summary="Tell the bot itself something: new, stop, status…",
        responses=_CHANGES,
    )
    async def commands(
        session: SessionId,
        told: Instruction,
        tongue: Tongue,
        idempotency: GivenKey = None,
    ) -> None:
        """Its answer comes as a CUSTOM `notice` among the events, or as a question."""
        await desk.command(
            session,
            told.name.lstrip("/"),
            told.argument,
            key=key("commands", session, idempotency),
            language=tongue,
        )

    @routes.post(
        "/typing",
        status_code=status.HTTP_202_ACCEPTED,
        summary="Say that a message is being written",
        responses=documented(404),
    )
    async def typing(session: SessionId) -> None:
        """The agent is readied meanwhile, if there is room. Nothing is promised."""
        await desk.expect(session)

    return routes


async def _under_way(desk: Desk, session: int) -> str:
    """The turn whose question was just answered."""
    for entry in reversed(await desk.history(session)):
        if entry.view.status is not TurnStatus.QUEUED:
            return entry.view.id
    raise Problem(409, "Not possible now", "The words answered a question.")


def _choice(question: str, given: Answer, asked: QuestionView | None) -> Choice:
    """Raises `Problem` for what cannot be chosen while it is asked."""
    if not (given.option or given.text or given.chosen):
        raise Problem(422, "No answer", "Give an option, a text or what is chosen.")
    if asked:
        unknown = {given.option, *given.chosen} - _options(asked)
        if unknown:
            raise Problem(422, "No such option", ", ".join(sorted(unknown)))
    option = given.option or DONE * bool(given.chosen)
    return Choice(question, option, given.text, tuple(given.chosen))


def _options(asked: QuestionView) -> set[str]:
    return {"", DONE, *(option.id for option in asked.options)}
