"""What chat clients ask behind people's backs: titles, tags, suggestions. Pure.

Rule: no agent is started for it. Each is known by the words of the client's own
template, never by a single short phrase that a person might write.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.scrub import one_line
from adapters.web.openai_shapes import Chat, Message

_WORDS = 6
_TITLE = 50  # characters
_QUERY = 200
_SUMMARY = 2000
#: A person's line in the transcripts of Open WebUI and LibreChat, and LobeChat's two.
_SAID = re.compile(
    r"^(?:user|human):[ \t]*(\S.*)$|^<user>\s*(\S.*)$", re.IGNORECASE | re.MULTILINE
)
#: The field that Open WebUI's templates want, all of which end in the history.
_FIELD = re.compile(r'\{\s*"(title|tags|follow_ups|queries|prompt)"\s*:')


@dataclass(frozen=True, slots=True)
class Chore:
    """An answer to a background call, in each of the shapes one may want."""

    text: str
    fields: dict[str, Any]  # by the names that its schema may ask for

    def content(self, chat: Chat) -> str:
        """Plain, or as JSON to those who gave a schema."""
        match chat.response_format:
            case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
                return json.dumps(self._fitting(schema))
            case _:
                return self.text

    def tool_call(self, chat: Chat) -> dict[str, Any] | None:
        """For those who ask for JSON by way of a tool that must be called."""
        for tool in chat.tools or ():
            match tool:
                case {"function": {"name": str(name), "parameters": dict(schema)}}:
                    arguments = json.dumps(self._fitting(schema))
                    function = {"name": name, "arguments": arguments}
                    return {"id": "call_0", "type": "function", "function": function}
                case _:
                    pass
        return None

    def _fitting(self, schema: dict[str, Any]) -> dict[str, Any]:
        wanted = schema.get("properties")
        names = wanted if isinstance(wanted, dict) else self.fields
        return {name: self.fields.get(name, "") for name in names}


def chore(chat: Chat) -> Chore | None:
    """None: a person asks, and an agent has to answer."""
    told, asked = _one_of_each(chat.messages)
    for opening, answer in TEMPLATES:
        known = re.compile(opening, re.IGNORECASE | re.DOTALL)
        if known.match(told) or known.match(asked):
            return answer(asked)
    return _of_open_webui(asked)


def _one_of_each(messages: Sequence[Message]) -> tuple[str, str]:
    """Its instructions, if any, and its one message: all these calls look like that."""
    match [*messages]:
        case [Message(role="user") as only]:
            return "", only.text.strip()
        case [
            Message(role="system" | "developer") as first,
            Message(role="user") as last,
        ]:
            return first.text.strip(), last.text.strip()
        case _:
            return "", ""


def _of_open_webui(asked: str) -> Chore | None:
    task, found, history = asked.partition("<chat_history>")
    field = _FIELD.search(task)
    if not (found and field and history.rstrip().endswith("</chat_history>")):
        return None
    newest = one_line(_said(history, -1), _QUERY)
    values: dict[str, Any] = {
        "title": _title(history),
        "tags": ["General"],  # as the template says, for what is not clear
        "follow_ups": [],
        "queries": [newest] if newest else [],
        "prompt": newest,
    }
    only = {field[1]: values[field[1]]}
    return Chore(json.dumps(only, ensure_ascii=False), only)


def _titled(asked: str) -> Chore:
    title = _title(asked)
    fields = {"title": title, "description": title, "language": ""}
    return Chore(title, fields)


def _titled_in_json(asked: str) -> Chore:
    plain = _titled(asked)
    return Chore(json.dumps({"title": plain.text}, ensure_ascii=False), plain.fields)


def _summed_up(asked: str) -> Chore:
    summary = asked[-_SUMMARY:]
    return Chore(summary, {"description": _title(asked), "summary": summary})


def _rephrased(asked: str) -> Chore:
    query = asked.removeprefix("Follow Up Input: ")
    query = query.removesuffix(", it's standalone query:")
    return Chore(query, {"query": query})


def _always(text: str, /, **fields: Any) -> Callable[[str], Chore]:
    return lambda _: Chore(text, fields)


#: How each begins: its instructions or its only message.
TEMPLATES: tuple[tuple[str, Callable[[str], Chore]], ...] = (
    # Open WebUI
    (
        r"### Task:\s*You are an autocompletion system\.",
        _always('{"text": ""}', text=""),
    ),
    (
        r"Available Tools: .*Your task is to choose and return the correct tool\(s\)",
        _always('{"tool_calls": []}', tool_calls=[]),
    ),
    (r"Your task is to reflect the speaker's likely facial expression", _always("🙂")),
    # LibreChat
    (r"(Please )?(provide|generate) a concise, 5-word-or-less title for the", _titled),
    (r"Analyze this conversation and provide:.*detected language", _titled),
    (
        r"Please generate a concise title \(max 40 characters\) for a conversation",
        _titled,
    ),
    # LobeChat
    (
        r"You are a professional conversation summarizer\. Generate a concise title.*"
        r"Return (one JSON object|title and description)",
        _titled_in_json,
    ),
    (
        r"You are a professional conversation summarizer\. Generate a concise title",
        _titled,
    ),
    (
        r"You are a conversation-savvy assistant\. Summarize the conversation into a",
        _titled,
    ),
    (r"你是一名擅长会话的助理，你需要将用户的会话总结为", _titled),
    (
        r"You are a sidecar that extracts 0-4 quick-reply suggestions",
        _always('{"chips": []}', chips=[]),
    ),
    (
        r"Given the following conversation and a follow-up question, rephrase the",
        _rephrased,
    ),
    (r"Summarize the conversation for future reference\.", _summed_up),
    (
        r"You're an assistant who's good at extracting key takeaways from",
        _summed_up,
    ),
)


def _title(transcript: str) -> str:
    words = one_line(_said(transcript, 0), 400).split()
    title = " ".join(words[:_WORDS])[:_TITLE].strip(" .,:;!?'\"`#*")
    return title or "New chat"


def _said(transcript: str, place: int) -> str:
    """A person's *place*th words in it."""
    lines = [line or tagged for line, tagged in _SAID.findall(transcript)]
    return lines[place] if lines else ""
