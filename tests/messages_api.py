"""A fake of the Messages API on a loopback port, for the real `claude`.

Start it, point the agent's `ANTHROPIC_BASE_URL` at `url`, and give it any key:

    async with FakeMessages() as api:
        env = {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": "sk-ant-fake"}

What it answers is decided by words in the newest prompt (the first match wins; see
`ORDERS`), so that a story that only types into a chat can direct it:

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
import re
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeAlias

from aiohttp import web

USAGE = {
    "input_tokens": 10,
    "output_tokens": 20,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
}
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(frozen=True)
class Say:
    text: str


@dataclass(frozen=True)
class Think:
    text: str


@dataclass(frozen=True)
class Use:
    """A tool call."""

    name: str
    input: Mapping[str, object]
    id: str = ""


Block: TypeAlias = Say | Think | Use


@dataclass(frozen=True, kw_only=True)
class Reply:
    blocks: Sequence[Block] = ()
    status: int = 200
    message: str = "a fake failure"  # of an error
    headers: Mapping[str, str] = field(default_factory=dict)
    stop_reason: str = ""  # "": what the blocks imply
    usage: Mapping[str, int] = field(default_factory=lambda: USAGE)
    word_delay_s: float = 0.0
    wait: str = ""  # a gate before the first byte
    hold: str = ""  # a gate after the first word
    hold_after: str = ""  # a gate after the first block, before the next
    cut_after: int | None = None  # words


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
        return _texts(self.body)

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
        return _ordered(body)

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
            return _error(Reply(status=400, message=problem))
        if not body.get("tools"):  # titles and the like, beside the conversation
            return await self._send(request, _Sending(body, Reply(blocks=[Say("ok")])))
        reply = self._queued.popleft() if self._queued else self.reply_to(body)
        kept = Request(body, dict(request.headers), reply)
        self.requests.append(kept)
        await self._note()
        try:
            response = await self._send(request, _Sending(body, reply))
            kept.finished = True
        except ConnectionError:
            kept.broken = True
            response = web.Response()  # to a closed connection: goes nowhere
        finally:
            await self._note()
        return response

    async def _send(
        self, request: web.Request, sending: "_Sending"
    ) -> web.StreamResponse:
        reply = sending.reply
        if reply.wait:
            await self._gates[reply.wait].wait()
        if reply.status != 200:
            return _error(reply)
        if not sending.body.get("stream"):
            return web.json_response(sending.whole(), headers=reply.headers)
        headers = {"content-type": "text/event-stream", **reply.headers}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        words = 0
        for name, data in sending.events():
            await response.write(_sse(name, data))
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


class _Sending:
    """One reply on its way: the same content, streamed or whole."""

    def __init__(self, body: Mapping[str, Any], reply: Reply) -> None:
        self.body = body
        self.reply = reply
        uses = any(isinstance(block, Use) for block in reply.blocks)
        self._stop = reply.stop_reason or ("tool_use" if uses else "end_turn")
        self._message: dict[str, object] = {
            "id": f"msg_{uuid.uuid4().hex[:20]}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "stop_sequence": None,
        }

    def whole(self) -> Mapping[str, object]:
        content = [dict(_opening(block), **_filling(block)) for block in self._blocks()]
        return {
            **self._message,
            "content": content,
            "stop_reason": self._stop,
            "usage": dict(self.reply.usage),
        }

    def events(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        start = {**self.reply.usage, "output_tokens": 1}
        message = {**self._message, "content": [], "stop_reason": None, "usage": start}
        yield "message_start", {"message": message}
        for index, block in enumerate(self._blocks()):
            at = {"index": index}
            yield "content_block_start", {**at, "content_block": _opening(block)}
            for delta in _deltas(block):
                yield "content_block_delta", {**at, "delta": delta}
            yield "content_block_stop", at
        ending = {"stop_reason": self._stop, "stop_sequence": None}
        usage = {"output_tokens": self.reply.usage["output_tokens"]}
        yield "message_delta", {"delta": ending, "usage": usage}
        yield "message_stop", {}

    def _blocks(self) -> Iterator[Block]:
        for block in self.reply.blocks:
            if isinstance(block, Use) and not block.id:
                yield Use(block.name, block.input, f"toolu_{uuid.uuid4().hex[:20]}")
            else:
                yield block


def _opening(block: Block) -> dict[str, object]:
    match block:
        case Say():
            return {"type": "text", "text": ""}
        case Think():
            return {"type": "thinking", "thinking": "", "signature": ""}
        case Use():
            return {
                "type": "tool_use",
                "id": block.id,
                "name": block.name,
                "input": {},
            }


def _filling(block: Block) -> dict[str, object]:
    match block:
        case Say():
            return {"text": block.text}
        case Think():
            return {"thinking": block.text, "signature": "c2lnbmF0dXJl"}
        case Use():
            return {"input": dict(block.input)}


def _deltas(block: Block) -> Iterator[Mapping[str, object]]:
    match block:
        case Say():
            for word in re.findall(r"\s*\S+\s*", block.text):
                yield {"type": "text_delta", "text": word}
        case Think():
            for word in re.findall(r"\s*\S+\s*", block.text):
                yield {"type": "thinking_delta", "thinking": word}
            yield {"type": "signature_delta", "signature": "c2lnbmF0dXJl"}
        case Use():
            whole = json.dumps(block.input)
            for start in range(0, len(whole), 4000):
                part = whole[start : start + 4000]
                yield {"type": "input_json_delta", "partial_json": part}


def _sse(name: str, data: Mapping[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def _error(reply: Reply) -> web.Response:
    kind = ERROR_TYPES.get(reply.status, "api_error")
    error = {"type": kind, "message": reply.message}
    body = {"type": "error", "error": error, "request_id": "req_fake"}
    return web.json_response(body, status=reply.status, headers=reply.headers)


# --- what a prompt orders -------------------------------------------------------


def question(
    words: str, *labels: str, header: str = "Pick", several: bool = False
) -> dict[str, object]:
    """A question as `AskUserQuestion` takes it."""
    options = [{"label": one, "description": f"this is {one}"} for one in labels]
    return {
        "question": words,
        "header": header,
        "multiSelect": several,
        "options": options,
    }


def ask(*questions: Mapping[str, object]) -> str:
    """The order for `AskUserQuestion` with any questions."""
    return f"TOOL[AskUserQuestion|{json.dumps({'questions': questions})}]TOOL"


def _bash(command: str, **more: object) -> Use:
    return Use("Bash", {"command": command, "description": "run", **more})


def _task(prompt: str, **more: object) -> Use:
    about = {"description": "a job", "subagent_type": "general-purpose"}
    return Use("Agent", {**about, "prompt": prompt, **more})


def _question(words: str) -> Use:
    return Use("AskUserQuestion", {"questions": [question(words, "A", "B")]})


def _tool(words: str) -> Use:
    name, _, given = words.partition("|")
    return Use(name, json.loads(given))


def _numbered(word: str, count: str) -> str:
    return " ".join(f"{word}{number}" for number in range(int(count)))


ORDERS: Sequence[tuple[str, Callable[[str], Reply]]] = (
    (r"FAIL\[(\d+)\]", lambda x: Reply(status=int(x))),
    (
        r"CUT\[(\d+)\]",
        lambda x: Reply(blocks=[Say(_numbered("lost", x) + " lost")], cut_after=int(x)),
    ),
    (r"BACKTASK\[(.*?)\]TASK", lambda x: _use(_task(x, run_in_background=True))),
    (r"TASK\[(.*?)\]TASK", lambda x: _use(_task(x, run_in_background=False))),
    (r"PLAN\[(.*?)\]PLAN", lambda x: _use(Use("ExitPlanMode", {"plan": x}))),
    (r"ASK\[(.*?)\]", lambda x: _use(_question(x))),
    (r"TOOL\[(.*?)\]TOOL", lambda x: _use(_tool(x))),
    (r"RUN\[(.*?)\]RUN", lambda x: Reply(blocks=[Say("Running it."), _bash(x)])),
    (r"BACK\[(.*?)\]BACK", lambda x: _use(_bash(x, run_in_background=True))),
    (r"READ\[(.*?)\]", lambda x: _use(Use("Read", {"file_path": x}))),
    (
        r"WRITE\[(.*?)\]",
        lambda x: _use(Use("Write", {"file_path": x, "content": "hello\n"})),
    ),
    (
        r"THINK\[(\d+)\]",
        lambda x: Reply(
            blocks=[Think(_numbered("thought", x)), Say("Thought about it.")]
        ),
    ),
    (r"WORDS\[(\d+)\]", lambda x: Reply(blocks=[Say(_numbered("word", x))])),
    (r"SAY\[(.*?)\]", lambda x: Reply(blocks=[Say(x)])),
)


def _use(tool: Use) -> Reply:
    return Reply(blocks=[tool])


def _ordered(body: Mapping[str, Any]) -> Reply:
    texts = _texts(body)
    for text in reversed(texts):  # a prompt that failed comes again before a new one
        if reply := _first_order(text):
            return _paced(text, reply)
    return _paced("\n".join(texts), Reply(blocks=[Say(_echo(body, texts))]))


def _first_order(words: str) -> Reply | None:
    for pattern, reply in ORDERS:
        if found := re.search(pattern, words, re.DOTALL):
            return reply(found[1])
    return None


def _echo(body: Mapping[str, Any], texts: Sequence[str]) -> str:
    if results := [x for x in _newest(body) if x["type"] == "tool_result"]:
        return f"Tool said: {_flat(results[-1].get('content', ''))[:300]}"
    return f"You said: {texts[0][:300] if texts else 'nothing'}"


def _paced(words: str, reply: Reply) -> Reply:
    slow = re.search(r"SLOW\[(\d+)\]", words)
    hold = re.search(r"HOLD\[(.*?)\]", words)
    wait = re.search(r"WAIT\[(.*?)\]", words)
    return Reply(
        blocks=reply.blocks,
        status=reply.status,
        cut_after=reply.cut_after,
        word_delay_s=int(slow[1]) / 1000 if slow else 0.0,
        hold=hold[1] if hold else "",
        wait=wait[1] if wait else "",
    )


def _newest(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocks since the model's last words, without the agent's own reminders."""
    blocks: list[dict[str, Any]] = []
    for message in reversed(body["messages"]):
        if message["role"] == "assistant":
            break
        if message["role"] != "user":
            continue
        content = message["content"]
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        blocks = [*content, *blocks]
    return [x for x in blocks if not _is_reminder(x)]


def _texts(body: Mapping[str, Any]) -> list[str]:
    return [x["text"] for x in _newest(body) if x["type"] == "text"]


def _is_reminder(block: Mapping[str, Any]) -> bool:
    text = str(block.get("text", ""))
    return block["type"] == "text" and text.lstrip().startswith("<system-reminder>")


def _flat(content: Any) -> str:
    if isinstance(content, str):
        return content
    return " ".join(x.get("text", f"<{x['type']}>") for x in content)


# --- what the real API refuses ---------------------------------------------------


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
