"""From a turn to its answer: as a whole, or in deltas."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from adapters.views import TurnStatus
from adapters.web.openai_follow import follow
from adapters.web.openai_sessions import Delivered
from adapters.web.openai_shapes import Answer, Refused, usage
from adapters.web.openai_telling import Kind, Piece
from adapters.web.openai_turns import Reply
from adapters.web.values import Entry


async def whole(reply: Reply) -> tuple[Answer, Refused | None]:
    """The answer once it is there; with what it failed of, if it did."""
    said: dict[Kind, str] = {}
    async with aclosing(_follow(reply)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Entry):
                entry = piece
            else:
                said[piece.kind] = said.get(piece.kind, "") + piece.text
    words = (said.get("words", "") + said.get("end", "")).strip()
    answer = replace(
        _answer(reply),
        content=(entry.structured if reply.structured else "") or words,
        reasoning=said.get("work", "").strip(),
        finish="length" if entry.limited else "stop",
        usage=usage(entry),
    )
    return answer, _failure(entry)


async def deltas(
    reply: Reply, delivered: Delivered
) -> AsyncGenerator[dict[str, Any], None]:
    """The chunks of an answer; an error is the last of them, if it comes to that."""
    answer = _answer(reply)
    yield answer.chunk({"role": "assistant", "content": ""})
    try:
        async with aclosing(_follow(reply)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Entry):
                    for last in _ending(reply, piece):
                        yield last
                else:
                    yield answer.chunk({_field(reply, piece): piece.text})
    except Refused as refused:
        yield refused.body.model_dump()
        return
    delivered.add(reply.conversation, reply.turn)


def _follow(reply: Reply) -> AsyncGenerator[Piece | Entry, None]:
    return follow(reply.desk, reply.conversation, reply.turn, reply.telling)


def _answer(reply: Reply) -> Answer:
    id_ = f"chatcmpl-{reply.conversation}-{reply.turn}"
    return Answer(id_, int(time.time()), reply.chat.model)


def _field(reply: Reply, piece: Piece) -> str:
    """Clients fold reasoning away; JSON has to be all there is to the content."""
    folded = piece.kind == "work" or reply.structured
    return "reasoning_content" if folded else "content"


def _ending(reply: Reply, entry: Entry) -> list[dict[str, Any]]:
    if failure := _failure(entry):
        return [failure.body.model_dump()]
    answer = replace(_answer(reply), usage=usage(entry))
    structured = entry.structured or entry.answer if reply.structured else ""
    return [
        *([answer.chunk({"content": structured})] if structured else []),
        answer.chunk({}, "length" if entry.limited else "stop"),
        *([answer.last_chunk()] if reply.chat.wants_usage else []),
    ]


def _failure(entry: Entry) -> Refused | None:
    if entry.view.status is not TurnStatus.FAILED or entry.limited:
        return None
    return Refused(entry.view.note or "The agent failed.", status=500, code="failed")
