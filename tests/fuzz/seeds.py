"""One good example of each kind of thing that comes in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.adapters.slack.incoming import CHANNEL, ts
from tests.adapters.telegram.incoming import ADA as ADA_HERE
from tests.adapters.telegram.incoming import CHAT, message
from tests.slack_server import ADA, BOT_USER, TEAM

_TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"


def _recorded() -> Iterator[dict[str, Any]]:
    """A line of each shape that recorded agents wrote; short of it, the first."""
    seen: set[str] = set()
    for file in sorted(_TRANSCRIPTS.rglob("*.jsonl")):
        for line in file.read_bytes().splitlines():
            given = json.loads(line)
            if (shape := str(_shape(given))) not in seen:
                seen.add(shape)
                yield given


def _shape(value: Any, depth: int = 0) -> Any:
    """Which fields it has, down to the third level, and of which kind it says it is."""
    kinds = ("type", "subtype", "tool_name", "name", "state", "status")
    if isinstance(value, dict) and depth < 3:
        return {
            key: inner if key in kinds else _shape(inner, depth + 1)
            for key, inner in sorted(value.items())
            if key != "usage"
        }
    if isinstance(value, list) and depth < 3:
        return [_shape(inner, depth + 1) for inner in value[:1]]
    return ""


AGENT: tuple[dict[str, Any], ...] = tuple(_recorded())
TOOL_CALLS: tuple[dict[str, Any], ...] = (
    {"method": "initialize", "id": 0, "params": {"protocolVersion": "1"}},
    {"method": "tools/list", "id": 1},
    {
        "method": "tools/call",
        "id": 2,
        "params": {
            "name": "send_file",
            "arguments": {"path": "a.txt"},
            "_meta": {"claudecode/toolUseId": "t1"},
        },
    },
    {"method": "notifications/cancelled", "params": {"requestId": 2}},
)

_PHOTO = [{"file_id": "p1", "file_size": 3}]
_PLACE = {"latitude": 1.5, "longitude": 2.5}
_SPANS = ["a", {"type": "bold", "text": "b"}]
_BLOCKS = [
    {"type": "paragraph", "text": _SPANS},
    {"type": "list", "items": [{"blocks": [{"type": "paragraph", "text": "c"}]}]},
    {"type": "table", "cells": [[{"text": "d"}]]},
]
_COMMAND = {"type": "bot_command", "offset": 0, "length": 4}
_LINK = {"type": "text_link", "offset": 0, "length": 2, "url": "https://a.b"}
_MESSAGES: tuple[dict[str, Any], ...] = (
    {"text": "/new x", "entities": [_COMMAND]},
    {"text": "hi", "entities": [_LINK], "is_topic_message": True},
    {"text": "hi", "is_topic_message": True, "message_thread_id": 3},
    {"photo": _PHOTO, "caption": "c", "media_group_id": "g"},
    {"document": {"file_id": "d", "file_name": "n", "mime_type": "a/b"}},
    {"sticker": {"file_id": "s", "emoji": "x", "is_video": True}},
    {"voice": {"file_id": "v", "duration": 3, "mime_type": "audio/mpeg"}},
    {"audio": {"file_id": "v", "duration": 3, "performer": "p", "title": "t"}},
    {"contact": {"first_name": "c", "phone_number": "1"}},
    {"venue": {"location": _PLACE, "title": "t", "address": "a"}},
    {"location": _PLACE},
    {"poll": {"question": "q", "options": [{"text": "o"}]}},
    {"checklist": {"title": "t", "tasks": [{"text": "x"}]}},
    {"dice": {"emoji": "x", "value": 3}},
    {"game": {}},
    {"text": "f", "forward_origin": {"type": "user", "sender_user": ADA_HERE}},
    {"text": "f", "forward_origin": {"type": "channel", "chat": {"title": "T"}}},
    {"text": "r", "reply_to_message": message(4, text="old")},
    {"text": "r", "quote": {"text": "q"}},
    {"text": "r", "external_reply": {"origin": {"sender_user_name": "B"}}},
    {"rich_message": {"blocks": _BLOCKS}},
)
_MEMBER = {"status": "member", "user": ADA_HERE}
_PRESS = {"id": "q", "from": ADA_HERE, "data": "t1:stop", "message": message(5)}
TELEGRAM: tuple[dict[str, Any], ...] = (
    *({"update_id": 7, "message": message(5, **fields)} for fields in _MESSAGES),
    {"update_id": 7, "edited_message": message(5, text="e")},
    {"update_id": 7, "callback_query": _PRESS},
    {
        "update_id": 7,
        "my_chat_member": {"chat": CHAT, "from": ADA_HERE, "new_chat_member": _MEMBER},
    },
)

_SAID = {"type": "message", "user": ADA, "ts": ts(5), "thread_ts": ts(0)}
_SHARED = {"is_share": True, "text": "t", "author_name": "B", "files": [{"id": "F2"}]}
_FILE = {"id": "F1", "name": "a.txt", "mimetype": "text/plain", "size": 3}
_CONTEXT = json.dumps({"channel": CHANNEL, "thread": ts(0), "view_id": "q1"})
_TICKS = {"tick": {"selected_options": [{"value": "a"}]}}
_CHANGE = {"type": "message", "channel": CHANNEL, "ts": ts(6), "event_ts": ts(6)}


def _event(**fields: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "event_id": "E", "event": fields}


def _submitted(callback: str) -> dict[str, Any]:
    values = {"input": {"words": {"value": "w"}}}
    view = {
        "id": "V1",
        "callback_id": callback,
        "private_metadata": _CONTEXT,
        "state": {"values": values},
    }
    user = {"id": ADA, "name": "ada", "team_id": TEAM}
    return {"type": "view_submission", "team": {"id": TEAM}, "user": user, "view": view}


SLACK: tuple[dict[str, Any], ...] = (
    _event(**_SAID, channel=CHANNEL, event_ts=ts(5), text=f"<@{BOT_USER}> hi <@U2>"),
    _event(**_SAID, channel="D1", text="see", files=[_FILE], attachments=[_SHARED]),
    _event(**_SAID, channel=CHANNEL, text="!new x"),
    _event(
        **_CHANGE,
        subtype="message_changed",
        message={**_SAID, "text": "now"},
        previous_message={**_SAID, "text": "before"},
    ),
    _event(
        **_CHANGE,
        subtype="message_deleted",
        previous_message={**_SAID, "text": "before"},
    ),
    _event(type="agent_session_stopped", channel="D1", thread_ts=ts(0), user=ADA),
    {
        "type": "block_actions",
        "trigger_id": "T1",
        "team": {"id": TEAM},
        "user": {"id": ADA, "name": "ada"},
        "container": {"channel_id": CHANNEL, "message_ts": ts(5)},
        "message": {"ts": ts(5), "thread_ts": ts(0)},
        "actions": [{"action_id": "choose:a", "value": "q1:done", "action_ts": ts(9)}],
        "state": {"values": {"several:q1": _TICKS}},
    },
    _submitted("words"),
    _submitted("task"),
    {
        "command": "/parley",
        "trigger_id": "T2",
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "channel_name": "general",
        "user_id": ADA,
        "user_name": "ada",
        "text": "new x",
    },
)
