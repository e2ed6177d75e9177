"""Times, sums, counts and states as people read them at a glance. Pure."""

import re
from typing import assert_never

from adapters.scrub import one_line
from adapters.views import (
    QuestionStatus,
    QuestionView,
    Step,
    TurnStatus,
    TurnView,
)

THINKING = "⏳ Thinking…"
_MODEL = re.compile(r"^claude-|-\d{8}$")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_NOTE = 160  # characters of a line that shares a message with others
_NAME = 40
_REASON = 1500  # characters of why it failed


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


# --- a turn -------------------------------------------------------------------


def took(view: TurnView) -> float | None:
    """Seconds; None if it is not known."""
    if view.started_at is None or view.ended_at is None:
        return None
    return view.ended_at - view.started_at


def lasted(view: TurnView) -> str:
    """ "32 s"; "" if it is not known."""
    spent = took(view)
    return duration(spent) if spent is not None else ""


def queued(view: TurnView) -> str:
    place = f" — {ordinal(view.position)} in line" if view.position else ""
    return f"📥 Queued{place}"


def status(view: TurnView, *, now: float) -> str:
    """The line below a turn that goes on: "⏳ 12 s · opus-4-5"."""
    facts = [model_name(one_line(view.model, _NAME)), one_line(view.note, _NOTE)]
    since = elapsed(now - view.started_at) if view.started_at is not None else ""
    if view.status is TurnStatus.WAITING:
        return joined("🔐 Waiting for your decision", since, *facts)
    if view.thinking and view.parts:
        return joined("💭 Thinking", since, *facts)
    if not view.parts:
        return joined(THINKING, since, *facts)
    return joined(f"⏳ {since}" if since else "⏳ Working", *facts)


def summary(view: TurnView) -> str:
    """What it took: "✓ 32 s · 5 steps · $0.04"."""
    return f"✓ {joined(lasted(view) or 'Done', *spent(view))}"


def spent(view: TurnView) -> list[str]:
    """Facts other than time: "5 steps", "$0.04"."""
    steps = sum(isinstance(part, Step) for part in view.parts)
    return [
        count(steps, "step") if steps else "",
        money(view.cost_usd) if view.cost_usd else "",
    ]


def ending(view: TurnView) -> str:
    """The last line of a turn that ended: what it took, or why it broke off."""
    match view.status:
        case TurnStatus.FAILED:
            return f"⚠️ {one_line(view.note, _REASON) or 'Something went wrong.'}"
        case TurnStatus.CANCELLED:
            return joined("⏹ Stopped", lasted(view), one_line(view.note, _REASON))
        case _:
            return joined(summary(view), one_line(view.note, _NOTE))


# --- a question ---------------------------------------------------------------


def outcome(view: QuestionView, *, limit: int = _NOTE) -> str:
    """How it was decided: "✅ Allowed once by Ada"."""
    words = one_line(view.outcome, limit)
    match view.status:
        case QuestionStatus.WITHDRAWN:
            return f"⌛ {words or 'No longer needed'}"
        case QuestionStatus.DECIDED if view.refused:
            return f"❌ {words or 'Refused'}"
        case QuestionStatus.DECIDED:
            return f"✅ {words or 'Decided'}"
        case QuestionStatus.OPEN:
            return ""
        case _:
            assert_never(view.status)
