from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.parley import SlackParley, slack_world


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[SlackParley]:
    """Fakes of Slack and the model, and the program, not yet started."""
    async with slack_world(tmp_path) as parley:
        yield parley
        assert parley.slack.refusals == []
        assert [ping for ping in parley.slack.live_pings if "U0ADA" not in ping] == []
