"""One kept update, read: what somebody did, before neighbours are joined. Pure.

Rule: only the fields that are needed are looked at, so an update that is new in parts
or odd in others still reads.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from adapters.files import Media
from adapters.inbound import Address, Choice, Command, Inbound, Kept, MessageRef, Sender
from adapters.language import say
from adapters.telegram.media import Raw, media_of
from adapters.telegram.rich import quoted
from adapters.telegram.words import (
    UNREADABLE,
    is_foreign,
    is_service,
    lead_of,
    note_of,
    person,
    words_of,
)

#: What was written on a button by the renderer: (view id, option id); None: not ours.
ParseButton: TypeAlias = Callable[[str], tuple[str, str] | None]

COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL | re.I)


class NotUnderstood(Exception):
    """An update lacks what its kind always has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a person sent, maybe a part of something longer."""

    event: str
    arrived_at: float  # when it was kept; epoch seconds
    sent_at: float  # by Telegram's clock, in whole seconds
    address: Address
    sender: Sender
    id: int
    lead: str = ""  # where the words come from or what they answer, to go before them
    words: str = ""
    note: str = ""  # in words, what it is besides
    length: int = 0  # of the words as they were sent, in UTF-16 units
    media: Media | None = None
    refused: str = ""  # one sentence for the person: what cannot be passed on
    album: str = ""
    forwarded: bool = False
    foreign: bool = False  # as in `Text`

    @property
    def ref(self) -> MessageRef:
        return MessageRef(str(self.id))

    @property
    def text(self) -> str:
        body = "\n\n".join(filter(None, (self.words, self.note)))
        if self.refused and not body:
            return ""  # where it comes from is no message by itself
        if self.forwarded:
            body = quoted(body)  # material; the sender's own words stand outside
        return self.lead + body if body else self.lead.rstrip()

    @property
    def plain(self) -> bool:
        """Words that somebody wrote themselves, and nothing else."""
        return not (
            self.media or self.note or self.refused or self.album or self.forwarded
        )


@dataclass(frozen=True, slots=True)
class Edit:
    """A message as it reads now."""

    message: Message


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button. Whatever it means, the presser's phone waits for an answer."""

    query_id: str
    choice: Inbound | None  # None: a button that means nothing any more


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether the bot may write to a chat from now on."""

    chat: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """No action is needed."""


#: An `Inbound` of its own is a command.
Read: TypeAlias = Message | Edit | Inbound | Press | Reach | Nothing


def read(kept: Kept, parse_button: ParseButton) -> Read:
    """What a kept update says. Raises `NotUnderstood`."""
    try:
        return _read(kept, kept.body, parse_button)
    except Exception as error:
        raise NotUnderstood(f"{type(error).__name__}: {error}") from error


def _read(kept: Kept, update: object, parse_button: ParseButton) -> Read:
    match update:
        case {"message": message}:
            return _message(kept, message)
        case {"edited_message": message}:
            return _edit(kept, message)
        case {"callback_query": query}:
            return _press(kept, query, parse_button)
        case {"my_chat_member": change}:
            return _reach(change)
        case {"update_id": _}:
            return Nothing()  # a kind that was not asked for, or only looked at
        case other:
            raise TypeError(f"not an update but {type(other).__name__}")


def _message(kept: Kept, raw: Raw) -> Message | Inbound | Nothing:
    if is_service(raw):
        return Nothing()
    return _command(kept, raw) or _content(kept, raw)


def _edit(kept: Kept, raw: Raw) -> Edit | Nothing:
    # A live location edits itself every few seconds, a poll with every vote.
    if not words_of(raw):
        return Nothing()
    return Edit(_content(kept, raw))


def _content(kept: Kept, raw: Raw) -> Message:
    words, note, media = words_of(raw), note_of(raw), media_of(raw)
    sender = _sender(raw["from"])
    return Message(
        event=kept.event_id,
        arrived_at=kept.kept_at,
        sent_at=float(raw["date"]),
        address=_address(raw),
        sender=sender,
        id=int(raw["message_id"]),
        lead=lead_of(raw),
        words=words,
        note=note,
        length=len(raw.get("text", "").encode("utf-16-le", "surrogatepass")) // 2,
        media=media,
        refused=_refused(raw, sender.language, empty=not (words or note or media)),
        album=str(raw.get("media_group_id", "")),
        forwarded="forward_origin" in raw,
        foreign=is_foreign(raw),
    )


def _refused(raw: Raw, language: str, *, empty: bool) -> str:
    for kind in UNREADABLE:
        if kind in raw:
            return say(language, "telegram-unreadable", kind=kind)
    return say(language, "telegram-unknown-kind") if empty else ""


def _command(kept: Kept, raw: Raw) -> Inbound | None:
    """A command is what Telegram itself shows as one, and was not only passed on."""
    text = raw.get("text", "")
    match = COMMAND.fullmatch(text)
    if match is None or not _marked(raw) or "forward_origin" in raw:
        return None
    return Inbound(
        events=(kept.event_id,),
        address=_address(raw),
        sender=_sender(raw["from"]),
        body=Command(match[1].lower(), (match[2] or "").strip()),
        message=MessageRef(str(raw["message_id"])),
    )


def _marked(raw: Raw) -> bool:
    return any(
        entity["type"] == "bot_command" and entity["offset"] == 0
        for entity in raw.get("entities", ())
    )


def _press(kept: Kept, query: Raw, parse_button: ParseButton) -> Press:
    query_id, message = str(query["id"]), query.get("message")
    button = parse_button(query.get("data", ""))
    if message is None or button is None:
        return Press(query_id, None)
    choice = Inbound(
        events=(kept.event_id,),
        address=_address(message),
        sender=_sender(query["from"]),
        body=Choice(*button),
        message=MessageRef(str(message["message_id"])),
    )
    return Press(query_id, choice)


def _reach(change: Raw) -> Reach:
    member = change["new_chat_member"]
    allowed = member["status"] not in {"left", "kicked"}
    return Reach(
        str(change["chat"]["id"]), allowed and member.get("can_send_messages", True)
    )


def _address(message: Raw) -> Address:
    # Replies make threads of their own in groups; only a topic is a conversation.
    topic = message.get("is_topic_message")
    thread = str(message["message_thread_id"]) if topic else ""
    return Address("telegram", str(message["chat"]["id"]), thread)


def _sender(user: Raw) -> Sender:
    language = str(user.get("language_code") or "")
    return Sender(str(int(user["id"])), person(user), language)
