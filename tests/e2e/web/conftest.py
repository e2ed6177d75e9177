from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.parley import WebParley, web_world


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[WebParley]:
    """The program with its page and API, not yet started, and a fake of the model."""
    async with web_world(tmp_path) as parley:
        yield parley
