"""The web surface as a platform beside the others.

It needs no screen of its own: pages read what the bot has, so what is final is shown as
soon as it is on disk.
"""

import asyncio
from collections.abc import Callable, Mapping

from adapters.base import Health, Intake, Screen
from adapters.inbound import Address
from adapters.views import View
from adapters.web import entrance
from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from adapters.web.hosts import Listen
from adapters.web.port import WEB, Desk
from adapters.web.server import Server


class WebAdapter:
    """Listens from the beginning. Raises `Taken` if somebody else does, there.

    *announce* gets a link that lets its reader in, once, when pages are served.
    """

    platform = WEB

    def __init__(
        self,
        desk: Desk,
        doorman: Doorman,
        listen: Listen,
        *,
        announce: Callable[[str], object],
    ) -> None:
        self._desk = desk
        self._doorman = doorman
        self._server = Server(create_app(desk, doorman, listen), listen)
        self._announce = announce
        self._final: asyncio.Queue[tuple[Address, str]] = asyncio.Queue()

    @property
    def health(self) -> Health:
        return self._server.health

    async def run(self, intake: Intake, screen: Screen) -> None:
        await self._desk.take_up()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._server.run())
            tasks.create_task(self._confirm(screen))
            self._announce(entrance.link(self._doorman, self._server.url))

    async def stop_receiving(self) -> None:
        """What is still said is kept, and done after the next start."""

    def show(self, address: Address, view: View) -> None:
        if view.final:
            self._final.put_nowait((address, view.id))

    async def flush(self) -> None:
        await self._final.join()

    async def check(self) -> Mapping[str, str]:
        return {"address": self._server.url}

    async def _confirm(self, screen: Screen) -> None:
        while True:
            address, view_id = await self._final.get()
            try:
                await screen.confirmed(address, view_id)
            finally:
                self._final.task_done()
