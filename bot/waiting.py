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

    def remove(self, running: Running) -> None:
        self._running.remove(running)
        self.changed = True

    def next(self) -> Running:
        self.changed = True
        return self._running.pop(0)

    def news(self) -> list[TurnView]:
        """What to show since this was last asked."""
        if not self.changed:
            return []
        self.changed = False
        return [r.queued_view(place) for place, r in enumerate(self._running, start=1)]
