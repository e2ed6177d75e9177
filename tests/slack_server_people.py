"""What people do in Slack: who and where they are, words, files."""

import re
from collections.abc import Sequence
from typing import Any

from tests.slack_server_delivery import Act, Delivery, Road
from tests.slack_server_events import (
    enveloped,
    shown,
    tell,
    tell_change,
    tell_deletion,
    tell_joined,
    tell_message,
)
from tests.slack_server_message import (
    ADA,
    BOB,
    BOT_USER,
    File,
    Message,
)
from tests.slack_server_presses import Presses
from tests.slack_server_responses import Responses
from tests.slack_server_world import Channel, Kind, Person, World

TOKEN = re.compile(r"<(?:@[UWB]|#C|!|https?://|mailto:)[^<>]*>")
URL = re.compile(r"https?://[^\s<>|]+")


class People(Presses):
    def __init__(
        self, world: World, delivery: Delivery, responses: Responses, *roads: Road
    ) -> None:
        super().__init__(world, delivery, responses, *roads)
        world.tell = self._tell
        for user, name in ((ADA, "Ada Lovelace"), (BOB, "Bob Byte")):
            self.add_person(user, name)
        self.add_person(BOT_USER, "Parley", bot=True)
        self.general = self.open_channel("general", (ADA, BOB))

    # --- who and where

    def add_person(self, user: str, name: str, **traits: Any) -> str:
        """Traits: `team=` of another company, `guest`, `bot`, `deleted`, `locale`…"""
        self._world.people[user] = Person(user, name, **traits)
        return user

    def open_channel(
        self,
        name: str,
        members: Sequence[str] = (ADA, BOB),
        *,
        private: bool = False,
        bot: bool = True,
        external: bool = False,
    ) -> str:
        """The id of a new channel. *external*: shared with another company."""
        kind: Kind = "group" if private else "channel"
        channel_id = self._world.id("C")
        people = {*members, *([BOT_USER] if bot else [])}
        channel = Channel(channel_id, name, kind, people, external)
        self._world.channels[channel_id] = channel
        return channel_id

    def group_dm(self, *users: str) -> str:
        """A conversation of several people, and the bot."""
        channel_id = self._world.id("G")
        channel = Channel(channel_id, "mpdm", "mpim", {*users, BOT_USER})
        self._world.channels[channel_id] = channel
        return channel_id

    def archive(self, channel: str, *, archived: bool = True) -> None:
        self._world.channels[channel].archived = archived

    def invite(self, channel: str, user: str = BOT_USER) -> None:
        self._world.channels[channel].members.add(user)
        tell_joined(self._world, self._world.channels[channel], user)

    def remove_bot(self, channel: str) -> None:
        self._world.channels[channel].members.discard(BOT_USER)

    # --- words

    def say(
        self,
        text: str = "",
        *,
        user: str = ADA,
        channel: str | None = None,
        thread: str | Message | None = None,
        files: Sequence[File | tuple[str, bytes]] = (),
        broadcast: bool = False,
        mention_first: bool = False,
        apart_s: float = 0.0,
        attachments: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """A person writes: in *channel*, or where *thread* is, or to the bot.

        *mention_first*: the two events of a mention come the other way round, the
        second *apart_s* later.
        """
        root = thread.root if isinstance(thread, Message) else thread
        if channel is None:
            channel = thread.channel if isinstance(thread, Message) else self.dm(user)
        members = self._world.channels[channel].members
        assert user in members, f"{user} is not in {channel}"
        message = Message(channel, self._world.ts(), user, root or "", typed(text))
        message.files = [self._attached(file) for file in files]
        message.attachments = list(attachments)
        if files:
            message.subtype = "file_share"
        elif broadcast:
            message.subtype = "thread_broadcast"
        self._world.add(message)
        tell_message(self._world, message, mention_first=mention_first, apart_s=apart_s)
        return message

    def edit(self, message: Message, text: str) -> None:
        """A person changes their own words."""
        before = shown(self._world, message)
        message.words = typed(text)
        message.edits += 1
        self._world.change()
        tell_change(self._world, message, before)

    def delete(self, message: Message) -> None:
        before = shown(self._world, message)
        message.deleted = True
        self._world.change()
        tell_deletion(self._world, message, before)

    def unfurl(self, message: Message, title: str = "A page") -> None:
        """Slack adds a preview of a link: an edit that changes no word."""
        before = shown(self._world, message)
        message.attachments = [{"title": title, "from_url": "https://example.com"}]
        self._world.change()
        tell_change(self._world, message, before)

    def file(self, name: str, data: bytes, **traits: Any) -> File:
        """A file to say something with. Traits: the fields of `File`."""
        size = traits.pop("size", len(data))
        file = File(self._world.id("F"), name, data, size, **traits)
        self._world.files[file.id] = file
        return file

    def _attached(self, file: File | tuple[str, bytes]) -> File:
        return file if isinstance(file, File) else self.file(*file)

    # --- the agent's own surfaces

    def press_stop(
        self, channel: str, thread: str | Message, *, user: str = ADA
    ) -> None:
        """Slack's Stop button, which is there while the session is processing."""
        root = thread.root if isinstance(thread, Message) else thread
        status = self._world.status(channel, root)
        assert status == "processing", f"no Stop button: the session is {status!r}"
        stopped = [m for m in self._world.in_thread(channel, root) if m.streaming]
        for message in stopped:
            assert message.stream
            message.stream.over = "stopped_by_user"
        self._world.change()
        event = {
            "type": "agent_session_stopped",
            "channel": channel,
            "thread_ts": root,
            "user": user,
            "streaming_message_ts": [message.ts for message in stopped],
            "event_ts": self._world.ts(),
        }
        place = self._world.channels[channel]
        tell(self._world, "agent_session_stopped", event, place)

    def open_home(self, *, user: str = ADA, tab: str = "messages") -> None:
        event = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.dm(user),
            "tab": tab,
            "event_ts": self._world.ts(),
        }
        tell(self._world, "app_home_opened", event)

    # --- anything else

    def event(self, event: dict[str, Any], **envelope: Any) -> Act:
        """Any event at all, whether or not the app asked for its kind."""
        return self._tell({**enveloped(self._world, event), **envelope})

    def again(self, what: Act | Message) -> Act:
        """Deliver an event once more, as if its ack had been lost."""
        if isinstance(what, Message):
            what = next(act for act in self._delivery.acts if act.is_about(what.ts))
        return self._delivery.deliver(self._road, what.type, what.payload, retry=1)

    def _tell(self, envelope: dict[str, Any], after_s: float = 0.0) -> Act:
        return self._delivery.deliver(
            self._road, "events_api", envelope, after_s=after_s
        )


def typed(text: str) -> str:
    """What a person typed, as Slack passes it on. `<@U…>` stands for a mention."""
    parts, end = [], 0
    for token in TOKEN.finditer(text):
        parts += [_escaped(text[end : token.start()]), token[0]]
        end = token.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return URL.sub(lambda url: f"<{url[0]}>", text)
