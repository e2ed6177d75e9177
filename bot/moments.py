"""Times as values of a phrase, in no language yet. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime

Values = Mapping[str, str | int | float]


def moment(at: float, now: float | None = None) -> Values:
    """What `{ limits-at }` needs, on this machine's clock.

    The day is left out if it is the same as that of *now*.
    """
    when = _local(at)
    today = now is not None and when.date() == _local(now).date()
    return {
        "time": f"{when:%H:%M} {when:%Z}",
        "day": 0 if today else when.day,
        "month": when.month,
    }


def span(seconds: float) -> Values:
    """What `{ limits-span }` needs: seconds below two minutes, else whole minutes."""
    whole = max(1, round(seconds))
    if whole < 120:
        return {"amount": whole, "unit": "s"}
    return {"amount": round(whole / 60), "unit": "min"}


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone()
