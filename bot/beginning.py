"""How the turn whose time has come gets to the agent.

Rule: one prompt in flight at a time. An agent that may know a prompt already is not
asked: its record is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from adapters.language import say
from bot.endings import Endings
from bot.floor import Floor
from bot.hearing import nothing
from bot.preparing import Preparing
from bot.questions import Questions
from bot.reins import Reins
from bot.rejoining import Rejoining
from bot.running import Running
from bot.shared import Shared
from runner.events import TurnFinished

log = structlog.get_logger()


class Beginning:
    """*do*: see `Work.do`."""

    def __init__(
        self,
        shared: Shared,
        floor: Floor,
        reins: Reins,
        *,
        questions: Questions,
        endings: Endings,
        preparing: Preparing,
        rejoining: Rejoining,
        do: Callable[[Callable[[], Awaitable[object]]], None],
    ) -> None:
        self._shared = shared
        self._floor = floor
        self._reins = reins
        self._questions = questions
        self._endings = endings
        self._preparing = preparing
        self._rejoining = rejoining
        self._do = do
        self.pauses = 0  # while there are any, no turn begins

    async def go_on(self) -> None:
        """Do whatever there is to do now."""
        while self._floor.unasked is None and not self._reins.closing:
            current = self._floor.current
            if current is None:
                if not self._may_begin():
                    break
                await self._begin(self._floor.waiting.next())
            elif current.sent or current.stopped:
                break
            elif not await self._advance(current):
                return
        if self._floor.free:
            await self._reins.rest(self._floor.record)

    def _may_begin(self) -> bool:
        floor, parking = self._floor, self._shared.parking
        early = asyncio.get_running_loop().time() < floor.not_before
        if not floor.waiting or self.pauses or early:
            return False
        until = parking.until(self._shared.account)
        if until is None:
            return True
        wake = partial(self._do, nothing)
        parking.wait(self._shared.account, floor.record.id, wake)
        floor.waiting.changed |= self._endings.note_parked(floor.waiting, until)
        return False

    async def _begin(self, running: Running) -> None:
        workspace = self._shared.workspace_of(self._floor.record)
        if await self._endings.over_budget(running, workspace.name):
            self._floor.changed(running)
            return
        self._floor.begin(running)
        self._reins.busy()
        self._preparing.begin(running)

    async def _advance(self, current: Running) -> bool:
        """Bring the prompt to the agent; False: the next letter tells how to go on."""
        record = self._floor.record
        if current.at_work:
            if self._reins.session is None:
                return False
            await self._rejoining.rejoin(current)
            return True
        if current.attempted and not current.weighed:
            if self._reins.shut:
                await self._weigh(current)
                return True
            self._reins.close()  # nobody may write the record while we read it
            return False
        if self._preparing.under_way(current):
            return False
        if self._reins.session:
            if not await self._reins.suits(record, current.asked):
                self._reins.close()  # it is resumed with what is wanted now
                return False
            await self._reins.submit(current, record)
            workspace = self._shared.workspace_of(record)
            self._preparing.note_tree(current, workspace)
            return True
        if self._reins.shut:
            await self._reins.open(record, current.asked)
        return False

    async def _weigh(self, current: Running) -> None:
        evidence = await self._shared.runner.evidence(
            await self._shared.spec(self._floor.record), current.record.prompt_uuids
        )
        self._floor.changed(current)
        if current.steered:
            await current.settle_steering(evidence)
        else:
            answered = await self._questions.answered(current.record.id)
            verdict = current.weigh(evidence, answered)
            log.info(
                "turn.weighed",
                turn=current.record.id,
                attempts=current.record.attempts,
                verdict=verdict,
            )
            if verdict == "answered":
                await current.finish(
                    TurnFinished(turn=current.prompt.uuid, stop_reason="end_turn")
                )
            elif verdict == "ask":
                # In this order: nobody weighs a turn that is over once more.
                await self._questions.whether_to_retry(
                    current.record, language=current.language
                )
                await current.fail(say(current.language, "talk-gave-up"))
        if current.turn.status.final:
            self._floor.release()
