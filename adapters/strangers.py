"""Which stranger is told how to get in.

Rule: a stranger leaves no trace on disk, and costs us a few hints an hour at most.
"""

from collections import deque
from collections.abc import Callable

from adapters.language import say

HOUR_S = 3600.0
HINTS_AN_HOUR = 5


def hint(person: str, language: str) -> str:
    """What a stranger reads; *language* is as the platform tags it."""
    return say(language, "stranger-hint", id=person)


class Hints:
    """Rations words for people who may not come in: each hears them once an hour."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: deque[tuple[float, str]] = deque()  # when, whom; the last hour's

    def due(self, person: str) -> bool:
        """Whether to tell this person now. Counts as told if so."""
        now = self._clock()
        while self._told and self._told[0][0] <= now - HOUR_S:
            self._told.popleft()
        told = {person for _, person in self._told}
        if person in told or len(told) >= HINTS_AN_HOUR:
            return False
        self._told.append((now, person))
        return True
