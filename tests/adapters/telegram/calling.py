"""Calls to the fake Telegram, and the smallest things they carry."""

from typing import Any

from adapters.telegram.api import TelegramApi
from adapters.telegram.wire import Timeouts
from tests.telegram_server import ADA, FakeTelegram


class Sleeps:
    """Sleeping that takes no time and is remembered."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def impatient(
    telegram: FakeTelegram, *, api_base: str = "", read_s: float = 20.0
) -> TelegramApi:
    """Tries again at once. *read_s*: so long it waits for an answer."""
    return TelegramApi(
        telegram.token,
        api_base or telegram.api_base,
        timeouts=Timeouts(read_s=read_s),
        sleep=Sleeps(),
    )


async def send(api: TelegramApi, text: str = "hello", **params: Any) -> int:
    message = await api.call("sendMessage", chat_id=ADA, text=text, **params)
    return int(message["message_id"])


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def bold(offset: int, length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": offset, "length": length}


def file_id(telegram: FakeTelegram, data: bytes, size: int | None = None) -> str:
    sent = telegram.send_document("a ü.bin", data, size=size)
    return str(sent.raw["document"]["file_id"])
