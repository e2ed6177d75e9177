"""Telegram and a renderer so small that a kill can be put anywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.inbound import Address
from adapters.telegram.budget import Budget
from adapters.telegram.draw import Drawer
from adapters.telegram.errors import MessageGone
from adapters.telegram.render import Button, Piece
from adapters.telegram.uploads import Uploads
from adapters.views import (
    FileView,
    Notice,
    QuestionView,
    Said,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.kills import Fuse, PaperScreen
from tests.virtual_time import ticks

CHAT = Address("telegram", "1001")
BOLD = {"type": "bold", "offset": 0, "length": 1}


@dataclass
class Message:
    id: int
    text: str
    params: dict[str, Any]

    @property
    def buttons(self) -> list[str]:
        markup = self.params.get("reply_markup") or {"inline_keyboard": []}
        return [key["text"] for row in markup["inline_keyboard"] for key in row]


@dataclass
class PaperTelegram:
    """One chat. *fail* sees every call, and may raise before or after its effect."""

    fuse: Fuse = field(default_factory=Fuse)
    messages: dict[int, Message] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before: Callable[[str, dict[str, Any]], Exception | None] = lambda *_: None
    after: Callable[[str, dict[str, Any]], Exception | None] = lambda *_: None
    times: list[float] = field(default_factory=list)
    _ids: int = 0

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages.values()]

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    async def call(self, method: str, **params: Any) -> Any:
        given = {name: value for name, value in params.items() if value is not None}
        self.calls.append((method, given))
        self.times.append(round(ticks(), 1))
        await self.fuse.spark()
        if error := self.before(method, given):
            raise error
        result = self._obey(method, given)
        await self.fuse.spark()
        if error := self.after(method, given):
            raise error
        return result

    def _obey(self, method: str, params: dict[str, Any]) -> Any:
        if method == "sendMessage":
            self._ids += 1
            self.messages[self._ids] = Message(self._ids, params["text"], params)
            return {"message_id": self._ids}
        if method in {"editMessageText", "deleteMessage"}:
            if params["message_id"] not in self.messages:
                raise MessageGone("message to edit not found")
            message = self.messages[params["message_id"]]
            if method == "deleteMessage":
                del self.messages[message.id]
            else:
                message.text, message.params = params["text"], params
        return True


def pieces_of(view: View, *, now: float) -> Sequence[Piece]:
    """A turn is a status "w0"; the answer of a long one is messages of its own."""
    match view:
        case FileView(name=name):
            return [Piece("f0", name, ())]
        case Notice(text=text):
            return [Piece("n0", text, ())]
        case QuestionView(title=title, final=final):
            button = Button("Yes", f"{view.id}:yes", "good")
            return [Piece("q0", title, (), () if final else ((button,),), notify=True)]
        case TurnView(status=TurnStatus.QUEUED):
            return [Piece("q0", "Queued", (), ((Button("Cancel", "t1:cancel"),),))]
        case TurnView(final=False, parts=parts):
            stop = ((Button("Stop", "t1:stop", "danger"),),)
            words = said(parts) if parts else "Thinking"
            return [Piece("w0", words, (), stop, stub="Working")]
        case TurnView(parts=(Said(text=text),), started_at=None):
            return [Piece("w0", text, (BOLD,), stub="Done", notify=True)]
        case _:
            return [
                Piece("w0", "Log", (), stub="Done"),
                Piece("a0", said(view.parts), (), stub="Answer below", notify=True),
                Piece("a1", "The rest", (), stub="More below"),
            ]


def said(parts: Sequence[Any]) -> str:
    return " ".join(part.text for part in parts if isinstance(part, Said))


def drawer(telegram: PaperTelegram, screen: PaperScreen) -> Drawer:
    return Drawer(
        telegram, Budget(), screen, pieces_of, uploads=Uploads(telegram), now=ticks
    )
