"""A steady rate with a burst."""

from dataclasses import dataclass

EARLY_S = 0.001  # a timer may fire a moment before its time


@dataclass(slots=True)
class Pace:
    """A steady rate with a burst, in one number (a leaky bucket, known as GCRA).

    *spare* is how much of the burst must be left over for what is more urgent.
    """

    interval_s: float
    burst: int
    whole_at: float = 0.0  # when the burst is available again

    def free_at(self, spare: int = 0) -> float:
        return self.whole_at - (self.burst - 1 - spare) * self.interval_s

    def free(self, now: float, spare: int = 0) -> bool:
        return self.free_at(spare) <= now + EARLY_S

    def take(self, now: float) -> None:
        self.whole_at = max(now, self.whole_at) + self.interval_s

    def hold(self, until: float) -> None:
        """Nothing before then, and no burst after."""
        self.whole_at = max(self.whole_at, until + (self.burst - 1) * self.interval_s)

    def give_back(self) -> None:
        self.whole_at -= self.interval_s
