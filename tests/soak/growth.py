"""Whether a series of measurements grows. Pure.

Two robust answers have to agree, so that neither a step while things warm up nor one
wild value is taken for a leak: the median slope over all pairs (Theil and Sen), and the
median of the last third against that of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import TypeAlias

#: Seconds since the start, and the value then.
Series: TypeAlias = Sequence[tuple[float, float]]

#: The share of a run that warms caches and pools up, and counts for nothing.
WARM_UP = 0.25
FEWEST = 9  # samples that say something after that


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one series after its warm-up, in its own unit."""

    by_slope: float  # slope × how long it was watched
    by_thirds: float  # likewise, from the medians of the first and the last
    tolerance: float

    @property
    def grows(self) -> bool:
        return min(self.by_slope, self.by_thirds) > self.tolerance


class TooShort(Exception):
    """Too few samples to tell."""


def growth(series: Series, tolerance: float) -> Growth:
    """Raises `TooShort`."""
    settled = series[int(len(series) * WARM_UP) :]
    if len(settled) < FEWEST:
        raise TooShort(f"{len(settled)} samples after the warm-up; {FEWEST} are needed")
    third = len(settled) // 3
    values = [value for _, value in settled]
    lasted = settled[-1][0] - settled[0][0]
    return Growth(
        by_slope=slope(settled) * lasted,
        # The middles of the two are two thirds of that time apart.
        by_thirds=1.5 * (median(values[-third:]) - median(values[:third])),
        tolerance=tolerance,
    )


def slope(series: Series) -> float:
    """Per second: the median over all pairs of samples."""
    pairs = combinations(series, 2)
    return median((v2 - v1) / (t2 - t1) for (t1, v1), (t2, v2) in pairs)
