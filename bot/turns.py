"""What people want of a conversation's turns: that they begin, end, join, give way.

Rule: what the ledger has to know of it is committed before the agent hears of it.
"""

from collections.abc import Sequence

from adapters.language import say
from bot.access import Access
from bot.floor import Floor
from bot.hearing import Hearing
from bot.reins import Reins
from bot.rejoining import Rejoining
from bot.running import Running
from bot.shared import Shared
from store.records import TurnId, TurnRecord


class Turns:
    def __init__(
        self,
        shared: Shared,
        floor: Floor,
        reins: Reins,
        *,
        access: Access,
        hearing: Hearing,
        rejoining: Rejoining,
    ) -> None:
        self._shared = shared
        self._floor = floor
        self._reins = reins
        self._access = access
        self._hearing = hearing
        self._rejoining = rejoining

    def find(self, turn: TurnId) -> Running | None:
        """A turn that people see running or waiting."""
        return self._floor.find(turn)

    def take(self, record: TurnRecord) -> None:
        """A turn of the ledger that is not final: it waits, or runs at once."""
        self._floor.waiting.add(self._running(record))

    async def take_up(self, turns: Sequence[TurnRecord], *, alive: bool) -> None:
        """The same, of an earlier run. *alive*: the agent that it left is still up."""
        for running in map(self._running, turns):
            if running.record.unasked:
                self._rejoining.expect(running)
            elif self._access.allows(*running.person):
                self._floor.waiting.add(running)
            else:
                await running.stop(say(running.language, "talk-not-allowed"))
                self._floor.changed(running)
        if alive:
            await self._rejoining.begin()
        else:
            await self._rejoining.closed()

    async def end(self, running: Running, *, by: str = "") -> None:
        """Stop the turn that runs, or cancel one that waits. *by*: "platform:id"."""
        if running in self._floor.held:
            await running.stop(by=by)
            await self._hearing.interrupt(running)
        elif running in self._floor.waiting:
            self._floor.waiting.remove(running)
            await running.stop(say(running.language, "talk-dequeued"), by=by)
            self._floor.changed(running)

    async def end_all(self, *, by: str = "") -> int:
        """Cancel what waits and stop what runs; how many that were."""
        await self._hearing.settle_read()
        for steered in self._floor.steering.take_all():
            await steered.stop(say(steered.language, "talk-dequeued"), by=by)
            self._floor.changed(steered)
        ending = self._floor.visible
        for running in reversed(ending):
            await self.end(running, by=by)
        return len(ending)

    async def steer(self, running: Running) -> bool:
        """Slip what waits into the turn that runs; False: there is none it could join.

        It is the agent's from here on, and cannot be taken back.
        """
        floor, session = self._floor, self._reins.session
        waits, current = running in floor.waiting, floor.current
        if not waits or running.asked.command or running.attempted:
            return False
        if current is None or session is None or not current.sent or current.stopped:
            return False
        if self.keeps_apart(running):
            return False
        prompt = await running.steer(current.record.id, floor.record.session_id)
        floor.waiting.remove(running)
        floor.steering.add(running)
        floor.changed(running)
        await session.steer(prompt)
        return True

    def keeps_apart(self, running: Running) -> bool:
        """Whether it brings words of others that what runs must not hear."""
        current = self._floor.current
        wary = current is not None and current.asked.wary
        return running.asked.wary and not wary

    async def instead(self, running: Running, *, by: str = "") -> None:
        """Stop what runs, and do this next."""
        if running not in self._floor.waiting:
            return
        self._floor.waiting.put_first(running)
        if (current := self._floor.current) and not current.stopped:
            await current.stop(say(current.language, "talk-replaced"), by=by)
            await self._hearing.interrupt(current)

    async def redo(self, running: Running) -> None:
        """Its prompt has changed: if the agent has the old one, it begins again."""
        if running.sent and (session := self._reins.session):
            running.redoing = True
            await session.interrupt()
        self._floor.waiting.changed = True

    def begin_again(self, running: Running) -> None:
        """The agent is silent: let its process go, and take up what it recorded."""
        if running is self._floor.current and running.sent:
            self._reins.close()

    def _running(self, record: TurnRecord) -> Running:
        return Running(
            record,
            store=self._shared.store,
            metrics=self._shared.metrics,
            clock=self._shared.clock,
        )
