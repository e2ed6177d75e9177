"""Small signs of life: a reaction on the person's message, and "typing…".

Rule: best effort. Nothing waits for them, and no message is ever late because of them.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from adapters.base import RateLimited
from adapters.inbound import Address, MessageRef
from adapters.telegram.budget import Budget
from adapters.telegram.draw import Calls
from adapters.views import Said, TurnStatus, TurnView, View

log = structlog.get_logger()

REACTIONS = {
    TurnStatus.QUEUED: "👀",
    TurnStatus.RUNNING: "👀",
    TurnStatus.WAITING: "👀",
    TurnStatus.DONE: "👍",
    TurnStatus.FAILED: "👎",
    TurnStatus.CANCELLED: "",
}
TYPING_S = 4.5  # Telegram shows it for about 5 s
SILENCE_S = 2.0  # without new words: then typing says that something goes on
EARLY_S = 0.001  # a timer may fire a moment before its time
PAUSE_S = 30.0  # for the chat, after a failure
RETRY_S = 1.5  # a reaction that was skipped, or failed
REACTION_TRIES = 24


@dataclass(slots=True)
class _Turn:
    """What we know of a turn that is not over."""

    address: Address
    message: MessageRef | None
    status: TurnStatus
    spoke_at: float
    reaction: str = ""  # that the message has now
    tries: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def wanted(self) -> str:
        return REACTIONS[self.status]

    @property
    def silent(self) -> bool:
        return ticks() + EARLY_S >= self.spoke_at + SILENCE_S

    @property
    def settled(self) -> bool:
        """Nothing is left to do about the reaction."""
        done = self.reaction == self.wanted or self.tries >= REACTION_TRIES
        return self.message is None or done


class Presence:
    """Follows every turn from its first view to its last."""

    def __init__(self, api: Calls, budget: Budget) -> None:
        self._api = api
        self._budget = budget
        self._turns: dict[tuple[Address, str], _Turn] = {}
        self._paused: dict[str, float] = {}  # chat → until when
        self._tasks: asyncio.TaskGroup | None = None

    def see(self, address: Address, view: View) -> None:
        """A view is about to be shown. Cheap: it is called for every word."""
        if not isinstance(view, TurnView) or self._tasks is None:
            return
        turn = self._turns.get((address, view.id))
        if turn is None:
            turn = _Turn(address, view.reply_to, view.status, ticks())
            self._turns[address, view.id] = turn
            self._tasks.create_task(self._accompany(view.id, turn))
        if (
            view.parts
            and isinstance(said := view.parts[-1], Said)
            and not said.complete
        ):
            turn.spoke_at = ticks()
        if view.status is not turn.status:
            turn.status, turn.spoke_at, turn.tries = view.status, ticks(), 0
            turn.changed.set()

    async def run(self) -> None:
        """Show signs of life until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._tasks = None

    async def _accompany(self, view_id: str, turn: _Turn) -> None:
        while True:
            turn.changed.clear()
            if not turn.settled:
                await self._react(turn)
            if turn.status.final and turn.settled:
                break
            await self._type(turn)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause(turn)):
                    await turn.changed.wait()
        del self._turns[turn.address, view_id]

    def _pause(self, turn: _Turn) -> float | None:
        """Until there is something to do again; None: until the status changes."""
        if not turn.settled:
            return RETRY_S
        if turn.status is not TurnStatus.RUNNING:
            return None
        return turn.spoke_at + SILENCE_S - ticks() if not turn.silent else TYPING_S

    async def _react(self, turn: _Turn) -> None:
        emoji = turn.wanted
        assert turn.message is not None
        turn.tries += 1
        reaction = [{"type": "emoji", "emoji": emoji}] if emoji else []
        if await self._call(
            turn.address,
            "setMessageReaction",
            message_id=int(turn.message),
            reaction=reaction,
        ):
            turn.reaction = emoji

    async def _type(self, turn: _Turn) -> None:
        """Not while it waits for a person: then it is they who are typing."""
        if turn.status is TurnStatus.RUNNING and turn.silent:
            thread = int(turn.address.thread) if turn.address.thread else None
            await self._call(
                turn.address,
                "sendChatAction",
                action="typing",
                message_thread_id=thread,
            )

    async def _call(self, address: Address, method: str, **params: object) -> bool:
        """Whether it was done; not if somebody else needs the call more."""
        chat = address.chat
        paused = self._paused.get(chat, 0.0) > ticks()
        if paused or not self._budget.spare(chat):
            return False
        self._paused.pop(chat, None)
        try:
            await self._api.call(method, chat_id=int(chat), **params)
        except Exception as error:  # noqa: BLE001 - a trifle must never end a turn
            log.info("presence.failed", method=method, reason=repr(error))
            asked = error.retry_after_s if isinstance(error, RateLimited) else 0.0
            self._paused[chat] = ticks() + max(PAUSE_S, asked)
            return False
        return True


def ticks() -> float:
    return asyncio.get_running_loop().time()
