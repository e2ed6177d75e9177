"""Small signs of life: how a turn stands, and that something goes on.

Rule: best effort. Nothing waits for them, and no message is ever late because of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from adapters.base import Busy, RateLimited
from adapters.inbound import Address
from adapters.views import Said, TurnStatus, TurnView, View

log = structlog.get_logger()

EARLY_S = 0.001  # a timer may fire a moment before its time
PAUSE_S = 30.0  # for the chat, after a failure
RETRY_S = 1.5  # a mark that was skipped, or failed
MARK_TRIES = 24


class Signs(Protocol):
    """What a platform has for it. Any of these may fail."""

    typing_s: float  # how long `typing` lasts on the screen
    silence_s: float  # without new words: then typing says that something goes on

    def mark_of(self, view: TurnView) -> str:
        """Two views with the same one need not be marked twice. "": no mark."""
        ...

    def spare(self, address: Address) -> bool:
        """Whether a trifle may be sent there now: nobody is kept waiting by it."""
        ...

    async def mark(self, address: Address, view: TurnView) -> None:
        """Show how the turn stands. Raises `AdapterError`."""
        ...

    async def typing(self, address: Address, view: TurnView) -> None:
        """Show that the turn goes on. Raises `AdapterError`."""
        ...


@dataclass(slots=True)
class _Turn:
    """What we know of a turn that is not over."""

    address: Address
    view: TurnView
    silence_s: float
    spoke_at: float
    marked: str = ""
    wanted: str = ""
    tries: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def silent(self) -> bool:
        return ticks() + EARLY_S >= self.spoke_at + self.silence_s

    @property
    def settled(self) -> bool:
        """Nothing is left to do about the mark."""
        return self.marked == self.wanted or self.tries >= MARK_TRIES


class Presence:
    """Follows every turn from its first view to its last."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self._turns: dict[tuple[Address, str], _Turn] = {}
        self._paused: dict[str, float] = {}  # chat → until when
        self._tasks: asyncio.TaskGroup | None = None

    def see(self, address: Address, view: View) -> None:
        """A view is about to be shown. Cheap: it is called for every word."""
        if not isinstance(view, TurnView) or self._tasks is None:
            return
        turn = self._turns.get((address, view.id))
        if turn is None:
            turn = _Turn(address, view, self._signs.silence_s, ticks())
            turn.wanted = self._signs.mark_of(view)
            self._turns[address, view.id] = turn
            self._tasks.create_task(self._accompany(turn))
        if speaks(view):
            turn.spoke_at = ticks()
        if view.status is not turn.view.status:
            turn.spoke_at, turn.tries = ticks(), 0
            turn.wanted = self._signs.mark_of(view)
            turn.changed.set()
        turn.view = view

    async def run(self) -> None:
        """Show signs of life until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._tasks = None

    async def _accompany(self, turn: _Turn) -> None:
        while True:
            turn.changed.clear()
            if not turn.settled:
                await self._mark(turn)
            if turn.view.final and turn.settled:
                break
            if turn.view.status is TurnStatus.RUNNING and turn.silent:
                # Not while it waits for a person: then it is they who are typing.
                await self._try(self._signs.typing, turn)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause(turn)):
                    await turn.changed.wait()
        del self._turns[turn.address, turn.view.id]

    def _pause(self, turn: _Turn) -> float | None:
        """Until there is something to do again; None: until the status changes."""
        if not turn.settled:
            return RETRY_S
        if turn.view.status is not TurnStatus.RUNNING:
            return None
        if turn.silent:
            return self._signs.typing_s
        return turn.spoke_at + turn.silence_s - ticks()

    async def _mark(self, turn: _Turn) -> None:
        turn.tries += 1
        wanted = turn.wanted
        if await self._try(self._signs.mark, turn):
            turn.marked = wanted

    async def _try(
        self, sign: Callable[[Address, TurnView], Awaitable[None]], turn: _Turn
    ) -> bool:
        """Whether it was done; not if somebody else needs the call more."""
        chat = turn.address.chat
        paused = self._paused.get(chat, 0.0) > ticks()
        if paused or not self._signs.spare(turn.address):
            return False
        self._paused.pop(chat, None)
        try:
            await sign(turn.address, turn.view)
        except Busy:
            return False
        except Exception as error:  # noqa: BLE001 - a trifle must never end a turn
            log.info("presence.failed", reason=repr(error))
            asked = error.retry_after_s if isinstance(error, RateLimited) else 0.0
            self._paused[chat] = ticks() + max(PAUSE_S, asked)
            return False
        return True


def speaks(view: TurnView) -> bool:
    """Whether its words are growing."""
    last = view.parts[-1] if view.parts else None
    return isinstance(last, Said) and not last.complete


def ticks() -> float:
    return asyncio.get_running_loop().time()
