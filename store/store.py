"""`Store`: every question the program asks of its memory, one method each."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from store.activity import Activity
from store.addresses import Addresses
from store.audit import Audit
from store.conversations import Conversations
from store.database import connect
from store.decisions import Decisions
from store.files import Files
from store.history import History
from store.inbox import Inbox
from store.ledger import Ledger
from store.notices import Notices
from store.parking import Parking
from store.part import Patience
from store.people import People
from store.posts import Posts
from store.queueing import Queueing
from store.rules import Rules
from store.search import prepare
from store.spending import Spending
from store.steering import Steering
from store.turns import Turns
from store.upkeep import Upkeep


class Store(
    Inbox,
    Conversations,
    Addresses,
    History,
    Queueing,
    Ledger,
    Steering,
    Turns,
    Decisions,
    Rules,
    People,
    Files,
    Notices,
    Posts,
    Activity,
    Spending,
    Parking,
    Audit,
    Upkeep,
):
    """Every public method is one transaction, durable when it returns."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, clock: Callable[[], float] = time.time
    ) -> AsyncIterator[Self]:
        """The store at *path*, for this process alone. Raises `StoreError`."""
        async with connect(path, clock=clock) as database:
            await prepare(database)
            yield cls(database, clock)

    def patient(self, patience: Patience) -> "Store":
        """The same, whose questions wait for troubles to pass: see `Patience`."""
        return Store(self._database, self._clock, patience)

    @property
    def impatient(self) -> "Store":
        """The same, whose questions raise at once."""
        return Store(self._database, self._clock)
