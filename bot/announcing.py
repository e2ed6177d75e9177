"""Tells those who wait that the store is in trouble, and that the trouble is over.

Rule: these words need no disk. What is said here is not remembered.
"""

import asyncio
import secrets
from collections.abc import Iterable
from functools import partial

from adapters.inbound import Address
from adapters.language import say
from adapters.views import Notice
from bot.dispatcher import Dispatcher
from bot.screens import UNREMEMBERED, address_of
from bot.shared import Shared
from store.database import Passing

#: Who has asked something in this time is told.
LATELY_S = 3600.0


class Announcing:
    """Of one program. A trouble is one message in each chat, edited when it is over."""

    def __init__(
        self,
        shared: Shared,
        dispatcher: Dispatcher,
        platforms: Iterable[str],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._shared = shared
        self._dispatcher = dispatcher
        self._platforms = tuple(platforms)
        self._told: dict[Address, str] = {}  # the id of the message
        self._telling = asyncio.Lock()
        shared.trouble.listener = lambda: _ignore(tasks.create_task(self._tell()))

    async def _tell(self) -> None:
        async with self._telling:
            if self._shared.trouble.words:
                for address in await self._lately():
                    id_ = self._told.setdefault(address, f"{UNREMEMBERED}{_number()}")
                    self._show(address, id_, "limits-store-waits")
            else:
                told, self._told = self._told, {}
                for address, id_ in told.items():
                    self._show(address, id_, "limits-store-well")

    async def _lately(self) -> list[Address]:
        """Nobody, if that cannot even be read: then the log and the health tell it."""
        try:
            return await self._active()
        except Passing:
            return []

    async def _active(self) -> list[Address]:
        since = self._shared.clock() - LATELY_S
        read = partial(self._shared.store.impatient.active, since=since)
        return [
            address_of(record)
            for platform in self._platforms
            for record, _ in await read(platform)
        ]

    def _show(self, address: Address, id_: str, key: str) -> None:
        conversation = self._dispatcher.conversation(address)
        text = say(conversation.language, key)
        conversation.show(Notice(id=id_, text=text), home=address)


def _number() -> str:
    return secrets.token_hex(4)


def _ignore(_task: "asyncio.Task[None]") -> None:
    """The group holds it."""
