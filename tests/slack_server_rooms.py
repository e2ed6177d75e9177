"""Channels: which the bot may use, and what there is to read in them."""

import base64
import re
from collections.abc import Callable
from typing import Any

from tests.slack_server_events import shown, tell_joined
from tests.slack_server_message import BOT_USER, Message
from tests.slack_server_rules import Refused, bad
from tests.slack_server_world import Channel, World

Answer = dict[str, Any]


def member_channel(world: World, channel_id: str) -> Channel:
    """The channel, if the bot may act there."""
    channel = known_channel(world, channel_id)
    if channel.archived:
        raise Refused("is_archived")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def known_channel(world: World, channel_id: str) -> Channel:
    """The channel, if the bot may know that it exists."""
    if not re.fullmatch(r"[CDG][A-Z0-9]+", channel_id):
        raise bad("channel_not_found", f"{channel_id!r} is no id of a channel")
    channel = world.channels.get(channel_id)
    hidden = channel and channel.kind != "channel" and BOT_USER not in channel.members
    if channel is None or hidden:
        raise Refused("channel_not_found")
    return channel


# --- reading ------------------------------------------------------------------


def replies(world: World, params: dict[str, Any]) -> Answer:
    channel = _readable(world, params)
    message = world.find(channel.id, params["ts"])
    root = message.thread or message.ts if message else ""
    found = world.in_thread(channel.id, root) if root else []
    if not found:
        raise Refused("thread_not_found")
    # Every page begins with the thread's root, whatever was asked for.
    first, rest = found[:1], found[1:]
    answer = _page(world, params, rest, 1000)
    known = _showing(world, params)
    return {**answer, "messages": [*map(known, first), *answer["messages"]]}


def history(world: World, params: dict[str, Any]) -> Answer:
    channel = _readable(world, params)
    found = [
        message
        for message in world.in_channel(channel.id)
        if not message.thread or message.subtype == "thread_broadcast"
    ]
    return _page(world, params, found[::-1], 999)


def _readable(world: World, params: dict[str, Any]) -> Channel:
    channel = known_channel(world, params["channel"])
    _need(world, f"{channel.plural}:history")
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _page(
    world: World, params: dict[str, Any], found: list[Message], most: int
) -> Answer:
    oldest, latest = params.get("oldest") or "0", params.get("latest") or "9" * 12
    edges = {oldest, latest} if params.get("inclusive") else set()
    low, high = _seconds("oldest", oldest), _seconds("latest", latest)
    wanted = [m for m in found if low < float(m.ts) < high or m.ts in edges]
    page, cursor = _cut(params, wanted, most)
    show = _showing(world, params)
    return {
        "messages": [show(message) for message in page],
        "has_more": bool(cursor),
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }


def _showing(
    world: World, params: dict[str, Any]
) -> Callable[[Message], dict[str, Any]]:
    metadata = bool(params.get("include_all_metadata"))
    return lambda message: shown(world, message, metadata=metadata)


def _seconds(name: str, ts: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", ts):
        raise bad(f"invalid_ts_{name}", ts)
    return float(ts)


def _cut(params: dict[str, Any], found: list[Any], most: int) -> tuple[list[Any], str]:
    """One page, and the cursor that leads to the next."""
    limit = params.get("limit") or most
    if not 0 < limit <= most:
        raise bad("invalid_limit", str(limit))
    start = 0
    if cursor := params.get("cursor"):
        try:
            start = int(base64.b64decode(cursor).removeprefix(b"next:"))
        except ValueError:
            raise bad("invalid_cursor", cursor) from None
    end = start + limit
    more = base64.b64encode(b"next:%d" % end).decode() if end < len(found) else ""
    return found[start:end], more


# --- channels -----------------------------------------------------------------


def join(world: World, params: dict[str, Any]) -> Answer:
    channel = known_channel(world, params["channel"])
    if channel.kind != "channel":
        raise bad("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if BOT_USER in channel.members:
        return {"channel": _channel(channel), "warning": "already_in_channel"}
    channel.members.add(BOT_USER)
    world.change()
    tell_joined(world, channel, BOT_USER)
    return {"channel": _channel(channel)}


def open_direct(world: World, params: dict[str, Any]) -> Answer:
    users = [user for user in (params.get("users") or "").split(",") if user]
    if not users:
        raise bad("users_list_not_supplied")
    if len(users) > 1:
        raise bad("method_not_supported_for_channel_type", "this fake has no mpims")
    channel = direct_channel(world, users[0])
    opened = {"id": channel.id}
    return {"channel": _channel(channel) if params.get("return_im") else opened}


def direct_channel(world: World, user: str) -> Channel:
    """The bot's conversation with a person; it is made when first asked for."""
    if user not in world.people:
        raise Refused("user_not_found")
    channel_id = f"D{user[1:]}"
    channel = Channel(channel_id, "", "im", {user, BOT_USER})
    return world.channels.setdefault(channel_id, channel)


def info(world: World, params: dict[str, Any]) -> Answer:
    channel = known_channel(world, params["channel"])
    _need(world, f"{channel.plural}:read")
    return {"channel": _channel(channel)}


def members(world: World, params: dict[str, Any]) -> Answer:
    channel = known_channel(world, params["channel"])
    _need(world, f"{channel.plural}:read")
    page, cursor = _cut(params, sorted(channel.members), 1000)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def own_channels(world: World, params: dict[str, Any]) -> Answer:
    kinds = {"public_channel": "channel", "private_channel": "group"}
    types = (params.get("types") or "public_channel").split(",")
    if unknown := set(types) - {*kinds, "im", "mpim"}:
        raise bad("invalid_types", str(unknown))
    wanted = {kinds.get(kind, kind) for kind in types}
    user = params.get("user") or BOT_USER
    found = [
        channel
        for channel in world.channels.values()
        if channel.kind in wanted and {user, BOT_USER} <= channel.members
    ]
    for channel in found:
        _need(world, f"{channel.plural}:read")
    page, cursor = _cut(params, found, 999)
    shown_page = [_channel(channel) for channel in page]
    return {"channels": shown_page, "response_metadata": {"next_cursor": cursor}}


def _channel(channel: Channel) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "id": channel.id,
        "is_im": channel.kind == "im",
        "is_archived": channel.archived,
    }
    if channel.kind == "im":
        other = next(iter(channel.members - {BOT_USER}))
        return {**raw, "user": other, "is_open": True}
    return raw | {
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_member": BOT_USER in channel.members,
        "is_ext_shared": channel.external,
    }


def _need(world: World, scope: str) -> None:
    if scope not in world.options.scopes:
        raise missing_scope(world, (scope,))


def missing_scope(world: World, needed: tuple[str, ...]) -> Refused:
    details = {"needed": needed[0], "provided": ",".join(sorted(world.options.scopes))}
    return Refused("missing_scope", details=details)


METHODS = {
    "conversations.history": history,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.members": members,
    "conversations.open": open_direct,
    "conversations.replies": replies,
    "users.conversations": own_channels,
}
