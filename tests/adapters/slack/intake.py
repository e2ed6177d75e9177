"""An `Intake` that survives what it is given to, as a disk does."""

import asyncio
import json
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from adapters.inbound import Address, Inbound, Kept, MessageRef
from tests.slack_server import ADA


class Memory:
    """Whatever it is told is there to be looked at. *home* is where folders go."""

    def __init__(self, people: Collection[str] = (ADA,), *, home: Path | None = None):
        self.people = set(people)
        self.home = home
        self.rows: dict[str, Kept] = {}
        self.settled: set[str] = set()
        self.inbounds: list[Inbound] = []
        self.discarded: list[str] = []
        self.parked: dict[str, str] = {}  # event id → why
        self.known: set[Address] = set()
        self.asked: list[tuple[Address, MessageRef | None]] = []
        self.expected: list[tuple[Address, str]] = []
        self.commits = 0
        self.full = False
        self.open = asyncio.Event()  # whether `keep` gets through
        self.open.set()
        self.waiting = 0  # events that have come to `keep`

    def allows(self, sender_id: str) -> bool:
        return sender_id in self.people

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        self.waiting += len(events)
        await self.open.wait()
        if self.full:
            raise OSError("no space left on device")
        self.commits += 1
        new = []
        for event_id, payload in events:
            if event_id not in self.rows:
                row = self.rows[event_id] = Kept(event_id, payload, time.time())
                new.append(row)
        return new

    async def pending(self) -> list[Kept]:
        return [row for id_, row in self.rows.items() if id_ not in self.settled]

    async def deliver(self, inbound: Inbound) -> None:
        self.inbounds.append(inbound)
        self.settled.update(inbound.events)
        self.known.add(inbound.address)

    async def discard(self, event_ids: Sequence[str]) -> None:
        self.discarded.extend(event_ids)
        self.settled.update(event_ids)

    async def park(self, event_id: str, reason: str) -> None:
        self.parked[event_id] = reason
        self.settled.add(event_id)

    async def knows(self, address: Address) -> bool:
        return address in self.known

    async def active(self, since: float) -> list[tuple[Address, MessageRef | None]]:
        return self.asked

    async def last_kept_at(self) -> float | None:
        return max((row.kept_at for row in self.rows.values()), default=None)

    def expect(self, address: Address, sender_id: str) -> None:
        self.expected.append((address, sender_id))

    async def folder(self, address: Address) -> Path:
        assert self.home, "this test has no folders"
        folder = self.home / f"{address.chat}-{address.thread}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # --- looking

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(row.payload) for row in self.rows.values()]

    @property
    def texts(self) -> list[str]:
        """What was said in kept messages, in the order they were kept."""
        return [body["event"]["text"] for body in self.bodies if "event" in body]
