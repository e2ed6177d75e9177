"""OpenAI's Chat Completions, as far as we speak it: bodies in, bodies out. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from adapters.web.values import Entry

FinishReason: TypeAlias = Literal["stop", "length", "tool_calls"]


class ImageUrl(BaseModel):
    url: str


class FileData(BaseModel):
    file_data: str = ""
    filename: str = "file"


class ContentPart(BaseModel):
    type: str
    text: str = ""
    image_url: ImageUrl | None = None
    file: FileData | None = None


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """Its words, without what is attached."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(BaseModel):
    include_usage: bool = False


class Chat(BaseModel):
    """A request. What is not named here is accepted, and changes nothing."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = None
    response_format: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    functions: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    n: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None
    stop: str | list[str] | None = None

    @property
    def wants_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


class ErrorFacts(BaseModel):
    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorBody(BaseModel):
    error: ErrorFacts


class Refused(Exception):
    """The answer is an error; says why, to whoever reads the client's."""

    def __init__(
        self, message: str, *, status: int = 400, param: str = "", code: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error" if status < 500 else "server_error"
        self.body = ErrorBody(
            error=ErrorFacts(
                message=message, type=kind, param=param or None, code=code or None
            )
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client is told: once as a whole, or in deltas."""

    id: str
    created: int
    model: str
    content: str = ""
    reasoning: str = ""
    finish: FinishReason = "stop"
    tool_call: Mapping[str, Any] | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)  # empty: not known

    def completion(self) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": self.content}
        if self.reasoning:
            message["reasoning_content"] = self.reasoning
        if self.tool_call:
            message |= {"content": None, "tool_calls": [self.tool_call]}
        choice = {"index": 0, "message": message, "logprobs": None}
        return self._frame("chat.completion") | {
            "choices": [choice | {"finish_reason": self.finish}],
            "usage": self.usage or NO_USAGE,
        }

    def chunk(
        self, delta: Mapping[str, Any], finish: FinishReason | None = None
    ) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._frame("chat.completion.chunk") | {"choices": [choice]}

    def last_chunk(self) -> dict[str, Any]:
        """What it took; only for those who asked for it."""
        frame = self._frame("chat.completion.chunk")
        return frame | {"choices": [], "usage": self.usage or NO_USAGE}

    def _frame(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
        }


NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def usage(entry: Entry) -> dict[str, Any]:
    """As far as it is known: agents tell the sum of all they read and wrote."""
    tokens = entry.tokens or 0
    known: dict[str, Any] = NO_USAGE | {
        "completion_tokens": tokens,
        "total_tokens": tokens,
    }
    if entry.view.cost_usd is not None:
        known["cost"] = entry.view.cost_usd  # as OpenRouter tells it
    return known


def encoded(body: Mapping[str, Any]) -> bytes:
    """As JSON. Half a surrogate pair, which no UTF-8 can say, becomes "?"."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "parley"}
