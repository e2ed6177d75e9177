"""One Slack thread so small that a kill can be put anywhere."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.inbound import Address
from adapters.lane import Urgency
from adapters.slack.api import Me
from adapters.slack.draw import Drawer
from adapters.slack.errors import Refused
from adapters.slack.message import words_of
from adapters.slack.sharer import Spawn
from tests.adapters.kills import Fuse, PaperScreen
from tests.virtual_time import ticks

THREAD = Address("slack", "D1", "100.0", "T1")
ME = Me("T1", "UBOT", "B1", "Team", "parley")
Fault = Callable[[str, dict[str, Any]], Exception | None]


@dataclass
class Message:
    ts: str
    text: str = ""  # all there is to read but cards and buttons
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    streaming: bool = False
    ends_at: float = 0.0

    @property
    def bytes(self) -> int:
        inside = [
            f"{c.get('details', '')}{c.get('output', '')}" * 2 + c["title"]
            for c in self.cards.values()
        ]
        return len("".join((self.text, *inside)).encode())

    @property
    def read(self) -> str:
        """With what a stream's end put below it."""
        return "\n\n".join(filter(None, (self.text, words_of(self.blocks))))


@dataclass
class PaperSlack:
    """*before* sees every call and may refuse it; *after* may lose its answer."""

    fuse: Fuse = field(default_factory=Fuse)
    messages: dict[str, Message] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    before: Fault = lambda *_: None
    after: Fault = lambda *_: None
    stream_bytes: int = 10_600
    stream_life_s: float = 300.0
    status: str = ""  # of the session
    files: dict[str, tuple[str, str]] = field(default_factory=dict)  # name, data
    completed: list[str] = field(default_factory=list)  # their ids, once shared
    drops_shares: int = 0
    whispers: list[str] = field(default_factory=list)
    _count: int = 100

    @property
    def texts(self) -> list[str]:
        return [message.read for message in self.messages.values()]

    @property
    def methods(self) -> list[str]:
        return [method.partition(".")[2] for method, _ in self.calls]

    async def call(
        self,
        method: str,
        *,
        urgency: Urgency = Urgency.EDIT,
        ping: str = "",
        **params: Any,
    ) -> dict[str, Any]:
        given = {name: value for name, value in params.items() if value is not None}
        return await self._act(method, given, lambda: self._obey(method, given))

    async def fill(self, name: str, content: Path | bytes, *, alt: str = "") -> str:
        def take() -> dict[str, Any]:
            data = content if isinstance(content, bytes) else content.read_bytes()
            file = f"F{len(self.files)}"
            self.files[file] = (name, data.decode())
            return {"id": file}

        return str((await self._act("fill", {"name": name, "alt": alt}, take))["id"])

    async def share(
        self, address: Address, file_id: str, title: str, *, comment: str = ""
    ) -> None:
        def show() -> dict[str, Any]:
            name, data = self.files[file_id]
            size = len(data.encode())
            message = Message("", files=[{"id": file_id, "name": name, "size": size}])
            message.text = "\n".join(filter(None, (comment, data)))
            self.completed.append(file_id)
            if self.drops_shares:
                self.drops_shares -= 1
            else:
                self._post(message)
            return {}

        await self._act("share", {"file": file_id, "title": title}, show)

    async def _act(
        self, method: str, params: dict[str, Any], effect: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        self.calls.append((method, params))
        self.times.append(round(ticks(), 1))
        await self.fuse.spark()
        if error := self.before(method, params):
            raise error
        result = effect()
        await self.fuse.spark()
        if error := self.after(method, params):
            raise error
        return result

    def _obey(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "chat.postMessage":
                message = self._post(Message(""))
                self._write(message, params)
            case "chat.startStream":
                ends_at = ticks() + self.stream_life_s
                message = Message("", streaming=True, ends_at=ends_at)
                self._feed(message, params)
                self._post(message)
                self.status = "processing"
            case "chat.appendStream" | "chat.stopStream":
                message = self._streaming(params["ts"])
                self._feed(message, params)
                if method == "chat.stopStream":
                    message.streaming = False
                    message.blocks = params.get("blocks", [])
                    message.metadata = params.get("metadata")
                    self.status = params.get("session_status", "active")
            case "chat.update":
                message = self._known(params["ts"])
                if message.streaming and ticks() < message.ends_at:
                    raise Refused("streaming_state_conflict")
                message.cards, message.blocks = {}, []
                self._write(message, params)
            case "chat.delete":
                message = self._known(params["ts"])
                del self.messages[message.ts]
            case "chat.postEphemeral":
                self.whispers.append(words_of(params["blocks"]))
                return {}
            case "files.info":
                return {"file": self._file(params["file"])}
            case "files.delete":
                self.completed.remove(self._file(params["file"])["id"])
                return {}
            case "conversations.replies":
                return {"messages": [self._listed(m) for m in self.messages.values()]}
            case _:
                raise Refused("unknown_method")
        return {"ts": message.ts}

    def _post(self, message: Message) -> Message:
        self._count += 1
        message.ts = f"{self._count}.0"
        self.messages[message.ts] = message
        return message

    def _known(self, ts: str) -> Message:
        if ts not in self.messages:
            raise Refused("message_not_found")
        return self.messages[ts]

    def _streaming(self, ts: str) -> Message:
        message = self._known(ts)
        if not message.streaming or ticks() >= message.ends_at:
            message.streaming = False
            raise Refused("message_not_in_streaming_state")
        return message

    def _feed(self, message: Message, params: dict[str, Any]) -> None:
        chunks = params.get("chunks", [])
        words = [one["text"] for one in chunks if one["type"] == "markdown_text"]
        cards = [one for one in chunks if one["type"] == "task_update"]
        fed = Message("", message.text + "".join(words), {**message.cards})
        fed.cards |= {card["id"]: card for card in cards}
        if fed.bytes > self.stream_bytes:
            raise Refused("msg_too_long")
        message.text, message.cards = fed.text, fed.cards

    def _write(self, message: Message, params: dict[str, Any]) -> None:
        blocks = params.get("blocks") or []
        if len(words_of(blocks)) > 12_000:
            raise Refused("msg_blocks_too_long")
        message.text = words_of(blocks) if blocks else params["markdown_text"]
        message.metadata = params["metadata"]
        message.cards = {}

    def _file(self, file_id: str) -> dict[str, Any]:
        if file_id not in self.completed:
            raise Refused("file_not_found")
        holders = [
            {"ts": message.ts}
            for message in self.messages.values()
            if any(file.get("id") == file_id for file in message.files)
        ]
        return {"id": file_id, "shares": {"private": {THREAD.chat: holders}}}

    def _listed(self, message: Message) -> dict[str, Any]:
        listed = {"ts": message.ts, "user": "UBOT", "files": message.files}
        return {**listed, "metadata": message.metadata} if message.metadata else listed


def drawer(
    slack: PaperSlack, screen: PaperScreen, spawn: Spawn = asyncio.create_task
) -> Drawer:
    return Drawer(slack, screen, ME, spawn=spawn, now=ticks)


def nth_call(n: int, error: Exception, method: str = "") -> Fault:
    left = [n]

    def fail(called: str, params: dict[str, Any]) -> Exception | None:
        if method and method != called:
            return None
        left[0] -= 1
        return error if left[0] == 0 else None

    return fail
