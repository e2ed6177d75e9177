"""How fast one person may write.

Rule: nothing waits unseen: what is too fast is refused, with words that say when to try
again. A flood is told so once a minute, or the answers would be a flood themselves.
Who is never limited, and what, is for the caller to know.
"""

import math
import time
from collections.abc import Callable

from bot.moments import span
from runner.events import Phrase

MINUTE_S = 60.0


class Rates:
    """A bucket of tokens for each person; a whole minute's may come at once.

    *per_minute* 0: as many as they like. *clock* never goes back.
    """

    def __init__(
        self, per_minute: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # (tokens, at that time)
        self._told: dict[str, float] = {}

    def wait_s(self, person: str) -> float:
        """Take a message in: 0.0; else it is refused, and these seconds are to wait."""
        if not self.per_minute:
            return 0.0
        now, per_s = self._clock(), self.per_minute / MINUTE_S
        tokens, at = self._buckets.get(person, (self.per_minute, now))
        tokens = min(self.per_minute, tokens + (now - at) * per_s)
        taken = tokens >= 1
        self._buckets[person] = (tokens - taken, now)
        return 0.0 if taken else (1 - tokens) / per_s

    def tell(self, person: str) -> bool:
        """Whether to say so to somebody who was refused. Counts as said if so."""
        now = self._clock()
        if now - self._told.get(person, -MINUTE_S) < MINUTE_S:
            return False
        self._told[person] = now
        return True


def too_fast(wait_s: float, per_minute: int) -> Phrase:
    """What the person reads instead."""
    return Phrase(
        "limits-too-fast", {**span(math.ceil(wait_s)), "messages": per_minute}
    )
