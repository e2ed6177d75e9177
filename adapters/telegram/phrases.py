"""Times, sums and counts as people read them at a glance. Pure."""

import re

from adapters.views import TurnView

_MODEL = re.compile(r"^claude-|-\d{8}$")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def elapsed(seconds: float) -> str:
    """Roughly, for something that goes on: "12 s", "3 m", "1 h 5 m"."""
    whole = max(0, int(seconds))
    return duration(whole if whole < 60 else whole - whole % 60)


def duration(seconds: float) -> str:
    """ "8 s", "2 m 14 s", "1 h 5 m"."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        parts = [f"{hours} h", f"{minutes} m" if minutes else ""]
    elif minutes:
        parts = [f"{minutes} m", f"{rest} s" if rest else ""]
    else:
        parts = [f"{rest} s"]
    return " ".join(filter(None, parts))


def money(dollars: float) -> str:
    return f"${dollars:.2f}" if dollars >= 0.01 else "<$0.01"


def count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def ordinal(number: int) -> str:
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else _ENDINGS.get(number % 10, 'th')}"


def model_name(model: str) -> str:
    """Without what every name of its kind begins and ends with."""
    return _MODEL.sub("", model)


def joined(*facts: str) -> str:
    return " · ".join(filter(None, facts))


def took(view: TurnView) -> float | None:
    """Seconds; None if it is not known."""
    if view.started_at is None or view.ended_at is None:
        return None
    return view.ended_at - view.started_at
