from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.web.api import Api, api


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path) as client:
        yield client


@pytest.fixture
def session(web: Api) -> int:
    return web.desk.add().id
