from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests import browser as browsers
from tests.e2e.parley import WebParley, web_world
from tests.e2e.web.visit import Visit, visiting


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[WebParley]:
    """The program with its page and API, not yet started, and a fake of the model."""
    async with web_world(tmp_path) as parley:
        yield parley


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsers.browser() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, tmp_path: Path) -> AsyncIterator[Visit]:
    async with visiting(browser, tmp_path) as visit:
        yield visit
