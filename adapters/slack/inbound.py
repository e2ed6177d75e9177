"""One kept event, read: what somebody did, and where. Pure.

Rule: only the fields that are needed are looked at, so an event that is new in parts
or odd in others still reads.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.inbound import (
    Address,
    Body,
    Choice,
    Command,
    Deleted,
    Inbound,
    Kept,
    MessageRef,
    Sender,
)
from adapters.names import one_line
from adapters.slack.api import Me
from adapters.slack.buttons import parse_value
from adapters.slack.forms import Form, read_form
from adapters.slack.heard import (
    Heard,
    Message,
    Nothing,
    NotUnderstood,
    Slash,
    Task,
    What,
)
from adapters.slack.words import (
    NameOf,
    Raw,
    command_of,
    files_of,
    is_foreign,
    mentioned,
    text_of,
)
from adapters.views import DONE


def read(kept: Kept, me: Me, name_of: NameOf) -> Heard:
    """What a kept event says. Raises `NotUnderstood`."""
    try:
        body = kept.body
        return Heard(_moment(kept, body), _Reader(kept, me, name_of).read(body))
    except Exception as error:
        raise NotUnderstood(f"{type(error).__name__}: {error}") from error


def _moment(kept: Kept, body: Raw) -> float:
    match body:
        case {"event": {"event_ts": str(ts)} | {"ts": str(ts)}}:
            return float(ts)
        case {"actions": [{"action_ts": str(ts)}, *_]}:
            return float(ts)
        case _:
            return kept.kept_at


@dataclass(frozen=True, slots=True)
class _Reader:
    kept: Kept
    me: Me
    name_of: NameOf

    def read(self, body: Any) -> What:
        match body:
            case {"type": "event_callback", "event": event}:
                return self._event(event)
            case {"type": "block_actions"}:
                return self._press(body)
            case {"type": "view_submission"}:
                return self._form(body)
            case {"command": _}:
                return self._slash(body)
            case other:
                raise TypeError(f"not an event but {type(other).__name__}")

    # --- events ---------------------------------------------------------------

    def _event(self, event: Raw) -> What:
        match event:
            case {"type": "message", "subtype": "message_changed"}:
                return self._changed(event)
            case {"type": "message", "subtype": "message_deleted"}:
                return self._deleted(event)
            case {"type": "message" | "app_mention"}:
                return self._message(event)
            case {"type": "agent_session_stopped"}:
                address = self._address(event["channel"], event["thread_ts"])
                return self._inbound(address, event["user"], Command("stop"))
            case {"type": _}:
                return Nothing()  # a kind that was only looked at
            case other:
                raise TypeError(f"not an event but {type(other).__name__}")

    def _message(self, raw: Raw) -> Message | Inbound:
        message = self._content(raw, raw["channel"])
        if command := command_of(raw, self.me.user_id, self.name_of):
            ref = MessageRef(message.ts)
            return self._inbound(message.address, message.user, command, ref)
        return message

    def _changed(self, event: Raw) -> Message | Inbound | Nothing:
        raw = event["message"]
        if raw.get("subtype") == "tombstone":  # the first message of a thread stays
            return self._deleted(event)
        message = self._content(raw, event["channel"], edited=True)
        return message if message.words(self.name_of) else Nothing()

    def _content(self, raw: Raw, channel: str, *, edited: bool = False) -> Message:
        message = Message(
            event=self.kept.event_id,
            address=self._address(channel, _thread(raw)),
            ts=str(raw["ts"]),
            user=str(raw["user"]),
            people=frozenset({str(raw["user"]), *mentioned(raw)}),
            files=() if edited else tuple(files_of(raw)),
            words=partial(text_of, raw, self.me.user_id),
            edited=edited,
            foreign=is_foreign(raw),
        )
        message.words(self.name_of)  # if it makes no sense, that is to be known now
        return message

    def _deleted(self, event: Raw) -> Inbound:
        gone = event["previous_message"]
        address = self._address(event["channel"], _thread(gone))
        return self._inbound(
            address, gone["user"], Deleted(), MessageRef(str(gone["ts"]))
        )

    # --- buttons, forms, commands -------------------------------------------------

    def _press(self, body: Raw) -> Inbound | Nothing:
        action, container = body["actions"][0], body["container"]
        button = parse_value(str(action.get("value", "")))
        match container:
            case {"channel_id": str(channel), "message_ts": str(ts)} if button:
                message = body.get("message") or {}
                thread = message.get("thread_ts") or container.get("thread_ts") or ts
            case _:
                return Nothing()  # a button that means nothing any more
        chosen = _ticked(body, button[0]) if button[1] == DONE else ()
        return self._inbound(
            self._address(channel, thread),
            body["user"]["id"],
            Choice(*button, chosen=chosen),
            _unless_root(ts, thread),
            known_as=_person(body["user"]),
        )

    def _form(self, body: Raw) -> Inbound | Task | Nothing:
        user, form = body["user"], read_form(body["view"])
        match form:
            case None:
                return Nothing()
            case Form("words", context, text):
                return self._inbound(
                    self._address(context.channel, context.thread),
                    user["id"],
                    Choice(context.view_id, context.option_id, text),
                    _unless_root(context.message, context.thread),
                    known_as=_person(user),
                )
            case Form(context=context, text=text):
                sender = self._sender(user["id"], _person(user))
                return Task(
                    self.kept.event_id, context, sender, text, body, self.kept.kept_at
                )

    def _slash(self, body: Raw) -> Slash:
        return Slash(
            event=self.kept.event_id,
            channel=str(body["channel_id"]),
            channel_name=str(body.get("channel_name", "")),
            sender=self._sender(body["user_id"], str(body.get("user_name", ""))),
            text=str(body.get("text", "")).strip(),
            raw=body,
            kept_at=self.kept.kept_at,
        )

    # --- what they have in common ---------------------------------------------

    def _inbound(
        self,
        address: Address,
        user: str,
        body: Body,
        message: MessageRef | None = None,
        *,
        known_as: str = "",
    ) -> Inbound:
        return Inbound(
            events=(self.kept.event_id,),
            address=address,
            sender=self._sender(user, known_as),
            body=body,
            message=message,
        )

    def _address(self, channel: str, thread: str) -> Address:
        return Address("slack", str(channel), str(thread), self.me.team_id)

    def _sender(self, user: str, known_as: str) -> Sender:
        """*known_as* is what the event calls them; it may be an old handle."""
        if not isinstance(user, str):
            raise TypeError(f"not a user but {type(user).__name__}")
        name = self.name_of(user)
        return Sender(user, one_line(known_as if name == user else name) or user)


def _thread(message: Raw) -> str:
    return str(message.get("thread_ts") or message["ts"])


def _unless_root(ts: str, thread: str) -> MessageRef | None:
    """A thread's first message shows a turn as well, but is never taken away."""
    return None if ts == thread else MessageRef(ts)


def _ticked(body: Raw, view_id: str) -> tuple[str, ...]:
    block = body.get("state", {}).get("values", {}).get(f"several:{view_id}", {})
    ticked = block.get("tick", {}).get("selected_options") or ()
    return tuple(str(option["value"]) for option in ticked)


def _person(user: Raw) -> str:
    return str(user.get("name") or user.get("username") or "")
