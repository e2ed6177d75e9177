"""How many agents may be up at once, and who has to go when one more is wanted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

import structlog

from bot.memory import floor, free_memory

log = structlog.get_logger()

#: What a warm agent holds (measured: 170-290 MB).
BYTES_PER_AGENT = 256 * 1024 * 1024
#: Why an idle agent was asked to leave.
Reason: TypeAlias = Literal["seat", "memory"]
MEASURE_S = 10.0


def fitting_memory() -> int:
    """How many agents half the free memory carries now; at least one."""
    return max(1, free_memory() // 2 // BYTES_PER_AGENT)


class NoRoom(Exception):
    """There is no seat for an agent that nobody has asked anything yet."""


class Seat:
    """The right to run one agent. Its holder says when it is idle."""

    def __init__(self, evict: Callable[[], None], *, prewarm: bool) -> None:
        self.evict = evict
        self.prewarm = prewarm  # nobody has asked it anything yet
        self.idle = prewarm
        self.leaving = False  # it was asked to


class Pool:
    """Hands out seats in order; a full pool asks the longest idle agent to leave.

    *free* tells the memory that is left: while it is less than *least*, idle agents
    leave and only one that works alone is sure of its seat. *evicted* hears why an
    agent was asked to leave.
    """

    def __init__(
        self,
        limit: int,
        *,
        free: Callable[[], int] = free_memory,
        least: int | None = None,
        evicted: Callable[[Reason], object] = lambda reason: None,
    ) -> None:
        self.limit = limit
        self.tight = False  # memory is short
        self._free = free
        self._least = floor() if least is None else least
        self._evicted = evicted
        self._seats: dict[Seat, None] = {}  # ordered: least recently used first
        self._waiting: dict[Seat, asyncio.Future[None]] = {}

    @property
    def taken(self) -> int:
        return len(self._seats)

    @asynccontextmanager
    async def seat(
        self,
        evict: Callable[[], None],
        *,
        full: Callable[[], None],
        prewarm: bool = False,
    ) -> AsyncIterator[Seat]:
        """Wait for a seat and keep it; *full* is called if it takes a wait.

        A *prewarm* one is for an agent that will perhaps be wanted: it is idle until
        it is `used`, leaves before all others, and is refused (`NoRoom`) rather than
        waited for.
        """
        if prewarm and (self._waiting or not self._room()):
            raise NoRoom
        seat = Seat(evict, prewarm=prewarm)
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
        seat.prewarm = seat.prewarm and idle
        self._seats.pop(seat)
        self._seats[seat] = None
        self._offer()

    async def watch(self, every_s: float = MEASURE_S) -> None:
        """Keep an eye on the memory that is left. Until cancelled."""
        while True:
            self.measure()
            await asyncio.sleep(every_s)

    def measure(self) -> None:
        missing = self._least - self._free()
        if (missing > 0) != self.tight:
            self.tight = missing > 0
            log.info("memory.tight" if self.tight else "memory.enough")
        if self.tight:
            self._clear(-(-missing // BYTES_PER_AGENT), "memory")
        self._offer()

    def _room(self) -> bool:
        return len(self._seats) < (1 if self.tight else self.limit)

    def _offer(self) -> None:
        while self._waiting and self._room():
            seat = next(iter(self._waiting))
            self._seats[seat] = None
            granted = self._waiting.pop(seat)
            if not granted.done():
                granted.set_result(None)
        self._clear(len(self._waiting), "seat")

    def _clear(self, wanted: int, reason: Reason) -> None:
        """Ask so many to leave, if they are idle, counting those that do already."""
        wanted -= sum(seat.leaving for seat in self._seats)
        idle = [seat for seat in self._seats if seat.idle and not seat.leaving]
        idle.sort(key=lambda seat: not seat.prewarm)  # stable: then by last use
        for seat in idle[: max(0, wanted)]:
            seat.leaving = True
            self._evicted(reason)
            seat.evict()
