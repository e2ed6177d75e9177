"""One conversation on two surfaces: on a phone in Telegram, and in the browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.parley import web_world
from tests.e2e.test_stories import ALLOW, settled
from tests.e2e.web.person import Person, person
from tests.telegram_server import FakeTelegram, Message

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKING = "RUN[echo ran >> proof.txt]RUN"


@pytest_asyncio.fixture(loop_scope="module")
async def telegram(tmp_path: Path) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram
        assert telegram.refusals == []


async def asked_on_the_phone(ada: Person, telegram: FakeTelegram) -> Message:
    """Both show the question: the page, and the message this returns."""
    telegram.say(ASKING)
    chat = await telegram.until(lambda chat: ALLOW in chat[-1].labels, timeout_s=20)
    row = ada.page.locator("#conversations a", has_text="Telegram")
    await expect(row).to_contain_text("Waiting for you")
    await row.click()
    await expect(ada.card("Run a command?")).to_contain_text("proof.txt")
    return chat[-1]


async def told_on_both(ada: Person, telegram: FakeTelegram) -> None:
    await expect(ada.turns.last).to_contain_text("Tool said")
    await ada.ended()
    await telegram.until(lambda chat: settled(chat, "Tool said"), timeout_s=20)
    assert (ada.parley.workspace / "proof.txt").read_text() == "ran\n"


async def test_what_the_phone_asked_is_allowed_in_the_browser(
    browser: Browser, tmp_path: Path, telegram: FakeTelegram
) -> None:
    async with web_world(tmp_path, telegram) as parley:
        await parley.begin()
        async with person(browser, parley) as ada:
            await ada.enter()
            message = await asked_on_the_phone(ada, telegram)
            await ada.shot("asked-on-the-phone")

            card = ada.card("Run a command?")
            await card.get_by_role("button", name="Allow once").click()

            await expect(card).to_contain_text("Allowed once")
            await expect(card.get_by_role("button")).to_have_count(0)
            await telegram.until(lambda _: not message.buttons)
            assert "Allowed once by" in message.text
            await told_on_both(ada, telegram)


async def test_what_is_decided_on_the_phone_retires_in_the_browser(
    browser: Browser, tmp_path: Path, telegram: FakeTelegram
) -> None:
    async with web_world(tmp_path, telegram) as parley:
        await parley.begin()
        async with person(browser, parley) as ada:
            await ada.enter()
            message = await asked_on_the_phone(ada, telegram)

            telegram.press(message, ALLOW)

            card = ada.card("Run a command?")
            await expect(card).to_contain_text("Allowed once by Ada")
            await expect(card.get_by_role("button")).to_have_count(0)
            await told_on_both(ada, telegram)
            await ada.shot("decided-on-the-phone")
