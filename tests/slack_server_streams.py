"""Streamed messages, and what an agent's session shows while it works."""

import time
from typing import Any

from tests.slack_server_blocks import check_blocks
from tests.slack_server_chat import (
    check_metadata,
    own_message,
    thread_of,
    with_ids,
)
from tests.slack_server_events import shown, tell_change, tell_message
from tests.slack_server_message import BOT_USER, Message, Stream, Task
from tests.slack_server_rooms import member_channel
from tests.slack_server_rules import Refused, bad
from tests.slack_server_world import SESSION_STATUSES, World

Answer = dict[str, Any]

DISPLAY_MODES = {"timeline", "plan", "dense"}
CHUNKS: dict[str, tuple[set[str], set[str]]] = {  # what it must have, and what it may
    "markdown_text": ({"text"}, set()),
    "task_update": ({"id", "title", "status"}, {"details", "output", "sources"}),
    "plan_update": ({"title"}, set()),
    "blocks": ({"blocks"}, set()),
}


def start(world: World, params: dict[str, Any]) -> Answer:
    _offered(world)
    channel = member_channel(world, params["channel"])
    if channel.kind != "im":
        for name in ("recipient_user_id", "recipient_team_id"):
            if not params.get(name):
                raise bad(f"missing_{name}")
        if params["recipient_user_id"] not in world.people:
            raise bad("user_not_found")
    if params.get("task_display_mode", "timeline") not in DISPLAY_MODES:
        raise bad("invalid_arguments", "task_display_mode")
    thread = thread_of(world, params)
    if not thread:
        raise bad("invalid_arguments", "streams live in threads")
    stream = Stream(time.monotonic() + world.options.stream_life_s)
    _feed(world, stream, params)
    message = Message(channel.id, world.ts(), BOT_USER, thread, stream=stream)
    message.ring()
    world.add(message)
    world.spoke(channel.id, thread)
    if world.options.agent is True:
        world.set_status(channel.id, thread, "processing")
    tell_message(world, message)
    return {"channel": channel.id, "ts": message.ts}


def append(world: World, params: dict[str, Any]) -> Answer:
    message, stream = _streaming(world, params)
    if stream.over == "stopped_by_user":
        raise Refused("stopped_by_user")
    if not (params.get("markdown_text") or params.get("chunks")):
        raise bad("markdown_text_or_chunks_required")
    message.stream = _fed(world, stream, params)
    message.ring()
    world.change()
    return {"channel": message.channel, "ts": message.ts}


def stop(world: World, params: dict[str, Any]) -> Answer:
    message, stream = _streaming(world, params)
    if not stream.live:
        raise Refused("message_not_in_streaming_state")
    status = params.get("session_status", "active")
    if "session_status" in params:
        _agent(world)
        if status not in SESSION_STATUSES:
            raise bad("invalid_arguments", f"session_status {status!r}")
    if "blocks" in params:
        check_blocks(params["blocks"])
    check_metadata(params.get("metadata"))
    before = shown(world, message)
    stream = message.stream = _fed(world, stream, params)
    stream.over = "stopped"
    message.blocks = with_ids(world, params.get("blocks", []))
    message.metadata = params.get("metadata", message.metadata)
    message.ring()
    if world.options.agent is True:
        world.set_status(message.channel, message.thread, status)
    world.change()
    tell_change(world, message, before)
    answer = shown(world, message)
    return {"channel": message.channel, "ts": message.ts, "message": answer}


def _streaming(world: World, params: dict[str, Any]) -> tuple[Message, Stream]:
    """A message and its stream; whether that is live still has to be looked at."""
    message = own_message(world, params, "message_not_owned_by_app")
    stream = message.stream
    if stream is None or (not stream.live and stream.over != "stopped_by_user"):
        raise Refused("message_not_in_streaming_state")
    return message, stream


def _offered(world: World) -> None:
    if world.options.streams is not True:
        raise Refused(world.options.streams or "unknown_method")


# --- what is streamed ---------------------------------------------------------


def _fed(world: World, stream: Stream, params: dict[str, Any]) -> Stream:
    """A stream with more in it. The old one stays as it is, for a refusal's sake."""
    fed = Stream(
        stream.ends_at,
        stream.text,
        {key: Task(**vars(task)) for key, task in stream.tasks.items()},
        [*stream.blocks],
        stream.plan,
        stream.mode,
        stream.over,
    )
    _feed(world, fed, params)
    return fed


def _feed(world: World, stream: Stream, params: dict[str, Any]) -> None:
    text, chunks = params.get("markdown_text"), params.get("chunks")
    if text is not None and chunks is not None:
        raise bad("cannot_provide_both_markdown_text_and_chunks")
    if text is not None or chunks is not None:
        mode = "chunks" if text is None else "markdown_text"
        if stream.mode not in {"", mode}:
            raise bad("streaming_mode_mismatch")
        stream.mode = "chunks" if text is None else "markdown_text"
    if text is not None:
        chunks = [{"type": "markdown_text", "text": text}] if text else []
    for chunk in chunks or []:
        _check_chunk(chunk)
        _take(world, stream, chunk)
    if len(stream.blocks) > 50:
        raise bad("msg_blocks_too_many")
    if (size := _bytes(stream)) > world.options.stream_bytes:
        raise Refused("msg_too_long", f"{size} bytes in one stream")


def _take(world: World, stream: Stream, chunk: dict[str, Any]) -> None:
    match chunk["type"]:
        case "markdown_text":
            stream.text += chunk["text"]
        case "plan_update":
            stream.plan = chunk["title"]
        case "blocks":
            stream.blocks += with_ids(world, chunk["blocks"])
        case _:
            news = {k: v for k, v in chunk.items() if k != "type"}
            known = stream.tasks.get(chunk["id"])
            stream.tasks[chunk["id"]] = Task(
                **{**(vars(known) if known else {}), **news}
            )


def _check_chunk(chunk: Any) -> None:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind not in CHUNKS:
        raise bad("invalid_chunks", f"chunk of type {kind!r}")
    must, may = CHUNKS[kind]
    names = chunk.keys() - {"type"}
    if must - names or names - must - may:
        raise bad("invalid_chunks", f"{kind} with {sorted(names)}")
    if kind == "blocks":
        check_blocks(chunk["blocks"])
        return
    if not all(isinstance(chunk[k], str) for k in names - {"sources"}):
        raise bad("invalid_chunks", f"{kind}: not a text")
    if kind == "markdown_text" and not 0 < len(chunk["text"]) <= 12_000:
        raise bad("invalid_chunks", f"{len(chunk['text'])} characters of text")
    if "title" in names and not 0 < len(chunk["title"]) <= 250:
        raise bad("invalid_chunks", f"a title of {len(chunk['title'])} characters")
    if "id" in names and not 0 < len(chunk["id"]) <= 255:
        raise bad("invalid_chunks", "the id of a task")
    states = {"pending", "in_progress", "complete", "error"}
    if "status" in names and chunk["status"] not in states:
        raise bad("invalid_chunks", f"status {chunk['status']!r}")


def _bytes(stream: Stream) -> int:
    """As Slack was seen to count: what tasks unfold to counts double."""
    tasks = stream.tasks.values()
    titles = "".join(task.title for task in tasks)
    unfolded = "".join(task.details + task.output for task in tasks)
    return len((stream.text + titles).encode()) + 2 * len(unfolded.encode())


# --- sessions -----------------------------------------------------------------


def set_session_status(world: World, params: dict[str, Any]) -> Answer:
    _agent(world)
    channel = member_channel(world, params["channel_id"])
    if params["status"] not in SESSION_STATUSES:
        raise bad("invalid_status", repr(params["status"]))
    if len(params.get("title", "x")) > 200:
        raise bad("invalid_arguments", "title")
    if not params.get("thread_ts"):
        raise bad("thread_ts_required")
    thread = thread_of(world, {**params, "channel": channel.id})
    world.set_status(channel.id, thread, params["status"])
    answer: Answer = {"agent_status": params["status"]}
    if "agent_session_stopped" not in world.options.events:
        answer["warning"] = "missing_agent_session_stopped_event_subscription"
    return answer


def set_thread_status(world: World, params: dict[str, Any]) -> Answer:
    channel = member_channel(world, params["channel_id"])
    thread = thread_of(world, {**params, "channel": channel.id})
    messages = params.get("loading_messages", [])
    if len(messages) > 10 or any(len(words) > 50 for words in messages):
        raise bad("invalid_arguments", "loading_messages")
    world.set_status(channel.id, thread, params["status"])
    return {}


def _agent(world: World) -> None:
    """An app that is not declared as an agent is told that it may not."""
    if world.options.agent is not True:
        raise Refused(world.options.agent or "not_authorized")


METHODS = {
    "agents.sessions.setStatus": set_session_status,
    "assistant.threads.setStatus": set_thread_status,
    "chat.appendStream": append,
    "chat.startStream": start,
    "chat.stopStream": stop,
}
