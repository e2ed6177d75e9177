"""What the bot is told of: messages and their changes, as Slack shows them."""

import re
from typing import Any

from tests.slack_server_message import APP_ID, BOT_ID, BOT_USER, TEAM, File, Message
from tests.slack_server_world import Channel, World


def shown(world: World, message: Message, *, metadata: bool = False) -> dict[str, Any]:
    """A message as the Web API and events show it."""
    text = message.words or message.text
    raw: dict[str, Any] = {"type": "message", "user": message.user, "ts": message.ts}
    raw["text"] = text
    author = world.people[message.user]
    raw["team"] = author.team
    if author.bot:
        raw["bot_id"] = f"B{message.user[1:]}"
    if author.team != TEAM:
        raw |= {"user_team": author.team, "source_team": author.team}
    if message.subtype:
        raw["subtype"] = message.subtype
    if message.from_bot:
        profile = {"id": BOT_ID, "name": "parley", "app_id": APP_ID, "team_id": TEAM}
        raw |= {"app_id": APP_ID, "bot_profile": profile}
    if message.thread:
        raw["thread_ts"] = message.thread
    elif replies := world.replies(message):
        raw |= {"thread_ts": message.ts, "reply_count": len(replies)}
        raw["latest_reply"] = replies[-1].ts
    if message.all_blocks:
        raw["blocks"] = message.all_blocks
    if message.attachments:
        raw["attachments"] = message.attachments
    if message.files:
        raw["files"] = [file_shown(world, file) for file in message.files]
    if message.edits and not message.all_blocks:
        raw["edited"] = {"user": message.user, "ts": message.ts}
    if message.reactions:
        raw["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if metadata and message.metadata:
        raw["metadata"] = message.metadata
    return raw


def file_shown(world: World, file: File, *, whole: bool = False) -> dict[str, Any]:
    """*whole*: as `files.info` tells it, even where events do not."""
    if file.mode in {"tombstone", "hidden_by_limit"}:
        return {"id": file.id, "mode": file.mode}
    if file.check_info and not whole:
        return {"id": file.id, "mode": "file_access", "file_access": "check_file_info"}
    url = f"{world.base}/files/{file.id}/{file.name}"
    if file.mode == "external":
        url = f"https://drive.example.com/{file.id}"
    shown = {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2] or "text",
        "size": file.size,
        "mode": file.mode,
        "is_external": file.mode == "external",
        "file_access": "visible",
        "url_private": url,
        "url_private_download": url,
    }
    if file.subtype:
        shown["subtype"] = file.subtype
    if whole:
        shown["shares"] = _shares(world, file)
    return shown


def _shares(world: World, file: File) -> dict[str, dict[str, list[dict[str, str]]]]:
    shares: dict[str, dict[str, list[dict[str, str]]]] = {}
    for channel, ts in file.shares:
        kind = "public" if world.channels[channel].kind == "channel" else "private"
        shares.setdefault(kind, {}).setdefault(channel, []).append({"ts": ts})
    return shares


# --- telling ------------------------------------------------------------------


def tell_message(
    world: World,
    message: Message,
    *,
    mention_first: bool = False,
    apart_s: float = 0.0,
) -> None:
    """Of a new message; a mention is told twice, in either order."""
    channel = world.channels[message.channel]
    event = {**shown(world, message), **_where(channel), "event_ts": message.ts}
    if message.thread and (root := world.messages.get((channel.id, message.thread))):
        event["parent_user_id"] = root.user
    if not message.from_bot:
        event["client_msg_id"] = f"client-{message.ts}"
    told = [(f"message.{channel.plural}", event)]
    if _mentions_bot(message) and channel.kind != "im":
        mention = {
            k: v for k, v in event.items() if k not in {"subtype", "channel_type"}
        }
        told.append(("app_mention", {**mention, "type": "app_mention"}))
    if mention_first:
        told.reverse()
    for number, (kind, words) in enumerate(told):
        tell(world, kind, words, channel, after_s=number * apart_s)


def tell_change(world: World, message: Message, before: dict[str, Any]) -> None:
    channel = world.channels[message.channel]
    ts = world.ts()
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": shown(world, message),
        "previous_message": before,
        **_where(channel),
        "ts": ts,
        "event_ts": ts,
    }
    tell(world, f"message.{channel.plural}", event, channel)


def tell_deletion(world: World, message: Message, before: dict[str, Any]) -> None:
    channel = world.channels[message.channel]
    ts = world.ts()
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": message.ts,
        "previous_message": before,
        **_where(channel),
        "ts": ts,
        "event_ts": ts,
    }
    tell(world, f"message.{channel.plural}", event, channel)


def tell_joined(world: World, channel: Channel, user: str) -> None:
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": channel.id[0],
        "team": TEAM,
        "event_ts": world.ts(),
    }
    tell(world, "member_joined_channel", event, channel)


def tell(
    world: World,
    kind: str,
    event: dict[str, Any],
    channel: Channel | None = None,
    *,
    after_s: float = 0.0,
) -> None:
    """Send an event, if the app asked for its kind and may know of it."""
    if kind not in world.options.events or not _readable(world, kind):
        return
    if channel and BOT_USER not in channel.members:
        return
    external = channel is not None and channel.external
    world.tell(enveloped(world, event, external=external), after_s)


def enveloped(
    world: World, event: dict[str, Any], *, external: bool = False
) -> dict[str, Any]:
    authorization = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "a-legacy-token",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": world.id("Ev"),
        "event_time": int(float(event.get("event_ts", 0))),
        "authorizations": [authorization],
        "is_ext_shared_channel": external,
        "event_context": f"context-{event.get('event_ts')}",
    }


def _readable(world: World, kind: str) -> bool:
    if kind == "app_mention":
        return "app_mentions:read" in world.options.scopes
    name, _, plural = kind.partition(".")
    return name != "message" or f"{plural}:history" in world.options.scopes


def _where(channel: Channel) -> dict[str, str]:
    return {"channel": channel.id, "channel_type": channel.kind}


def _mentions_bot(message: Message) -> bool:
    if message.from_bot or message.subtype not in {
        "",
        "file_share",
        "thread_broadcast",
    }:
        return False
    return re.search(rf"<@{BOT_USER}(\|[^>]*)?>", message.words) is not None
