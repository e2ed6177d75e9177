from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.web.openai.front import Front, front


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[Front]:
    """A desk whose turns wait for the test."""
    async with front(tmp_path) as opened:
        yield opened


@pytest.fixture
async def prompt(tmp_path: Path) -> AsyncIterator[Front]:
    """A desk that answers at once."""
    async with front(tmp_path, answer="All green.") as opened:
        yield opened
