"""No Telegram at all: whatever it answers, polling goes on and no update is lost."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from adapters.base import AdapterError, RateLimited
from adapters.inbound import Address
from adapters.telegram.api import TelegramApi
from adapters.telegram.errors import LONGEST_S
from adapters.telegram.poll import MAX_NUMBER, Poller
from adapters.views import Said, TurnStatus, TurnView
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.connected import Ears
from tests.adapters.telegram.paper import PaperTelegram, drawer
from tests.fuzz.hostile import VALUES, deep
from tests.telegram_server import ADA, TOKEN

ADA_IN_PRIVATE = {"id": ADA, "type": "private"}
CHAT = Address("telegram", str(ADA))
SAID = TurnView(id="t1", status=TurnStatus.DONE, parts=(Said("yes"),))


def update(number: object, text: str = "hello") -> dict[str, Any]:
    sender = {"id": ADA, "is_bot": False, "first_name": "Ada"}
    said = {"message_id": 5, "date": 1, "chat": ADA_IN_PRIVATE, "from": sender}
    return {"update_id": number, "message": {**said, "text": text}}


def answer(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


class NoTelegram:
    """Answers polls with *answers*, each once, then with what it was asked for last."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers = deque(answers)
        self.offsets: list[int | None] = []
        self.waiting = [update(7, "I wait")]
        self.url = ""

    async def poll(self, request: web.Request) -> web.Response:
        given = {**request.query, **await request.post()}
        offset = int(str(given.get("offset", 0)))
        self.offsets.append(offset or None)
        if self.answers:
            status, body = self.answers.popleft()
            return web.Response(status=status, body=body)
        self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
        return web.Response(body=answer(self.waiting))


@asynccontextmanager
async def no_telegram(*answers: tuple[int, bytes]) -> AsyncIterator[NoTelegram]:
    server = NoTelegram(*answers)
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", server.poll)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def polling(server: NoTelegram, ears: Ears) -> AsyncIterator[Poller]:
    async with TelegramApi(TOKEN, server.url) as api:
        poller = Poller(
            api,
            ears,
            on_kept=lambda _: ears.news.set(),
            on_stranger=lambda *_: None,
            sleep=lambda _: asyncio.sleep(0),
        )
        task = asyncio.create_task(poller.run())
        try:
            yield poller
        finally:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled():
            task.result()


async def kept(ears: Ears, *numbers: int) -> None:
    async with asyncio.timeout(20):
        while not {str(number) for number in numbers} <= ears.kept.keys():
            ears.news.clear()
            await ears.news.wait()


BODIES: Sequence[bytes] = (
    *(deep(100_000), b'{"ok":true,"result":' + deep(100_000) + b"}", b"\xff", b""),
    *(answer(value) for value in VALUES),
    *(answer([value]) for value in VALUES),
    *(answer([{"update_id": value}]) for value in VALUES),
    *(answer([update(value)]) for value in (-5, 2**31 - 1, 2**63, 10**30, "8")),
    b'{"ok":false,"description":' + deep(50_000) + b"}",
    b'{"ok":false,"error_code":[],"description":{},"parameters":7}',
)


@pytest.mark.parametrize("status", [200, 400, 429, 500, 502])
async def test_whatever_it_answers_what_comes_later_is_kept(
    tmp_path: Path, status: int
) -> None:
    ears = Ears(tmp_path)
    hostile = [(status, body) for body in BODIES]
    async with no_telegram(*hostile) as server, polling(server, ears) as poller:
        await kept(ears, 7)

        assert not server.answers
        async with asyncio.timeout(20):
            while poller.health.state != "ok":
                await asyncio.sleep(0)


async def test_a_number_far_ahead_does_not_hide_what_comes_after_it(
    tmp_path: Path,
) -> None:
    ears = Ears(tmp_path)
    ahead = (200, answer([update(MAX_NUMBER - 1, "from far away")]))
    async with no_telegram(ahead) as server, polling(server, ears):
        await kept(ears, MAX_NUMBER - 1)
        async with asyncio.timeout(20):
            while None not in server.offsets[1:]:
                await asyncio.sleep(0)
        server.waiting.append(update(8, "numbers begin anew"))

        await kept(ears, 8)

    assert server.offsets[:2] == [None, MAX_NUMBER]


async def test_what_was_fetched_is_confirmed_once(tmp_path: Path) -> None:
    ears = Ears(tmp_path)
    async with no_telegram() as server, polling(server, ears):
        await kept(ears, 7)
        async with asyncio.timeout(20):
            while server.offsets.count(None) < 3:
                await asyncio.sleep(0)

    assert server.offsets[1] == 8
    assert server.offsets.count(8) == 1


REFUSALS = [
    {"ok": False, "error_code": 429, "description": "no", "parameters": parameters}
    for value in (*VALUES, -3, "12", "soon", 10**9)
    for parameters in ({"retry_after": value}, {"migrate_to_chat_id": value}, value)
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda each: ascii(each)[57:99])
async def test_a_refusal_of_any_shape_is_one_of_ours(refusal: dict[str, Any]) -> None:
    body = json.dumps(refusal).encode()
    async with (
        no_telegram((429, body)) as server,
        TelegramApi(TOKEN, server.url) as api,
    ):
        with pytest.raises(AdapterError) as raised:
            await api.call("sendMessage", chat_id=ADA, text="hello")

    if isinstance(raised.value, RateLimited):
        assert 0 <= raised.value.retry_after_s <= LONGEST_S


@pytest.mark.parametrize("value", [None, "", [], {}, "x"], ids=ascii)
async def test_an_answer_to_a_send_that_names_no_message_is_a_doubt(
    value: object,
) -> None:
    """It may be on the screen: it is not sent again without saying so."""
    telegram = PaperTelegram()
    obey = telegram._obey
    telegram._obey = lambda *call: (  # type: ignore[method-assign]
        obey(*call) and {"message_id": value}
    )
    drawing = drawer(telegram, PaperScreen())

    for _ in range(2):
        with suppress(TypeError, ValueError):
            await drawing.draw(CHAT, SAID)

    assert "sent again" not in telegram.texts[0]
    assert "sent again" in telegram.texts[1]
