"""Events as Slack sends them, kept."""

import json
from collections.abc import Iterable
from typing import Any

from adapters.inbound import Address, Kept
from adapters.slack.api import Me
from tests.slack_server import ADA, BOT_USER, TEAM

ME = Me(TEAM, BOT_USER, "B0BOT", "Parley Test", "parley")
CHANNEL = "C0GENERAL"
NOON = 1_800_000_000.0
NAMES = {ADA: "Ada Lovelace"}


def name_of(user: str) -> str:
    return NAMES.get(user, user)


class Known:
    """`Names` of people who are known already; Ada reads Korean."""

    def name(self, user_id: str) -> str:
        return name_of(user_id)

    def language(self, user_id: str) -> str:
        return "ko-KR" if user_id == ADA else ""

    async def warm(self, user_ids: Iterable[str]) -> None:
        """They are."""


def ts(at: float) -> str:
    return f"{NOON + at:.6f}"


def thread(root: float = 0) -> Address:
    return Address("slack", CHANNEL, ts(root), TEAM)


def kept(event_id: str, **body: Any) -> Kept:
    return Kept(event_id, json.dumps(body), NOON)


def event(event_id: str, **fields: Any) -> Kept:
    return kept(event_id, type="event_callback", team_id=TEAM, event=fields)


def message(text: str, at: float = 0, **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": ADA, "text": text, "ts": ts(at), **fields}


def said(text: str, at: float = 0, *, id_: str = "", **fields: Any) -> Kept:
    """A reply in the thread that begins at 0, unless it is the beginning."""
    if at and "thread_ts" not in fields:
        fields["thread_ts"] = ts(0)
    raw = message(text, at, channel=CHANNEL, event_ts=ts(at), **fields)
    return event(id_ or f"m{at}", **raw)


def changed(text: str, at: float, *, when: float, **fields: Any) -> Kept:
    now = message(text, at, thread_ts=ts(0), **fields)
    return event(
        f"c{when}",
        type="message",
        subtype="message_changed",
        hidden=True,
        channel=CHANNEL,
        ts=ts(when),
        event_ts=ts(when),
        message=now,
        previous_message=message("before", at, thread_ts=ts(0)),
    )


def deleted(at: float, *, when: float) -> Kept:
    return event(
        f"d{when}",
        type="message",
        subtype="message_deleted",
        hidden=True,
        channel=CHANNEL,
        ts=ts(when),
        event_ts=ts(when),
        deleted_ts=ts(at),
        previous_message=message("before", at, thread_ts=ts(0)),
    )


def pressed(value: str, at: float, *, when: float, **fields: Any) -> Kept:
    """A button of the message *at*, which replies in the thread that begins at 0."""
    shown = {"ts": ts(at), "thread_ts": ts(0)}
    return kept(
        f"p{when}",
        **{
            "type": "block_actions",
            "user": {"id": ADA, "name": "ada"},
            "container": {"channel_id": CHANNEL, "message_ts": ts(at)},
            "message": shown,
            "actions": [{"value": value, "action_ts": ts(when)}],
            **fields,
        },
    )
