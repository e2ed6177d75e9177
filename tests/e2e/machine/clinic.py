"""The whole program on a machine that is unwell: what people and operators see."""

from pathlib import Path
from typing import Any

import httpx

from tests.e2e.parley import WebParley, eventually, telegram_platform
from tests.messages_api import FakeMessages
from tests.telegram_server import FakeTelegram, Message


class Clinic(WebParley):
    """On Telegram, with `/readyz` and `/metrics`."""

    def __init__(self, root: Path, api: FakeMessages, telegram: FakeTelegram) -> None:
        super().__init__(root, api, telegram_platform(telegram))
        self.telegram = telegram

    async def readiness(self, token: str = "") -> tuple[int, dict[str, Any]]:
        """Its status, and its parts."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers) as client:
            answer = await client.get("/readyz", timeout=30)
        return answer.status_code, answer.json()["parts"]

    async def metric(self, name: str, token: str = "") -> float:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers) as client:
            answer = await client.get("/metrics", timeout=30)
        [line] = [x for x in answer.text.splitlines() if x.startswith(f"{name} ")]
        return float(line.split()[1])

    def said(self, words: str) -> list[Message]:
        """Messages of the bot with these words in them."""
        return [m for m in self.telegram.chat() if m.from_bot and words in m.text]

    async def shows(self, words: str) -> Message:
        """Wait until some message says this."""
        try:
            await eventually(lambda: self.said(words), timeout_s=30)
        except TimeoutError:
            seen = "\n---\n".join(message.text for message in self.telegram.chat())
            raise AssertionError(f"not seen: {words}; but:\n{seen}") from None
        return self.said(words)[-1]

    async def answered(self, words: str) -> None:
        """Wait until a turn that is over says this; exactly one message does.

        A turn of more than 20 s gets a new message for its answer: for a moment none
        says it, once that it is over.
        """
        await self.shows(words)
        await eventually(lambda: self._over(words))

    def _over(self, words: str) -> bool:
        said = self.said(words)
        return len(said) == 1 and "⏳" not in said[0].text

    async def logs(self, event: str) -> dict[str, object]:
        """Wait for such a line of the log; the newest."""
        await eventually(lambda: any(x["event"] == event for x in self.lines()))
        return [line for line in self.lines() if line["event"] == event][-1]
