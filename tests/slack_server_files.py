"""Files and forms: uploads in three steps, what became of them, views.open."""

import asyncio
import time
from mimetypes import guess_type
from typing import Any

from tests.slack_server_blocks import check_form
from tests.slack_server_chat import thread_of, with_ids
from tests.slack_server_events import file_shown, tell_message
from tests.slack_server_message import BOT_USER, File, Message
from tests.slack_server_rooms import member_channel
from tests.slack_server_rules import Refused, bad
from tests.slack_server_world import Modal, World

Answer = dict[str, Any]


def upload_url(world: World, params: dict[str, Any]) -> Answer:
    size = params["length"]
    if size == 0:
        raise bad("missing_argument", "a file of no length")
    if params.get("snippet_type") and size > 1_000_000:
        raise bad("snippet_too_large")
    if not params["filename"].strip():
        raise bad("missing_argument", "a file without a name")
    if len(params.get("alt_txt") or "") > 1_000:
        raise bad("invalid_arguments", "alt_txt is too long")
    file = File(world.id("F"), params["filename"], b"", size, complete=False)
    file.mimetype = guess_type(file.name)[0] or file.mimetype
    file.alt = params.get("alt_txt") or ""
    world.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{world.base}/upload/{file.id}"}


def receive(world: World, file_id: str, data: bytes) -> str:
    """The second step; what is wrong with it, or nothing."""
    file = world.files.get(file_id)
    if file is None or file.complete:
        return "no such upload"
    if len(data) != file.size:
        world.refusals.append(f"upload: {len(data)} bytes, {file.size} were announced")
        return "length mismatch"
    file.data = data
    return ""


def complete(world: World, params: dict[str, Any]) -> Answer:
    """The answer comes before people see anything: files are scanned first."""
    files = [_uploaded(world, entry) for entry in params["files"]]
    comment = params.get("initial_comment") or ""
    if len(comment) > 4_000:
        raise bad("msg_too_long", f"{len(comment)} characters")
    channel = thread = ""
    if params.get("channel_id"):
        channel = member_channel(world, params["channel_id"]).id
        thread = thread_of(world, {**params, "channel": channel})
    for file in files:
        file.complete = True
    if channel and world.options.drops_shares:
        world.options.drops_shares -= 1
    elif channel and (after_s := world.options.share_after_s):
        loop = asyncio.get_running_loop()
        loop.call_later(after_s, _share, world, files, channel, thread, comment)
    elif channel:
        _share(world, files, channel, thread, comment)
    return {"files": [file_shown(world, file) for file in files]}


def _share(
    world: World, files: list[File], channel: str, thread: str, comment: str
) -> None:
    files = [file for file in files if file.mode != "tombstone"]
    if not files:
        return
    message = Message(channel, world.ts(), BOT_USER, thread, files=files)
    message.words = comment
    message.subtype = "file_share"
    message.ring()
    for file in files:
        file.shares.append((channel, message.ts))
    world.add(message)
    tell_message(world, message)


def delete(world: World, params: dict[str, Any]) -> Answer:
    file = world.files.get(params["file"])
    if file is None or not file.complete:
        raise Refused("file_not_found")
    if file.mode == "tombstone":
        raise Refused("file_deleted")
    file.mode = "tombstone"
    world.change()
    return {}


def _uploaded(world: World, entry: Any) -> File:
    if not isinstance(entry, dict) or "id" not in entry:
        raise bad("invalid_arguments", f"files: {entry!r}")
    file = world.files.get(entry["id"])
    if file is None or file.complete or not file.data:
        raise bad("file_not_found", entry["id"])
    file.title = entry.get("title") or file.name
    return file


def info(world: World, params: dict[str, Any]) -> Answer:
    file = world.files.get(params["file"])
    if file is None or not file.complete:
        raise Refused("file_not_found")
    if file.mode == "tombstone":
        raise Refused("file_deleted")
    return {"file": file_shown(world, file, whole=True)}


# --- forms --------------------------------------------------------------------


def open_view(world: World, params: dict[str, Any]) -> Answer:
    check_form(params["view"])
    trigger = world.triggers.get(params.get("trigger_id", ""))
    if trigger is None:
        raise bad("invalid_trigger_id")
    if trigger.used:
        raise bad("exchanged_trigger_id")
    if time.monotonic() > trigger.expires_at:
        raise Refused("expired_trigger_id")
    trigger.used = True
    view = {**params["view"], "blocks": with_ids(world, params["view"]["blocks"])}
    modal = Modal(world.id("V"), trigger.user, view)
    world.modals.append(modal)
    world.change()
    return {"view": {**view, "id": modal.id, "hash": f"{modal.id}.1"}}


METHODS = {
    "files.completeUploadExternal": complete,
    "files.delete": delete,
    "files.getUploadURLExternal": upload_url,
    "files.info": info,
    "views.open": open_view,
}
