from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store.store import Store
from tests.store.scene import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "parley.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(path: Path, clock: Clock) -> AsyncIterator[Store]:
    async with Store.open(path, clock) as store:
        yield store
