from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.telegram.api import TelegramApi
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.calling import impatient
from tests.adapters.telegram.connected import Ears
from tests.adapters.telegram.polled import Memory
from tests.telegram_server import FakeTelegram


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
async def api(telegram: FakeTelegram) -> AsyncIterator[TelegramApi]:
    async with TelegramApi(telegram.token, telegram.api_base) as api:
        yield api


@pytest.fixture
async def hasty(telegram: FakeTelegram) -> AsyncIterator[TelegramApi]:
    """As `api`, but it tries again at once."""
    async with impatient(telegram) as api:
        yield api


@pytest.fixture
async def curt(telegram: FakeTelegram) -> AsyncIterator[TelegramApi]:
    """As `hasty`, and what hangs is not waited for long."""
    async with impatient(telegram, read_s=1.0) as api:
        yield api


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def ears(tmp_path: Path) -> Ears:
    return Ears(tmp_path)


@pytest.fixture
def screen() -> PaperScreen:
    return PaperScreen()
