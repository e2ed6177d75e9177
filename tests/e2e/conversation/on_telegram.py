"""A conversation on Telegram, as a person sees it."""

from collections.abc import Sequence

from tests.e2e.conversation.surface import DONE, Surface
from tests.e2e.parley import Parley
from tests.telegram_server import Message as TelegramMessage


class OnTelegram(Surface):
    name, sign = "telegram", "/"

    def __init__(self, parley: Parley) -> None:
        self.parley = parley
        self.telegram = parley.telegram

    async def begin(self) -> None:
        await self.parley.start()

    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        if not files:
            self.telegram.say(text)
        for name, data in files:
            if name.endswith(".ogg"):
                self.telegram.send_voice(data, text)
            else:
                self.telegram.send_document(name, data, text)

    async def command(self, words: str) -> None:
        self.telegram.say(f"/{words}")

    def texts(self) -> list[str]:
        return [m.text for m in self._bots()]

    def labels(self) -> list[str]:
        return [label for m in self._bots() for label in m.labels]

    async def push(self, label: str) -> None:
        message, whole = next(
            (m, one) for m in reversed(self._bots()) for one in m.labels if label in one
        )
        self.telegram.press(message, whole)

    async def tick(self, *labels: str) -> None:
        for label in labels:
            await self.press(f"☐ {label}")
            await self.offers(f"☑ {label}")
        await self.push(DONE)

    def files(self) -> list[tuple[str, bytes]]:
        return [
            (m.file_name or ("picture" if m.is_photo else ""), m.data)
            for m in self._bots()
            if m.data
        ]

    @property
    def working(self) -> bool:
        return any("⏳" in text for text in self.texts())

    @property
    def refusals(self) -> list[str]:
        return self.telegram.refusals

    def _bots(self) -> list[TelegramMessage]:
        return [m for m in self.telegram.chat() if m.from_bot]
