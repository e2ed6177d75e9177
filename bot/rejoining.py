"""Takes up the agent that an earlier run left at work, and the turn it is at.

Rule: only what the agent was given for certain is taken up; for everything else its
process ends, and its record is looked at.
"""

from adapters.language import say
from bot.floor import Floor
from bot.reins import Reins
from bot.running import Running
from store.records import TurnState


class Rejoining:
    def __init__(self, floor: Floor, reins: Reins) -> None:
        self._floor = floor
        self._reins = reins
        self._unasked: list[Running] = []

    def expect(self, unasked: Running) -> None:
        """The agent was at a turn that nobody asked for: it is told again, or lost."""
        self._unasked.append(unasked)

    async def begin(self) -> None:
        """Have the agent taken up; a turn that is not wanted any more is stopped."""
        floor, turn = self._floor, ""
        at = self._unasked[-1] if self._unasked else None
        if under_way := next(filter(self._has, floor.waiting), None):
            floor.rejoin(under_way)
            turn, at = under_way.record.prompt_uuids[-1], under_way
        await self._reins.open(floor.record, at.asked if at else None, turn=turn)

    async def rejoin(self, running: Running) -> None:
        """The agent is there: hear all it has said of the turn, and go on."""
        floor, turn = self._floor, running.record.id
        running.at_work = False
        await self._reins.rejoin(running, floor.record)
        for steered in [r for r in floor.waiting if r.record.joined_to == turn]:
            floor.waiting.remove(steered)
            prompt = steered.steer_again()
            floor.steering.add(steered)
            if self._reins.session:
                await self._reins.session.steer(prompt)

    def told(self, unasked: Running) -> None:
        """The agent has told it again."""
        turn = unasked.record.id
        self._unasked = [one for one in self._unasked if one.record.id != turn]

    async def closed(self) -> None:
        """The process is gone: what it did not tell again is lost, or recorded."""
        for running in self._unasked:
            await running.fail(say(running.language, "talk-unasked-lost"))
            self._floor.changed(running)
        self._unasked.clear()
        if self._floor.current:
            self._floor.current.at_work = False

    def _has(self, running: Running) -> bool:
        """Whether the agent was given its prompt, and nothing has ended it since."""
        record = running.record
        given = record.state in (TurnState.SUBMITTED, TurnState.CONSUMED)
        return (
            given
            and not running.steered
            and bool(record.prompt_uuids)
            and record.session_id == self._floor.record.session_id
        )
