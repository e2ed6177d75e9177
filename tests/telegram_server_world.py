"""What Telegram's side remembers: chats, messages, files, updates nobody took yet."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fake_server import Changes
from tests.telegram_server_flood import Flood, FloodControl

BOT: dict[str, Any] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Fake",
    "username": "fake_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
#: Updates a bot does not get unless it asks for them by name.
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass
class Message:
    """A message in a chat. *raw* is how the Bot API shows it."""

    raw: dict[str, Any]
    versions: list[str] = field(default_factory=list)  # every text it has had
    silent: bool = False
    reaction: str = ""  # the bot's
    data: bytes = b""  # of the file that the bot sent with it

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        return int(self.raw["chat"]["id"])

    @property
    def from_bot(self) -> bool:
        return bool(self.raw["from"]["is_bot"])

    @property
    def text(self) -> str:
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[dict[str, Any]]:
        kept = self.raw.get("entities") or self.raw.get("caption_entities") or []
        return list(kept)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """All inline buttons, in reading order."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return list(itertools.chain.from_iterable(rows))

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    @property
    def edits(self) -> int:
        return len(self.versions) - 1

    @property
    def thread(self) -> int | None:
        return self.raw.get("message_thread_id")

    @property
    def reply_to(self) -> int | None:
        """The id of the message it answers."""
        replied = self.raw.get("reply_to_message")
        return replied["message_id"] if replied else None

    @property
    def file_name(self) -> str:
        return str(self.raw.get("document", {}).get("file_name", ""))

    @property
    def is_photo(self) -> bool:
        return "photo" in self.raw


@dataclass
class StoredFile:
    path: str
    data: bytes
    size: int  # as Telegram says; may be more than there is, to try out limits


class World(Changes):
    """All of it, and a way to wait until something in it changes."""

    def __init__(self, flood: Flood | None) -> None:
        super().__init__()
        self.flood = FloodControl(flood) if flood else None
        self.messages: dict[int, Message] = {}
        self.known_chats: set[int] = set()
        self.blocked: set[int] = set()
        self.topics: dict[tuple[int, int], bool] = {}  # whether it is open
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, bool] = {}  # id of a press → can be answered
        self.answers: dict[str, str] = {}  # id of a press → what the bot said
        self.commands: dict[str, list[dict[str, Any]]] = {}  # by scope
        self.actions: list[tuple[int, str]] = []  # chat, "typing"
        self.webhook = ""
        self.allowed: set[str] | None = None
        self.updates: list[tuple[int, Any]] = []
        self._next_update = itertools.count(1000)
        self._next_id = itertools.count(1)

    # --- messages

    def new_id(self) -> int:
        return next(self._next_id)

    def add(self, message: Message) -> Message:
        message.versions.append(message.text)
        self.messages[message.id] = message
        if message.thread:
            self.topics.setdefault((message.chat_id, message.thread), True)
        self.change()
        return message

    def find(self, chat_id: int, message_id: int) -> Message | None:
        message = self.messages.get(message_id)
        return message if message and message.chat_id == chat_id else None

    def remove(self, message: Message) -> None:
        del self.messages[message.id]
        self.change()

    def visible(self, chat_id: int) -> list[Message]:
        return [m for m in self.messages.values() if m.chat_id == chat_id]

    def store_file(self, name: str, data: bytes, size: int | None = None) -> str:
        """Keep it for download; its file id."""
        file_id = f"file-{len(self.files) + 1}"
        size = len(data) if size is None else size
        self.files[file_id] = StoredFile(f"documents/{file_id}-{name}", data, size)
        return file_id

    # --- updates

    def update(self, kind: str, body: dict[str, Any]) -> None:
        self.raw_update({kind: body})

    def raw_update(self, update: Any) -> None:
        """Queue anything; it gets the next id unless it has one."""
        number = next(self._next_update)
        if isinstance(update, dict):
            if not self._wanted(update):
                return
            update = {"update_id": number, **update}
            if type(update["update_id"]) is int:
                number = update["update_id"]
        self.updates.append((number, update))
        self.change()

    def _wanted(self, update: dict[str, Any]) -> bool:
        kinds = update.keys() - {"update_id"}
        if self.allowed is None:
            return not kinds & NOT_BY_DEFAULT
        return not kinds or bool(kinds & self.allowed)

    def confirm(self, offset: int) -> None:
        self.updates = [(n, update) for n, update in self.updates if n >= offset]
        self.change()


def chat_of(chat_id: int) -> dict[str, Any]:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": name_of(chat_id)}
    return {"id": chat_id, "type": "supergroup", "title": "A group"}


def person(user: int) -> dict[str, Any]:
    return {
        "id": user,
        "is_bot": False,
        "first_name": name_of(user),
        "language_code": "en",
    }


def name_of(user: int) -> str:
    return {1001: "Ada", 1002: "Bob"}.get(user, f"Person {user}")


def described(messages: list[Message]) -> Iterator[str]:
    """A chat in lines for people to read, when a test has failed."""
    for message in messages:
        who = "bot" if message.from_bot else "   "
        yield f"  {message.id:4} {who} {message.text!r} {message.labels or ''}"
