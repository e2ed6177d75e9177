"""From kept updates to `intake.deliver`: read, sorted into lanes, put together.

Rule: nothing is remembered here that a crash may not take; the kept rows are the state.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, assert_never

import structlog

from adapters.base import Intake
from adapters.files import Downloads
from adapters.inbound import Address, Inbound, Kept, Sender
from adapters.retry import Sleep
from adapters.telegram.files import TelegramFiles
from adapters.telegram.inbound import (
    Edit,
    Message,
    Nothing,
    NotUnderstood,
    ParseButton,
    Press,
    Reach,
    read,
)
from adapters.telegram.lane import Lane, Surroundings
from adapters.telegram.recent import Recent

log = structlog.get_logger()

ANSWERABLE_S = 120.0  # Telegram forgets a press of a button after 150 s
LANES = 256  # that are remembered while nothing happens in them

AnswerCallback: TypeAlias = Callable[[str], Awaitable[object]]
OnReachable: TypeAlias = Callable[[str, bool], None]  # chat, whether we may write to it


class Receiver:
    """Turns what is kept into what the bot hears. Give it rows with `take`."""

    def __init__(
        self,
        intake: Intake,
        downloads: Downloads,
        *,
        parse_button: ParseButton,
        answer_callback: AnswerCallback,
        on_reachable: OnReachable,
        clock: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._intake = intake
        self._files = TelegramFiles(intake.folder, downloads, sleep=sleep)
        self._recent = Recent()
        self._parse_button = parse_button
        self._answer_callback = answer_callback
        self._on_reachable = on_reachable
        self._clock = clock
        self._sleep = sleep
        self._taken: asyncio.Queue[Kept] = asyncio.Queue()
        self._lanes: OrderedDict[tuple[Address, str], Lane] = OrderedDict()

    def take(self, kept: Sequence[Kept]) -> None:
        """Rows just kept, in order. Never blocks; what comes before `run` waits."""
        for row in kept:
            self._taken.put_nowait(row)

    async def run(self) -> None:
        """Until cancelled. First what an earlier run left, then what is taken."""
        left = await self._intake.pending()
        replayed = {row.event_id for row in left}  # may hold rows that are taken, too
        async with asyncio.TaskGroup() as tasks:
            around = Surroundings(
                intake=self._intake,
                files=self._files,
                recent=self._recent,
                tasks=tasks,
                clock=self._clock,
                sleep=self._sleep,
            )
            for row in left:
                self._route(row, around)
            while True:
                row = await self._taken.get()
                if row.event_id not in replayed:
                    self._route(row, around)

    def _route(self, row: Kept, around: Surroundings) -> None:
        try:
            what = read(row, self._parse_button)
        except NotUnderstood as error:
            around.tasks.create_task(self._park(row, str(error)))
            return
        match what:
            case Message(address=address, sender=sender) | Edit(
                Message(address=address, sender=sender)
            ):
                self._lane(address, sender, around).post(what)
            case Inbound() as command:
                self._lane(command.address, command.sender, around).post(command)
            case Press():
                self._press(what, row, around)
            case Reach(chat, allowed):
                self._on_reachable(chat, allowed)
                around.tasks.create_task(self._discard(row))
            case Nothing():
                around.tasks.create_task(self._discard(row))
            case _:
                assert_never(what)

    def _press(self, press: Press, row: Kept, around: Surroundings) -> None:
        if self._clock() - row.kept_at < ANSWERABLE_S:
            around.tasks.create_task(self._answer(press.query_id))
        if press.choice is None:
            around.tasks.create_task(self._discard(row))
        else:
            choice = press.choice
            self._lane(choice.address, choice.sender, around).post(choice)

    def _lane(self, address: Address, sender: Sender, around: Surroundings) -> Lane:
        key = (address, sender.id)
        lane = self._lanes.pop(key, None) or Lane(around)
        self._lanes[key] = lane
        oldest = next(iter(self._lanes))
        if len(self._lanes) > LANES and self._lanes[oldest].idle:
            del self._lanes[oldest]
        return lane

    async def _answer(self, query_id: str) -> None:
        try:
            await self._answer_callback(query_id)
        except Exception:
            # The button spins a little longer; what it does is done all the same.
            log.exception("callback.not_answered")

    async def _discard(self, row: Kept) -> None:
        try:
            await self._intake.discard((row.event_id,))
        except Exception:
            log.exception("inbound.not_discarded", event_id=row.event_id)

    async def _park(self, row: Kept, reason: str) -> None:
        try:
            await self._intake.park(row.event_id, reason)
        except Exception:
            log.exception("inbound.not_parked", event_id=row.event_id)
