"""Updates as Telegram sends them, and the bot's side of what comes in."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import settings

from adapters.base import AdapterError
from adapters.files import FileTooBig
from adapters.inbound import Address, Inbound, Kept, Text
from tests.fakes import NothingBefore

#: The same examples each time, however slow the machine.
steadily = settings(deadline=None, derandomize=True)

ADA = {"id": 1001, "is_bot": False, "first_name": "Ada", "last_name": "Lovelace"}
CHAT = {"id": 1001, "type": "private", "first_name": "Ada"}

HOME = Address("telegram", "1001")
NOON = 1_800_000_000  # some noon, in Telegram's whole seconds


def message(number: int, *, sent_at: float = NOON, **fields: Any) -> dict[str, Any]:
    """A message; a field given as None is left out."""
    all_fields = {
        "message_id": number,
        "date": int(sent_at),
        "from": ADA,
        "chat": CHAT,
        **fields,
    }
    return {key: value for key, value in all_fields.items() if value is not None}


def kept(number: int, *, at: float = NOON, **update: Any) -> Kept:
    payload = json.dumps({"update_id": number, **update})
    return Kept(str(number), payload, at)


def said(number: int, *, at: float = NOON, **fields: Any) -> Kept:
    """Update and message of the same number."""
    return kept(number, at=at, message=message(number, sent_at=at, **fields))


def command(number: int, text: str, *, at: float = NOON) -> Kept:
    length = len(text.split()[0])
    entity = {"type": "bot_command", "offset": 0, "length": length}
    return said(number, at=at, text=text, entities=[entity])


def pressed(number: int, data: str, *, at: float = NOON) -> Kept:
    shown = message(500, text="May I?")
    query = {"id": f"q{number}", "from": ADA, "data": data, "message": shown}
    return kept(number, at=at, callback_query=query)


def forward(number: int, *, at: float = NOON, **fields: Any) -> Kept:
    origin = {"type": "hidden_user", "sender_user_name": "Bo", "date": 1}
    return said(number, at=at, forward_origin=origin, **fields)


def picture(number: int, *, at: float = NOON, **fields: Any) -> Kept:
    sizes = [{"file_id": f"{size}{number}"} for size in ("small", "large")]
    return said(number, at=at, photo=sizes, **fields)


def document(name: str, **fields: Any) -> dict[str, Any]:
    return {"file_id": "d1", "file_name": name, **fields}


def parse_button(data: str) -> tuple[str, str] | None:
    view_id, colon, option_id = data.partition(":")
    return (view_id, option_id) if colon else None


class FakeDownloads:
    """Files on Telegram's servers."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}  # by file id; others hold their own id
        self.failures: list[AdapterError] = []  # to be raised first, in order
        self.slow: dict[str, float] = {}  # by file id: how many seconds it takes
        self.started: list[str] = []
        self.under_way = 0
        self.most_at_once = 0

    async def download(self, file_id: str, target: Path, *, limit: int) -> int:
        self.started.append(file_id)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await asyncio.sleep(self.slow.get(file_id, 0))
        finally:
            self.under_way -= 1
        if self.failures:
            raise self.failures.pop(0)
        content = self.contents.get(file_id, file_id.encode())
        if len(content) > limit:
            raise FileTooBig("file is too big")
        return target.write_bytes(content)


class FakeIntake(NothingBefore):
    """Keeps rows, and takes what is delivered. It outlives a run, as the store does."""

    def __init__(self, folder: Path) -> None:
        self.delivered: list[Inbound] = []
        self.discarded: list[str] = []
        self.parked: dict[str, str] = {}
        self.expected: list[tuple[Address, str]] = []
        self.refusing: set[str] = set()  # events it fails to take
        self._folder = folder
        self._rows: dict[str, Kept] = {}

    def allows(self, sender_id: str) -> bool:
        return True

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        new = [Kept(id_, body, NOON) for id_, body in events if id_ not in self._rows]
        self.put(*new)
        return new

    def put(self, *rows: Kept) -> None:
        """Rows that are kept already."""
        self._rows |= {row.event_id: row for row in rows}

    async def pending(self) -> list[Kept]:
        done = self.settled
        return [row for row in self._rows.values() if row.event_id not in done]

    async def deliver(self, inbound: Inbound) -> None:
        if not self.refusing.isdisjoint(inbound.events):
            raise OSError("the disk is full")
        self.delivered.append(inbound)

    async def discard(self, event_ids: Sequence[str]) -> None:
        self.discarded.extend(event_ids)

    async def park(self, event_id: str, reason: str) -> None:
        self.parked[event_id] = reason

    def expect(self, address: Address, sender_id: str) -> None:
        self.expected.append((address, sender_id))

    async def folder(self, address: Address) -> Path:
        return self._folder

    @property
    def settled(self) -> list[str]:
        """Every event something became of, as often as it did."""
        taken = [event for inbound in self.delivered for event in inbound.events]
        return [*taken, *self.discarded, *self.parked]

    @property
    def texts(self) -> list[str]:
        bodies = [inbound.body for inbound in self.delivered]
        return [body.text for body in bodies if isinstance(body, Text)]
