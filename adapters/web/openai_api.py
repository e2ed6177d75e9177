"""Chat clients that speak OpenAI's protocol: /v1/models and /v1/chat/completions.

Rule: a request starts one turn, with its newest message; asked again, it joins that.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException

from adapters.web.openai_answers import deltas, whole
from adapters.web.openai_chores import Chore, chore
from adapters.web.openai_sessions import Delivered, digest
from adapters.web.openai_shapes import Answer, Chat, ErrorBody, Refused, encoded, model
from adapters.web.openai_turns import known, models, started
from adapters.web.port import Conflict, Desk, UnknownConversation
from adapters.web.problems import MEDIA_TYPE, SCHEMA
from adapters.web.sse import PING_S, STALLED_S, Stream

COMPLETIONS = """\
Only the newest user message reaches the agent; it remembers the rest itself. Earlier
messages are handed over once, when the conversation is new to Parley (a model changed
in the middle of a chat); the system prompt counts when it begins.

**Which conversation.** By `X-Session-Id`, `X-OpenWebUI-Chat-Id`,
`X-LibreChat-Conversation-Id` or `X-Conversation-Id`; without one by `user` and the
first user message, so give chats that may begin with the same words a header. Each
model has its own. The answer's `X-Parley-Session` header tells its number: it can be
watched, stopped and answered at `/c/{number}`.

**The same request again** joins the turn it started, or gets its answer: recognised
by `Idempotency-Key`, else by conversation, number of user messages and the newest one.
Once an answer went out whole, the same request without a key is meant as “regenerate”
and runs the message anew, in the same conversation; so does an edited one. (After a
restart of Parley: once the answer is ten minutes old.)

**A client that goes away** does not stop the turn.

**Questions** of the agent are streamed with the address to answer them at; a request
that does not stream waits until they are decided.

**Accepted and ignored:** `temperature`, `top_p`, `max_tokens`, `max_completion_tokens`,
`seed`, `frequency_penalty`, `presence_penalty`, `logit_bias`, `reasoning_effort`,
`verbosity`, `metadata`, `store`, `service_tier`, `prediction`, `parallel_tool_calls`,
`web_search_options` and what is unknown. **Refused:** `tools`, `functions`, `n` over 1,
`logprobs`, audio, `stop`, `response_format` `json_object`, files that are not `data:`
URLs. `json_schema` is answered with JSON that fits.

**Usage:** the agent's sum of tokens stands in `completion_tokens`; 0 if not known.
Titles, tags and suggestions that Open WebUI, LibreChat and LobeChat ask for in the
background are answered without the agent.
"""


def _errors(words: str) -> dict[str, Any]:
    """For the description: ours, and the guard's, which speaks to all the same way."""
    told = {MEDIA_TYPE: {"schema": SCHEMA}}
    return {"model": ErrorBody, "description": words, "content": told}


ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": _errors("Refused; `error.message` says why"),
    "5XX": _errors("The agent failed; `error.message` says how"),
}


class OpenAIRoute(APIRoute):
    """Errors in OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                return _error(_misread(error))
            except HTTPException as error:
                return _error(Refused(error.detail, status=error.status_code))
            except Conflict as conflict:
                return _error(Refused(str(conflict), status=409))
            except UnknownConversation:
                return _error(Refused("This chat was just deleted.", status=409))
            except Refused as refused:
                return _error(refused)

        return guarded


def router(desk: Desk, *, keep_alive_s: int = PING_S) -> APIRouter:
    api = APIRouter(
        prefix="/v1", tags=["OpenAI"], route_class=OpenAIRoute, responses=ERRORS
    )
    delivered = Delivered()

    @api.get("/models", summary="The projects, as models")
    async def list_models() -> dict[str, Any]:
        return {"object": "list", "data": [model(name) for name in models(desk)]}

    @api.get("/models/{name:path}", summary="One of them")
    async def one_model(name: str) -> dict[str, Any]:
        return model(known(desk, name))

    @api.post(
        "/chat/completions",
        summary="Answer the newest message",
        description=COMPLETIONS,
        response_class=JSONResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    async def completions(chat: Chat, request: Request) -> Response:
        known(desk, chat.model)
        if (done := chore(chat)) is not None:
            return _chore(chat, done)
        reply = await started(desk, chat, request, delivered)
        headers = {"X-Parley-Session": str(reply.conversation)}
        if chat.stream:
            chunks = deltas(reply, delivered)
            return _Stream(chunks, keep_alive_s=keep_alive_s, headers=headers)
        answer, failure = await whole(reply)
        if not await request.is_disconnected():
            delivered.add(reply.conversation, reply.turn)
        if failure:
            raise failure
        return _json(answer, headers)

    return api


def _chore(chat: Chat, done: Chore) -> Response:
    call = done.tool_call(chat)
    answer = Answer(
        f"chatcmpl-{digest(chat.model_dump_json())}",
        int(time.time()),
        chat.model,
        content=done.content(chat),
        finish="tool_calls" if call else "stop",
        tool_call=call,
    )
    if not chat.stream:
        return _json(answer)

    async def chunks() -> AsyncGenerator[dict[str, Any], None]:
        called = {"tool_calls": [{"index": 0, **call}]} if call else {}
        content = None if call else answer.content
        yield answer.chunk({"role": "assistant", "content": content, **called})
        yield answer.chunk({}, answer.finish)
        if chat.wants_usage:
            yield answer.last_chunk()

    return _Stream(chunks())


class _Stream(Stream):
    """Chunks as OpenAI's clients read them."""

    def __init__(
        self,
        chunks: AsyncGenerator[dict[str, Any], None],
        *,
        keep_alive_s: int = PING_S,
        headers: dict[str, str] | None = None,
    ) -> None:
        EventSourceResponse.__init__(
            self,
            _frames(chunks),
            ping=keep_alive_s,
            send_timeout=STALLED_S,
            sep="\n",
            headers=headers,
        )


async def _frames(
    chunks: AsyncGenerator[dict[str, Any], None],
) -> AsyncIterator[bytes]:
    async with aclosing(chunks):
        async for chunk in chunks:
            yield b"data: %b\n\n" % encoded(chunk)
    yield b"data: [DONE]\n\n"


def _json(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    body = encoded(answer.completion())
    return Response(body, headers=headers, media_type="application/json")


def _misread(error: RequestValidationError) -> Refused:
    first = error.errors()[0]
    where = ".".join(str(place) for place in first["loc"] if place != "body")
    return Refused(f"{where or 'The body'}: {first['msg']}", param=where)


def _error(refused: Refused) -> Response:
    # But for this header, OpenAI's clients try again after any 409 or 5xx.
    once = {"x-should-retry": "false"}
    body = encoded(refused.body.model_dump())
    return Response(body, refused.status, once, "application/json")
