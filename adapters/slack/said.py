"""A message event, read: where it was said, by whom, and whether it names us. Pure.

What Slack tells of a message that was changed or taken back is read as the message.
"""

import re
from dataclasses import dataclass

from adapters.slack.api import Me
from adapters.slack.payload import Payload, part, text

TAKEN = frozenset({"", "file_share", "thread_broadcast"})
OPENS = re.compile(r"\s*<@([^|>]+)[|>]")


@dataclass(frozen=True, slots=True)
class Said:
    key: str
    user: str
    channel: str
    thread: str  # the root of its thread, which may be itself
    direct: bool  # said to us alone
    mentioned: bool  # names us
    reply: bool  # a reply in a thread, not addressed to somebody else
    new: bool  # not a change of what was said before
    teams: frozenset[str]  # workspaces of the people there, as far as it tells


def read_said(body: Payload, me: Me) -> Said | str:
    """What was said; or why that is nothing to us."""
    event = part(body, "event")
    message, before = event, part(event, "previous_message")
    changed = text(event, "subtype") == "message_changed"
    deleted = text(event, "subtype") == "message_deleted"
    if changed:
        message = part(event, "message")
        # A link that unfurls, and each update of our own, comes as a change as well.
        if before and text(before, "text") == text(message, "text"):
            return "unchanged"
        # The root of a thread is not deleted but replaced.
        deleted = text(message, "subtype") == "tombstone"
    elif event.get("hidden") and not deleted:
        return "hidden"
    message = before if deleted else message
    return _unsaid(message, me) or _said(
        body, message, me, before=before if changed else {}, new=message is event
    )


def _unsaid(message: Payload, me: Me) -> str:
    """Why this was not said by a person; "" if it was."""
    if text(message, "subtype") not in TAKEN:
        return "not said by a person"
    if message.get("bot_id") or text(message, "user") in ("", me.user_id):
        return "said by a program"
    return "" if text(message, "ts") else "malformed"


def _said(
    body: Payload, message: Payload, me: Me, *, before: Payload, new: bool
) -> Said:
    event = part(body, "event")
    channel, ts = text(event, "channel"), text(message, "ts")
    mention = f"<@{me.user_id}"
    words = text(message, "text")
    mentioned = any(
        f"{mention}{end}" in said
        for said in (words, text(before, "text"))
        for end in "|>"
    )
    return Said(
        key=(
            f"msg:{me.team_id}:{channel}:{ts}"
            if new
            else f"ev:{text(body, 'event_id')}"
        ),
        user=text(message, "user"),
        channel=channel,
        thread=text(message, "thread_ts") or ts,
        direct=channel.startswith("D"),
        mentioned=mentioned,
        # Slack gives a root its own name once it has replies.
        reply=text(message, "thread_ts") not in ("", ts) and not OPENS.match(words),
        new=new,
        teams=frozenset(
            text(source, name)
            for source in (event, message)
            for name in ("team", "user_team", "source_team")
        ),
    )
