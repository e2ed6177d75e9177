from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.machine.clinic import Clinic
from tests.e2e.parley import living
from tests.messages_api import FakeMessages
from tests.telegram_server import FakeTelegram


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    """The program on Telegram, and its pages for operators; not yet started."""
    async with (
        FakeTelegram() as telegram,
        FakeMessages() as api,
        living(Clinic(tmp_path, api, telegram)) as clinic,
    ):
        yield clinic
        assert telegram.refusals == []
