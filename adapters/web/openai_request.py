"""What somebody who sends a whole history wants done: its newest message. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.web.openai_files import Enclosed, enclosed
from adapters.web.openai_shapes import Chat, Message, Refused

EARLIER_LIMIT = 20_000  # characters of what was said before we came


@dataclass(frozen=True, slots=True)
class Ask:
    """The one thing to do, and what has to be known for it."""

    text: str
    files: tuple[Enclosed, ...]
    system_prompt: str
    earlier: str  # the exchange before it, for an agent that has not been there
    output_schema: str


def read(chat: Chat) -> Ask:
    """Raises `Refused` for what would change the answer in ways an agent cannot."""
    _refuse(chat)
    newest = chat.messages[-1]
    if newest.role != "user":
        raise Refused(
            "The last message has to be the user's: the agent answers it, and cannot "
            f"go on from one of the {newest.role}'s.",
            param="messages",
        )
    files = tuple(enclosed(newest))
    if not newest.text.strip() and not files:
        raise Refused("The last message is empty.", param="messages")
    return Ask(
        text=newest.text,
        files=files,
        system_prompt="\n\n".join(_instructions(chat.messages)),
        earlier=_earlier(chat.messages[:-1]),
        output_schema=_output_schema(chat.response_format),
    )


def _refuse(chat: Chat) -> None:
    if (chat.tools or chat.functions) and chat.tool_choice != "none":
        raise Refused(
            "The agent uses its own tools on its own machine and cannot call yours: "
            "send no tools or functions.",
            param="tools" if chat.tools else "functions",
        )
    if chat.n is not None and chat.n != 1:
        raise Refused("There is one answer to a message: send no n.", param="n")
    if chat.logprobs or chat.top_logprobs:
        raise Refused("An agent does not tell logprobs.", param="logprobs")
    if chat.audio or "audio" in (chat.modalities or ()):
        raise Refused("The agent answers in text only.", param="modalities")
    if chat.stop:
        raise Refused("An agent cannot be given stop sequences.", param="stop")


def _output_schema(wanted: dict[str, Any] | None) -> str:
    match wanted:
        case None | {"type": "text"}:
            return ""
        case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
            return json.dumps(schema)
        case {"type": "json_object"}:
            raise Refused(
                "json_object says nothing of what the answer should look like: send "
                "json_schema with a schema.",
                param="response_format",
            )
        case _:
            raise Refused(
                "response_format has to be text, or json_schema with a schema.",
                param="response_format",
            )


def _instructions(messages: Sequence[Message]) -> list[str]:
    told = (m.text for m in messages if m.role in {"system", "developer"})
    return [text for text in told if text.strip()]


def _earlier(messages: Sequence[Message]) -> str:
    said = [
        f"{message.role.capitalize()}: {message.text}"
        for message in messages
        if message.role in {"user", "assistant"} and message.text.strip()
    ]
    return "\n\n".join(said)[-EARLIER_LIMIT:]
