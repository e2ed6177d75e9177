"""What people do in Telegram, as updates for the bot."""

import itertools
import re
import time
from collections.abc import Sequence
from typing import Any

from tests.telegram_server_rules import units
from tests.telegram_server_world import BOT, Message, World, chat_of, person

ADA = 1001
BOB = 1002


class People:
    def __init__(self, world: World) -> None:
        self._world = world
        self._world.known_chats |= {ADA, BOB}
        self._albums = itertools.count(1)

    def say(
        self,
        text: str,
        *,
        user: int = ADA,
        chat: int | None = None,
        reply_to: Message | None = None,
        **extra: Any,
    ) -> Message:
        """A person sends a text. A `/command` is marked as one, as clients do."""
        if command := re.match(r"/[A-Za-z0-9_]{1,32}(@\w+)?(?=\s|$)", text):
            entity = {"type": "bot_command", "offset": 0, "length": command.end()}
            extra.setdefault("entities", [entity])
        assert units(text) <= 4096, "a client would have cut this into several messages"
        if reply_to:
            extra["reply_to_message"] = dict(reply_to.raw)
        return self._post(user, chat, {"text": text, **extra})

    def send_photo(
        self, data: bytes, caption: str = "", *, user: int = ADA, **extra: Any
    ) -> Message:
        large = {**self._file("photo.jpg", data), "width": 1280, "height": 960}
        small = {**self._file("thumb.jpg", data[:100]), "width": 90, "height": 67}
        content = {"photo": [small, large], **_caption(caption), **extra}
        return self._post(user, None, content)

    def send_document(
        self,
        name: str,
        data: bytes,
        caption: str = "",
        *,
        user: int = ADA,
        media_type: str = "application/octet-stream",
        size: int | None = None,
        **extra: Any,
    ) -> Message:
        """*size* is what Telegram says of it, if that is to differ from the truth."""
        file = self._file("document", data, size)
        document = {**file, "file_name": name, "mime_type": media_type}
        content = {"document": document, **_caption(caption), **extra}
        return self._post(user, None, content)

    def send_voice(self, data: bytes, caption: str = "", *, user: int = ADA) -> Message:
        """A person speaks."""
        file = {**self._file("voice", data), "duration": 2, "mime_type": "audio/ogg"}
        return self._post(user, None, {"voice": file, **_caption(caption)})

    def album(
        self, photos: Sequence[bytes], caption: str = "", *, user: int = ADA
    ) -> list[Message]:
        """Several messages that belong together; the first has the caption."""
        group = f"album-{next(self._albums)}"
        captions = itertools.chain([caption], itertools.repeat(""))
        return [
            self.send_photo(data, words, user=user, media_group_id=group)
            for data, words in zip(photos, captions, strict=False)
        ]

    def forward(self, text: str, author: str, *, user: int = ADA) -> Message:
        origin = {
            "type": "hidden_user",
            "sender_user_name": author,
            "date": int(time.time()) - 3600,
        }
        return self.say(text, user=user, forward_origin=origin)

    def edit(self, message: Message, text: str) -> None:
        """The person changes a text or caption of their own."""
        key = "caption" if "caption" in message.raw else "text"
        message.raw.update({key: text, "edit_date": int(time.time())})
        message.raw.pop("entities", None)
        message.versions.append(text)
        self._world.update("edited_message", dict(message.raw))

    def press(self, message: Message, button: str, *, user: int = ADA) -> str:
        """Press a button, by its label or its data; the key to its answer in `answers`.

        The message may have changed meanwhile, as it may have for a person.
        """
        found = next(
            (b for b in message.buttons if button in {b["text"], b["callback_data"]}),
            None,
        )
        assert found, f"no button {button!r} among {message.labels}"
        query = f"query-{len(self._world.queries) + 1}"
        self._world.queries[query] = True
        body = {
            "id": query,
            "from": person(user),
            "message": dict(message.raw),
            "chat_instance": f"instance-{message.chat_id}",
            "data": found["callback_data"],
        }
        self._world.update("callback_query", body)
        return query

    def expire_queries(self) -> None:
        """From now on it is too late to answer what was pressed before."""
        self._world.queries = dict.fromkeys(self._world.queries, False)

    def remove(self, message: Message) -> None:
        """A person deletes a message for both sides; bots are not told."""
        self._world.remove(message)

    def close_topic(self, thread: int, *, chat: int = ADA) -> None:
        self._world.topics[chat, thread] = False

    def block(self, user: int = ADA) -> None:
        self._world.blocked.add(user)
        self._membership(user, "member", "kicked")

    def unblock(self, user: int = ADA) -> None:
        self._world.blocked.discard(user)
        self._membership(user, "kicked", "member")

    def raw(self, update: object) -> None:
        """Any update, or what is not even one. It gets an id unless it has one."""
        self._world.raw_update(update)

    def _post(self, user: int, chat: int | None, content: dict[str, Any]) -> Message:
        chat_id = user if chat is None else chat
        self._world.known_chats.add(chat_id)
        raw = {
            "message_id": self._world.new_id(),
            "from": person(user),
            "chat": chat_of(chat_id),
            "date": int(time.time()),
            **content,
        }
        message = self._world.add(Message(raw))
        self._world.update("message", dict(raw))
        return message

    def _file(self, name: str, data: bytes, size: int | None = None) -> dict[str, Any]:
        file_id = self._world.store_file(name, data, size)
        return {
            "file_id": file_id,
            "file_unique_id": f"unique-{file_id}",
            "file_size": self._world.files[file_id].size,
        }

    def _membership(self, user: int, before: str, after: str) -> None:
        body = {
            "chat": chat_of(user),
            "from": person(user),
            "date": int(time.time()),
            "old_chat_member": {"user": BOT, "status": before, "until_date": 0},
            "new_chat_member": {"user": BOT, "status": after, "until_date": 0},
        }
        self._world.update("my_chat_member", body)


def _caption(text: str) -> dict[str, str]:
    return {"caption": text} if text else {}
