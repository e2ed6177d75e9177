"""The poller at work between a fake Telegram and a memory."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.base import LoggedOut
from adapters.inbound import Address, Inbound, Kept
from adapters.telegram.api import TelegramApi
from adapters.telegram.poll import GIVE_WAY_S, Poller
from tests.fakes import NothingBefore
from tests.telegram_server import ADA, FakeTelegram


class Memory(NothingBefore):
    """An `Intake` that survives its pollers, as a disk does."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.full = False
        self.open = asyncio.Event()  # whether `keep` gets through
        self.open.set()
        self.waiting = 0

    def allows(self, sender_id: str) -> bool:
        return sender_id == str(ADA)

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        self.waiting += 1
        await self.open.wait()
        if self.full:
            raise OSError("no space left on device")
        new = [Kept(*event, 0.0) for event in events if event[0] not in self.kept]
        self.kept |= {row.event_id: row.payload for row in new}
        return new

    @property
    def texts(self) -> list[str]:
        return [json.loads(row)["message"]["text"] for row in self.kept.values()]

    async def pending(self) -> list[Kept]:
        raise NotImplementedError

    async def deliver(self, inbound: Inbound) -> None:
        raise NotImplementedError

    async def discard(self, event_ids: Sequence[str]) -> None:
        raise NotImplementedError

    async def park(self, event_id: str, reason: str) -> None:
        raise NotImplementedError

    async def folder(self, address: Address) -> Path:
        raise NotImplementedError


class Api(TelegramApi):
    """Counts how often it was told to connect anew."""

    reconnects = 0

    async def reconnect(self) -> None:
        self.reconnects += 1
        await super().reconnect()


@dataclass
class Running:
    """A poller at work, and what it has said."""

    api: Api
    poller: Poller
    task: asyncio.Task[None]
    handed: list[str]  # event ids
    hints: list[tuple[str, str]]
    slept: list[float]

    async def until_ok(self) -> None:
        await until(lambda: self.poller.health.state == "ok")


async def until(condition: Any) -> None:
    """Something no server hears of."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def polling(
    telegram: FakeTelegram, memory: Memory, *, stale_s: float = 120.0
) -> AsyncIterator[Running]:
    """Killed at the end, wherever it is: no goodbye."""
    slept: list[float] = []
    handed: list[str] = []
    hints: list[tuple[str, str]] = []

    async def sleep(seconds: float) -> None:
        if seconds != GIVE_WAY_S:
            slept.append(seconds)
        await asyncio.sleep(0.01)

    async with Api(telegram.token, telegram.api_base) as api:
        poller = Poller(
            api,
            memory,
            on_kept=lambda rows: handed.extend(row.event_id for row in rows),
            on_stranger=lambda chat, words: hints.append((chat, words)),
            timeout_s=5,
            stale_s=stale_s,
            sleep=sleep,
            jitter=lambda: 0.0,
        )
        task = asyncio.create_task(poller.run())
        try:
            yield Running(api, poller, task, handed, hints, slept)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, LoggedOut):
                await task
