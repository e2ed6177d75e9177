"""The prompts of one conversation that wait their turn, and where they stand."""

from collections.abc import Iterator

from adapters.views import TurnView
from bot.running import Running


class Waiting:
    """In the order they were admitted. What moved up is shown anew."""

    def __init__(self) -> None:
        self._running: list[Running] = []
        self.changed = False

    def __len__(self) -> int:
        return len(self._running)

    def __iter__(self) -> Iterator[Running]:
        return iter(self._running)

    def add(self, running: Running) -> None:
        self._running.append(running)
        self.changed = True

    def put_first(self, running: Running) -> None:
        """It goes next, wherever it was."""
        if running in self._running:
            self._running.remove(running)
        self._running.insert(0, running)
        self.changed = True

    def remove(self, running: Running) -> None:
        self._running.remove(running)
        self.changed = True

    def next(self) -> Running:
        self.changed = True
        return self._running.pop(0)

    def news(self, *, behind: bool) -> list[tuple[Running, TurnView]]:
        """What to show since this was last asked. *behind*: a turn is under way."""
        if not self.changed:
            return []
        self.changed = False
        return [
            (running, running.queued_view(place, behind=behind))
            for place, running in enumerate(self._running, start=1)
        ]
