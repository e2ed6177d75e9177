"""How many agents may be up at once, and who has to go when one more is wanted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psutil

#: Half the free memory, divided by what a warm agent holds (measured: 170-290 MB).
BYTES_PER_AGENT = 256 * 1024 * 1024


def fitting_memory() -> int:
    """How many agents this machine carries now; at least one."""
    return max(1, psutil.virtual_memory().available // 2 // BYTES_PER_AGENT)


class Seat:
    """The right to run one agent. Its holder says when it is idle."""

    def __init__(self, evict: Callable[[], None]) -> None:
        self.evict = evict
        self.idle = False
        self.leaving = False  # it was asked to


class Pool:
    """Hands out seats in order; a full pool asks the longest idle agent to leave."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._seats: dict[Seat, None] = {}  # ordered: least recently used first
        self._waiting: dict[Seat, asyncio.Future[None]] = {}

    @property
    def taken(self) -> int:
        return len(self._seats)

    @asynccontextmanager
    async def seat(
        self, evict: Callable[[], None], *, full: Callable[[], None]
    ) -> AsyncIterator[Seat]:
        """Wait for a seat and keep it; *full* is called if it takes a wait."""
        seat = Seat(evict)
        granted = self._waiting[seat] = asyncio.get_running_loop().create_future()
        try:
            self._offer()
            if not granted.done():
                full()
            await granted
            yield seat
        finally:
            self._waiting.pop(seat, None)
            self._seats.pop(seat, None)
            self._offer()

    def used(self, seat: Seat, *, idle: bool) -> None:
        """The agent begins (not idle) or ends (idle) a turn."""
        seat.idle = idle
        seat.leaving = False
        self._seats.pop(seat)
        self._seats[seat] = None
        self._offer()

    def _offer(self) -> None:
        while self._waiting and len(self._seats) < self.limit:
            seat = next(iter(self._waiting))
            self._seats[seat] = None
            granted = self._waiting.pop(seat)
            if not granted.done():
                granted.set_result(None)
        leaving = sum(seat.leaving for seat in self._seats)
        idle = [seat for seat in self._seats if seat.idle and not seat.leaving]
        for seat in idle[: max(0, len(self._waiting) - leaving)]:
            seat.leaving = True
            seat.evict()
