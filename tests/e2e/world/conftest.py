from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.parley import Parley, SlackParley, slack_world, world


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Parley]:
    """Fakes of Telegram and the model, and the program, not yet started."""
    async with world(tmp_path) as parley:
        yield parley
        assert parley.telegram.refusals == []


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[SlackParley]:
    """The same, of Slack."""
    async with slack_world(tmp_path) as parley:
        yield parley
        assert parley.slack.refusals == []
