"""The real adapter against the fake Telegram, and a bot that only listens."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.inbound import Address, Inbound, Kept
from adapters.telegram.adapter import TelegramAdapter
from tests.adapters.kills import PaperScreen
from tests.fakes import NothingBefore
from tests.telegram_server import ADA, BOB, FakeTelegram

COMMANDS = {
    "en": (("stop", "Stop the work"), ("help", "What I can do")),
    "ko": (("stop", "작업 중지"), ("help", "도움말")),
}


def menu(language: str) -> Sequence[tuple[str, str]]:
    """With a name that Telegram does not take."""
    return (*COMMANDS[language], ("has-a-dash", "Only elsewhere"))


@dataclass
class Ears(NothingBefore):
    """An `Intake` that lets Ada and Bob in, and remembers what they said."""

    folder_path: Path
    heard: list[Inbound] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def allows(self, sender_id: str) -> bool:
        return sender_id in {str(ADA), str(BOB)}

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        new = [
            Kept(event, payload, time.time())
            for event, payload in events
            if event not in self.kept
        ]
        self.kept.update({row.event_id: row for row in new})
        return new

    async def pending(self) -> list[Kept]:
        done = {event for inbound in self.heard for event in inbound.events}
        return [row for row in self.kept.values() if row.event_id not in done]

    async def deliver(self, inbound: Inbound) -> None:
        self.heard.append(inbound)
        self.news.set()

    async def discard(self, event_ids: Sequence[str]) -> None:
        pass

    async def park(self, event_id: str, reason: str) -> None:
        raise AssertionError(f"{event_id} was not understood: {reason}")

    async def folder(self, address: Address) -> Path:
        return self.folder_path

    async def hear(self, number: int = 1) -> Inbound:
        async with asyncio.timeout(10):
            while len(self.heard) < number:
                self.news.clear()
                await self.news.wait()
        return self.heard[number - 1]


@asynccontextmanager
async def connected(
    telegram: FakeTelegram, ears: Ears, screen: PaperScreen
) -> AsyncIterator[TelegramAdapter]:
    """The adapter, running; killed at the end."""
    adapter = TelegramAdapter(
        telegram.token, api_base=telegram.api_base, commands=menu, now=lambda: 1.0
    )
    task = asyncio.create_task(adapter.run(ears, screen))
    try:
        yield adapter
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()
