"""A fake of the Messages API on a loopback port, for the real `claude`.

Start it, point the agent's `ANTHROPIC_BASE_URL` at `url`, and give it any key:

    async with FakeMessages() as api:
        env = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": "sk-ant-fake"}

What it answers is decided by words in the newest prompt (the first match wins; see
`tests.messages_orders`), so that a story that only types into a chat can direct it:

    SAY[words]               these words
    WORDS[n]                 n words: word0 word1 ...
    THINK[n]                 n thoughts, then "Thought about it."
    RUN[command]RUN          "Running it.", Bash, then "Tool said: <its output>"
    BACK[command]BACK        the same in the background
    READ[path] WRITE[path]   the file tools; WRITE writes "hello"
    TOOL[Name|{json}]TOOL    any tool, with any input
    TASK[prompt]TASK         a subagent that gets this prompt
    BACKTASK[prompt]TASK     the same in the background
    PLAN[markdown]PLAN       ExitPlanMode
    ASK[question]            AskUserQuestion with the options A and B
    ask(question(...), ...)  the same with any questions
    FAIL[status]             an HTTP error: 400 401 403 404 413 429 500 529
    CUT[n]                   the connection breaks after n words
    anything else            "You said: <the prompt's first text>"

and these say how, in any prompt:

    SLOW[ms]                 so long between two words
    HOLD[name]               says its first word, then waits for `release(name)`
    WAIT[name]               says nothing at all before `release(name)`

After a tool has run, the prompt is older than its result, so only the result speaks:
"Tool said: ...". For what words cannot say, `then(Reply(...))` queues whole replies,
which come before any order.

`requests` keeps each conversation request, `await arrived(n)` waits for the n-th.
Bodies that the real API refuses are refused here, and kept in `refused`: look at it
when a test ends (the context manager raises if it is not empty and `strict`).
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.messages_orders import ordered, texts_of
from tests.messages_reply import Reply, Say
from tests.messages_sending import Sending, failure, sse


@dataclass
class Request:
    """One conversation request, as it arrived."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    reply: Reply
    finished: bool = False  # the whole reply was sent
    broken: bool = False  # the agent went away in the middle

    @property
    def texts(self) -> list[str]:
        """What the newest user message says, block by block, as the model sees it."""
        return texts_of(self.body)

    @property
    def everything(self) -> str:
        """All messages as JSON, to look for what must not be there."""
        return json.dumps(self.body["messages"], ensure_ascii=False)


class FakeMessages:
    def __init__(self, *, strict: bool = True) -> None:
        self.requests: list[Request] = []
        self.refused: list[str] = []
        self.others: list[str] = []  # what else was asked: "HEAD /", ...
        self.url = ""
        self._strict = strict
        self._queued: deque[Reply] = deque()
        self._gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._changed = asyncio.Condition()
        app = web.Application(client_max_size=256 * 2**20)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_route("*", "/{tail:.*}", self._other)
        self._server = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> Self:
        await self._server.setup()
        site = web.TCPSite(self._server, "127.0.0.1", 0)
        await site.start()
        host, port = self._server.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for gate in self._gates.values():
            gate.set()
        await self._server.cleanup()
        if self._strict and error is None and self.refused:
            raise AssertionError(f"the real API would refuse this: {self.refused}")

    def then(self, *replies: Reply) -> None:
        """Queue replies for the coming conversation requests."""
        self._queued.extend(replies)

    def release(self, name: str) -> None:
        """Open a gate for good: replies that wait there go on."""
        self._gates[name].set()

    async def arrived(self, count: int, *, within_s: float = 20) -> Request:
        """Wait for the *count*-th conversation request (from 1)."""
        await self.until(lambda: len(self.requests) >= count, within_s=within_s)
        return self.requests[count - 1]

    async def until(
        self, condition: Callable[[], bool], *, within_s: float = 20
    ) -> None:
        """Wait until *condition* holds; it is looked at whenever something happened."""
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(condition)

    def reply_to(self, body: Mapping[str, Any]) -> Reply:
        """What its newest prompt orders; a model of its own mind overrides this."""
        return ordered(body)

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _other(self, request: web.Request) -> web.Response:
        self.others.append(f"{request.method} {request.path}")
        if "count_tokens" in request.path:
            return web.json_response({"input_tokens": 1234})
        return web.json_response({})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if problem := _problem(body):
            self.refused.append(problem)
            return failure(Reply(status=400, message=problem))
        if not body.get("tools"):  # titles and the like, beside the conversation
            return await self._send(request, Sending(body, Reply(blocks=[Say("ok")])))
        reply = self._queued.popleft() if self._queued else self.reply_to(body)
        kept = Request(body, dict(request.headers), reply)
        self.requests.append(kept)
        await self._note()
        try:
            response = await self._send(request, Sending(body, reply))
            kept.finished = True
        except ConnectionError:
            kept.broken = True
            response = web.Response()  # to a closed connection: goes nowhere
        finally:
            await self._note()
        return response

    async def _send(
        self, request: web.Request, sending: "Sending"
    ) -> web.StreamResponse:
        reply = sending.reply
        if reply.wait:
            await self._gates[reply.wait].wait()
        if reply.status != 200:
            return failure(reply)
        if not sending.body.get("stream"):
            return web.json_response(sending.whole(), headers=reply.headers)
        headers = {"content-type": "text/event-stream", **reply.headers}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        words = 0
        for name, data in sending.events():
            await response.write(sse(name, data))
            if name == "content_block_stop" and reply.hold_after:
                await self._gates[reply.hold_after].wait()
            if name != "content_block_delta":
                continue
            words += 1
            if reply.cut_after is not None and words >= reply.cut_after:
                assert request.transport
                request.transport.abort()
                raise ConnectionResetError
            if words == 1 and reply.hold:
                await self._gates[reply.hold].wait()
            if reply.word_delay_s:
                await asyncio.sleep(reply.word_delay_s)
        await response.write_eof()
        return response


def _problem(body: Mapping[str, Any]) -> str:
    """Why the real API would answer 400, or ""."""
    if not body.get("model") or not body.get("max_tokens"):
        return "model and max_tokens are required"
    messages = body.get("messages")
    if not messages:
        return "messages: at least one message is required"
    if messages[0]["role"] != "user":
        return "messages.0: the first message must be the user's"
    open_calls: set[str] = set()
    for number, message in enumerate(messages):
        if message["role"] == "system":
            continue
        content = message["content"]
        if not content:
            return f"messages.{number}: content must not be empty"
        blocks = [] if isinstance(content, str) else content
        if any(x["type"] == "text" and not x["text"].strip() for x in blocks):
            return f"messages.{number}: text content blocks must contain text"
        results = {x["tool_use_id"] for x in blocks if x["type"] == "tool_result"}
        if results - open_calls:
            return f"messages.{number}: tool_result without its tool_use"
        if open_calls - results:
            return f"messages.{number}: tool_use without its tool_result"
        open_calls = {x["id"] for x in blocks if x["type"] == "tool_use"}
    return "the last tool_use has no tool_result" if open_calls else ""
