"""Who may call Telegram now: one allowance for the bot, one for every chat.

The real limits are secret and adaptive; these are the paces others found to hold.
Rule: waiting is the event loop's, and grants are made in one place, `_grant`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from adapters.lane import Urgency
from adapters.pace import Pace


@dataclass(slots=True, eq=False)
class _Waiting:
    chat: str
    urgency: Callable[[], Urgency]
    granted: asyncio.Future[None]


class Budget:
    """Grants calls: the most urgent first, among equals the one that waits longest."""

    def __init__(self) -> None:
        self._total = Pace(1 / 25, burst=5)
        self._chats: dict[str, Pace] = {}
        self._queue: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None

    async def acquire(self, chat: str, urgency: Callable[[], Urgency]) -> None:
        """Return once a call may be made in *chat*."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(chat, urgency, loop.create_future())
        self._queue.append(waiting)
        self._grant()
        try:
            await waiting.granted
        except asyncio.CancelledError:
            if waiting in self._queue:
                self._queue.remove(waiting)
            else:
                self.release(chat)
            raise

    def release(self, chat: str) -> None:
        """The call was not needed after all."""
        self._pace(chat).give_back()
        self._total.give_back()
        self._grant()

    def hold(self, chat: str, seconds: float) -> None:
        """Telegram wants no calls for this chat now. Others go on."""
        self._pace(chat).hold(self._now() + seconds)

    def spare(self, chat: str) -> bool:
        """Whether a trifle (typing, a reaction) may be sent: nobody is kept waiting.

        What Telegram counts per chat is messages; only the bot's total is charged.
        """
        now = self._now()
        free = self._total.free(now) and self._pace(chat).free(now)
        if self._queue or not free:
            return False
        self._total.take(now)
        return True

    def _grant(self) -> None:
        now = self._now()
        while self._total.free(now) and (waiting := self._first(now)):
            self._queue.remove(waiting)
            self._pace(waiting.chat).take(now)
            self._total.take(now)
            waiting.granted.set_result(None)
        self._come_back()

    def _first(self, now: float) -> _Waiting | None:
        able = (
            waiting
            for waiting in self._queue
            if self._pace(waiting.chat).free(now) and not waiting.granted.done()
        )
        return min(able, key=lambda waiting: waiting.urgency(), default=None)

    def _come_back(self) -> None:
        """Look again when the first of those who wait can be served."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._queue:
            soonest = min(self._pace(waiting.chat).free_at() for waiting in self._queue)
            at = max(soonest, self._total.free_at())
            self._timer = asyncio.get_running_loop().call_at(at, self._grant)

    def _pace(self, chat: str) -> Pace:
        pace = self._chats.get(chat)
        if pace is None:
            self._forget_rested()
            group = chat.startswith("-")
            pace = Pace(3.1, burst=1) if group else Pace(1.1, burst=3)
            self._chats[chat] = pace
        return pace

    def _forget_rested(self) -> None:
        now = self._now()
        self._chats = {
            chat: pace for chat, pace in self._chats.items() if pace.whole_at > now
        }

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
