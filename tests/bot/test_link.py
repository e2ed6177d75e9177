"""The way to an agent, whenever it is closed."""

import asyncio
from pathlib import Path

from bot.link import Closed, Link, LinkMail, Opened
from bot.pool import Pool
from runner.base import SessionSpec
from tests.scripted import ScriptedRunner

SPEC = SessionSpec(session_id="s", workspace=Path())


async def test_one_that_is_closed_at_once_says_so_and_opens_again() -> None:
    mail: asyncio.Queue[LinkMail] = asyncio.Queue()
    runner = ScriptedRunner({})
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        link = Link(
            runner=runner,
            pool=Pool(1, free=lambda: 1, least=0, evicted=lambda reason: None),
            post=mail.put_nowait,
            tasks=tasks,
            idle_s=60,
        )
        link.open(SPEC)
        link.close()
        while not isinstance(told := await mail.get(), Closed):
            pass
        link.closed(told.error)

        link.open(SPEC)
        opened = await mail.get()
        assert isinstance(opened, Opened)
        link.opened(opened)
        assert link.session is not None

        link.close()
        while not isinstance(await mail.get(), Closed):
            pass
    assert runner.live == []
