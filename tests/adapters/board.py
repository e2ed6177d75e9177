"""A platform that is a board, and the outbox that draws on it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

from adapters.inbound import Address
from adapters.lane import Urgency
from adapters.outbox import Outbox
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    TurnStatus,
    TurnView,
    View,
)
from tests.virtual_time import ticks

ADA = Address("fake", "ada")
BOB = Address("fake", "bob")


@dataclass(frozen=True)
class Drawn:
    """A call the canvas was asked for, and when."""

    address: Address
    view: View
    at: float

    @property
    def text(self) -> str:
        return words_of(self.view)


def words_of(view: View) -> str:
    match view:
        case TurnView(parts=(*_, Said(text=text))):
            return text
        case Notice(text=text) | QuestionView(title=text):
            return text
        case _:
            return ""


class Board:
    """A canvas where a view takes *calls* calls, *pace* seconds apart in each chat."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = defaultdict(lambda: 1)  # by view id
        self.pace = 0.0
        self.drawn: list[Drawn] = []
        self.failures: dict[str, list[Exception]] = defaultdict(list)  # by chat
        self._left: dict[tuple[str, str], int] = {}
        self._free_at: dict[str, float] = defaultdict(float)

    async def ready(self, chat: str, urgency: Callable[[], Urgency]) -> None:
        await asyncio.sleep(self._free_at[chat] - ticks())
        self._free_at[chat] = ticks() + self.pace

    async def draw(self, address: Address, view: View) -> bool:
        self.drawn.append(Drawn(address, view, round(ticks(), 1)))
        await asyncio.sleep(0)
        if self.failures[address.chat]:
            raise self.failures[address.chat].pop(0)
        key = (address.chat, view.id)
        self._left[key] = self._left.get(key, self.calls[view.id]) - 1
        if self._left[key] > 0:
            return False
        del self._left[key]
        return True

    def texts(self, address: Address = ADA) -> list[str]:
        return [drawn.text for drawn in self.drawn if drawn.address == address]

    def times(self, address: Address = ADA) -> list[float]:
        return [drawn.at for drawn in self.drawn if drawn.address == address]

    def pauses(self) -> list[float]:
        return [round(b - a, 1) for a, b in pairwise(self.times())]


@asynccontextmanager
async def running(board: Board, outbox: Outbox | None = None) -> AsyncIterator[Outbox]:
    outbox = outbox or Outbox(now=ticks)
    task = asyncio.create_task(outbox.run(board))
    yield outbox
    task.cancel()
    await asyncio.wait([task])


def turn(
    text: str = "",
    status: TurnStatus = TurnStatus.RUNNING,
    *,
    view_id: str = "t1",
    started_at: float | None = 0.0,
) -> TurnView:
    parts = (Said(text, complete=False),) if text else ()
    return TurnView(id=view_id, status=status, parts=parts, started_at=started_at)


def done(text: str, view_id: str = "t1") -> TurnView:
    return turn(text, TurnStatus.DONE, view_id=view_id)


def question(title: str, status: QuestionStatus = QuestionStatus.OPEN) -> QuestionView:
    return QuestionView(
        id="q1", turn_id="t1", title=title, options=(Option("y", "Yes"),), status=status
    )
