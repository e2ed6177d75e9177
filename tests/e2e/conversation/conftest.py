from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conversation.surface import Surface
from tests.e2e.conversation.surfaces import SURFACES, surface


@pytest.fixture(params=SURFACES)
async def chat(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Surface]:
    """Ada and the whole program, not yet started, on each platform in turn."""
    async with surface(request.param, tmp_path) as found:
        yield found


@pytest.fixture
async def messenger(tmp_path: Path) -> AsyncIterator[Surface]:
    """One platform, for what no platform has a part in."""
    async with surface("slack", tmp_path) as found:
        yield found
