"""The turns of one conversation that are not over: which runs, which wait.

Rule: nothing here waits for anything; what changed is shown at the next `publish`.
"""

from adapters.language import say
from adapters.views import View
from bot.running import Running
from bot.show import Show
from bot.steering import Steering
from bot.waiting import Waiting
from store.records import ConversationRecord, TurnId


class Floor:
    """*record*: the conversation, as it is on disk."""

    def __init__(self, record: ConversationRecord, *, show: Show) -> None:
        self.record = record
        self._show = show
        self.waiting = Waiting()
        self.steering = Steering()
        self.not_before = 0.0  # by the event loop's clock: no turn begins earlier
        self.current: Running | None = None
        self.unasked: Running | None = None  # a turn the agent began by itself
        self.speaking: Running | None = None  # whose events come in now
        self._dirty: dict[Running, None] = {}  # shown in the order they changed

    @property
    def visible(self) -> list[Running]:
        """The turns people see running or waiting, in order."""
        held = (self.unasked, self.current)
        return [*(r for r in held if r and not r.stopped), *self.waiting]

    @property
    def held(self) -> list[Running]:
        """Those that the agent is at."""
        return [running for running in (self.current, self.unasked) if running]

    @property
    def free(self) -> bool:
        return not self.held

    def find(self, turn: TurnId) -> Running | None:
        return next((r for r in self.visible if r.record.id == turn), None)

    def begin(self, running: Running) -> None:
        """Its turn has come."""
        self.current = running
        self.waiting.changed = True  # what waits may join it, or replace it
        running.begin(self.record.branch)
        self.changed(running)

    def rejoin(self, running: Running) -> None:
        """An agent is at it still. What is shown stays until there is more to show."""
        self.waiting.remove(running)
        self.current = running
        running.go_on(self.record.branch)

    def promote(self, running: Running) -> None:
        """Words that were steered in have got a turn of their own."""
        self.begin(running)
        running.sent = running.prompt.uuid

    def release(self) -> None:
        """What ran does not run any more."""
        if self.speaking is self.current:
            self.speaking = None
        self.current = None
        self.waiting.changed = True

    def put_back(self, running: Running) -> None:
        """It has to wait, and goes on before all others."""
        self.release()
        self.waiting.put_first(running)

    def changed(self, running: Running) -> None:
        self._dirty[running] = None

    def note(self, running: Running, key: str) -> None:
        running.turn.note(say(running.language, key))
        self.changed(running)

    def publish(self) -> None:
        """Show whatever changed since the last time."""
        for running in self._dirty:
            self._show_turn(running, running.turn.view())
        self._dirty.clear()
        behind = self.current is not None and not self.current.stopped
        for running, view in self.waiting.news(behind=behind):
            self._show_turn(running, view)

    def publish_all(self) -> None:
        """There is a new screen, which has not seen anything."""
        for running in (*self.held, *self.steering):
            self.changed(running)
        self.waiting.changed = True

    def _show_turn(self, running: Running, view: View) -> None:
        self._show(view, home=running.address, asked_by=running.asked_by)
