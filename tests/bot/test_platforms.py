"""One platform that throws us out does not end the others."""

import asyncio

import pytest

from adapters.base import Intake, LoggedOut, Screen
from bot.serving import Platforms
from tests.fakes import FakeAdapter


class ThrownOut(FakeAdapter):
    platform = "closed"

    async def run(self, intake: Intake, screen: Screen) -> None:
        raise LoggedOut("no such token")


class Connected(FakeAdapter):
    def __init__(self) -> None:
        super().__init__()
        self.up = asyncio.Event()

    async def run(self, intake: Intake, screen: Screen) -> None:
        self.up.set()
        await asyncio.Event().wait()


async def run(platforms: Platforms, adapter: FakeAdapter) -> None:
    # Neither of these adapters asks for either.
    await platforms.run(adapter, intake=None, screen=None)  # type: ignore[arg-type]


async def test_the_others_go_on() -> None:
    connected = Connected()
    platforms = Platforms([ThrownOut(), connected])
    running = asyncio.create_task(run(platforms, connected))

    await run(platforms, ThrownOut())
    await connected.up.wait()

    assert not running.done()
    running.cancel()


async def test_the_last_one_ends_the_program_with_its_reason() -> None:
    platforms = Platforms([ThrownOut()])

    with pytest.raises(LoggedOut, match="no such token"):
        await run(platforms, ThrownOut())
