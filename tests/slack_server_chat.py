"""chat.postMessage, .update, .delete, .postEphemeral: what they do here."""

from typing import Any

from tests.slack_server_blocks import check_blocks
from tests.slack_server_events import (
    shown,
    tell_change,
    tell_deletion,
    tell_message,
)
from tests.slack_server_message import BOT_USER, Message
from tests.slack_server_rooms import member_channel
from tests.slack_server_rules import Refused, bad
from tests.slack_server_world import World

Answer = dict[str, Any]


def post(world: World, params: dict[str, Any]) -> Answer:
    channel = member_channel(world, params["channel"])
    check_content(params, longest_text=40_000)
    message = Message(channel.id, world.ts(), BOT_USER, thread_of(world, params))
    if message.thread and params.get("reply_broadcast"):
        message.subtype = "thread_broadcast"
    _fill(world, message, params)
    bare = params.get("parse") == "full" or bool(params.get("link_names"))
    message.ring(bare=bare)
    world.add(message)
    world.spoke(channel.id, message.root)
    tell_message(world, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown(world, message)}


def post_ephemeral(world: World, params: dict[str, Any]) -> Answer:
    channel = member_channel(world, params["channel"])
    check_content(params, longest_text=40_000)
    if params["user"] not in channel.members:
        raise Refused("user_not_in_channel")
    message = Message(channel.id, world.ts(), BOT_USER, thread_of(world, params))
    message.ephemeral_to = params["user"]
    _fill(world, message, params)
    message.ring()
    world.ephemerals.append(message)
    world.change()
    return {"message_ts": message.ts}


def update(world: World, params: dict[str, Any]) -> Answer:
    message = own_message(world, params, "cant_update_message")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    check_content(params, longest_text=4000, keeps=True)
    before = shown(world, message)
    replace(world, message, params)
    # What `parse` was before is forgotten, and its default here rings plain names.
    message.ring(bare=params.get("parse") != "none")
    message.edits += 1
    world.change()
    tell_change(world, message, before)
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.words,
        "message": shown(world, message),
    }


def delete(world: World, params: dict[str, Any]) -> Answer:
    message = own_message(world, params, "cant_delete_message")
    before = shown(world, message)
    message.deleted = True
    world.change()
    tell_deletion(world, message, before)
    return {"channel": message.channel, "ts": message.ts}


# --- content ------------------------------------------------------------------


def check_content(
    params: dict[str, Any], *, longest_text: int, keeps: bool = False
) -> None:
    """*keeps*: what is not given stays as it was."""
    text, blocks = params.get("text"), params.get("blocks")
    markdown = params.get("markdown_text")
    if markdown is not None and (text is not None or blocks is not None):
        raise bad("markdown_text_conflict")
    if len(markdown or "") > 12_000 or len(text or "") > longest_text:
        raise bad("msg_too_long", f"{len(markdown or text or '')} characters")
    if blocks is not None:
        check_blocks(blocks)
    if not (text or blocks or markdown or params.get("attachments")):
        nothing_new = text is markdown is blocks is None
        if not (keeps and nothing_new and params.get("metadata") is not None):
            raise bad("no_text")
    check_metadata(params.get("metadata"))


def check_metadata(metadata: Any) -> None:
    match metadata:
        case None | {"event_type": str(), "event_payload": dict()}:
            pass
        case dict() if not metadata:
            pass  # removes it
        case _:
            raise bad("invalid_metadata_format", repr(metadata)[:200])


def replace(world: World, message: Message, params: dict[str, Any]) -> None:
    """Give a message new content. What was streamed into it goes with the old."""
    if params.keys() & {"text", "blocks", "markdown_text"}:
        message.stream = None
    if "text" in params or "markdown_text" in params:
        message.blocks = []
    _fill(world, message, params)


def _fill(world: World, message: Message, params: dict[str, Any]) -> None:
    if "text" in params or "markdown_text" in params:
        message.markdown = "markdown_text" in params
        message.words = params.get("markdown_text") or params.get("text") or ""
    if "blocks" in params:
        message.blocks = with_ids(world, params["blocks"])
    if "attachments" in params:
        message.attachments = params["attachments"]
    if "metadata" in params:
        message.metadata = params["metadata"] or None


def with_ids(world: World, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Slack names every block that has no name."""
    return [{"block_id": world.id("b"), **block} for block in blocks]


# --- where --------------------------------------------------------------------


def thread_of(world: World, params: dict[str, Any]) -> str:
    """The root it is to hang under. Slack takes a reply's, and loses the message."""
    ts = str(params.get("thread_ts") or "")
    if not ts or world.is_root(params["channel"], ts):
        return ts
    known = (params["channel"], ts) in world.messages
    if known and world.messages[params["channel"], ts].thread:
        raise bad("thread_not_found", f"{ts} is a reply, not a root")
    raise Refused("thread_not_found", ts, fault=not known)


def own_message(world: World, params: dict[str, Any], error: str) -> Message:
    channel = member_channel(world, params["channel"])
    message = world.find(channel.id, params["ts"])
    if message is None:
        raise Refused("message_not_found")
    if message.user != BOT_USER:
        raise bad(error, "it is somebody else's")
    return message


METHODS = {
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post,
    "chat.update": update,
}
