"""A reply as the Messages API sends it: streamed, whole, or as an error."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from tests.messages_reply import Block, Reply, Say, Think, Use

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


class Sending:
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


def sse(name: str, data: Mapping[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


def failure(reply: Reply) -> web.Response:
    kind = ERROR_TYPES.get(reply.status, "api_error")
    error = {"type": kind, "message": reply.message}
    body = {"type": "error", "error": error, "request_id": "req_fake"}
    return web.json_response(body, status=reply.status, headers=reply.headers)
