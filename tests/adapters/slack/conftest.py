from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.gate import Gate
from adapters.slack.people import People, Rooms
from tests.adapters.slack.desk import Desk, desk
from tests.adapters.slack.gates import ME, Directory
from tests.adapters.slack.intake import Memory
from tests.slack_server import FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        yield slack


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, slack.api_base, session=session)


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def gate(directory: Directory, memory: Memory) -> Gate:
    return Gate(memory, People(directory), Rooms(directory), ME)


@pytest.fixture
async def at(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(slack, tmp_path) as at:
        yield at
