"""Times, sums, counts and states as people read them at a glance. Pure."""

import re
from functools import cache
from typing import assert_never

from babel import Locale

from adapters.language import nearest, say
from adapters.scrub import one_line
from adapters.views import (
    QuestionStatus,
    QuestionView,
    Step,
    TurnStatus,
    TurnView,
)

_MODEL = re.compile(r"^claude-|-\d{8}$")
_NOTE = 160  # characters of a line that shares a message with others
_NAME = 40
_ASKED = 300
_REASON = 1500  # characters of why it failed


def elapsed(seconds: float, language: str) -> str:
    """Roughly, for something that goes on: "12 s", "3 m", "1 h 5 m"."""
    whole = max(0, int(seconds))
    return duration(whole if whole < 60 else whole - whole % 60, language)


def duration(seconds: float, language: str) -> str:
    """ "8 s", "2 m 14 s", "1 h 5 m"."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return say(language, "duration-hours", hours=hours, minutes=minutes)
    if minutes:
        return say(language, "duration-minutes", minutes=minutes, seconds=rest)
    return say(language, "duration-seconds", seconds=rest)


def money(dollars: float, language: str) -> str:
    if 0 < dollars < 0.01:
        return say(language, "money-hardly-any")
    return say(language, "money", dollars=dollars)


def count(number: int, thing: str, language: str) -> str:
    """ "1,234 steps": *thing* is the end of a key `count-…`."""
    return say(language, f"count-{thing}", number=number)


def ordinal(number: int, language: str) -> str:
    """ "2nd"."""
    form = _locale(nearest(language)).ordinal_form(number)
    return say(language, "ordinal", number=number, form=form)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


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
    return duration(spent, view.language) if spent is not None else ""


def joined_in(view: TurnView) -> bool:
    """Whether it never ran: its words were told to the agent within another turn."""
    ended = view.status is TurnStatus.DONE and view.started_at is None
    return ended and not view.parts and bool(view.note)


def asked(view: TurnView) -> str:
    """Who asked what, where the words are not on this screen: "Ada (Slack): hello"."""
    name = one_line(view.asked_by, _NAME)
    words = one_line(view.prompt, _ASKED)
    if not (name and words):
        return name
    return say(view.language, "turn-asked-by", name=name, words=words)


def place(view: TurnView) -> str:
    """ "2nd in line"; "" if it is not known."""
    if not view.position:
        return ""
    number = ordinal(view.position, view.language)
    return say(view.language, "turn-place", ordinal=number)


def queued(view: TurnView) -> str:
    """ "📥 Queued — 2nd in line · Continues at 15:40."."""
    if view.joining:
        return f"↪️ {one_line(view.note, _NOTE)}"
    line = say(view.language, "turn-queued")
    if where := place(view):
        line = say(view.language, "turn-queued-at", place=where)
    return joined(line, one_line(view.note, _NOTE))


def thinking(language: str) -> str:
    """What is shown before there is anything to show."""
    return say(language, "turn-thinking")


def status(view: TurnView, *, now: float) -> str:
    """The line below a turn that goes on: "⏳ 12 s · opus-4-5"."""
    language = view.language
    facts = [
        model_name(one_line(view.model, _NAME)),
        branch(view),
        one_line(view.note, _NOTE),
    ]
    began = view.started_at
    since = elapsed(now - began, language) if began is not None else ""
    if view.status is TurnStatus.WAITING:
        return joined(say(language, "turn-waiting"), since, *facts)
    if view.thinking and view.parts:
        return joined(say(language, "turn-thinking-again"), since, *facts)
    if not view.parts:
        return joined(thinking(language), since, *facts)
    if since:
        return joined(say(language, "turn-working-for", time=since), *facts)
    return joined(say(language, "turn-working"), *facts)


def summary(view: TurnView) -> str:
    """What it took: "✓ 32 s · 5 steps · $0.04"."""
    done = lasted(view) or say(view.language, "turn-done")
    return f"✓ {joined(done, *spent(view), branch(view))}"


def branch(view: TurnView) -> str:
    """Where it works, if that is not the project's own folder."""
    return f"🌿 {one_line(view.branch, _NAME)}" if view.branch else ""


def spent(view: TurnView) -> list[str]:
    """Facts other than time: "5 steps", "$0.04"."""
    steps = sum(isinstance(part, Step) for part in view.parts)
    return [
        count(steps, "step", view.language) if steps else "",
        money(view.cost_usd, view.language) if view.cost_usd else "",
    ]


def ending(view: TurnView) -> str:
    """The last line of a turn that ended: what it took, or why it broke off."""
    match view.status:
        case TurnStatus.FAILED:
            reason = one_line(view.note, _REASON)
            return f"⚠️ {reason or say(view.language, 'turn-went-wrong')}"
        case TurnStatus.CANCELLED:
            stopped = say(view.language, "turn-stopped")
            return joined(stopped, lasted(view), one_line(view.note, _REASON))
        case _ if joined_in(view):
            return f"↪️ {one_line(view.note, _NOTE)}"
        case _:
            return joined(summary(view), one_line(view.note, _NOTE))


# --- a question ---------------------------------------------------------------


def sign_of(view: QuestionView) -> str:
    """In front of its title: what kind of question it is; "": a menu."""
    if view.permission:
        return "🔐"
    return "❓" if view.turn_id else ""


def outcome(view: QuestionView, *, limit: int = _NOTE) -> str:
    """How it was decided: "✅ Allowed once by Ada"."""
    words = one_line(view.outcome, limit)
    match view.status:
        case QuestionStatus.WITHDRAWN:
            return f"⌛ {words or say(view.language, 'outcome-withdrawn')}"
        case QuestionStatus.DECIDED if view.refused:
            return f"❌ {words or say(view.language, 'outcome-refused')}"
        case QuestionStatus.DECIDED:
            return f"✅ {words or say(view.language, 'outcome-decided')}"
        case QuestionStatus.OPEN:
            return ""
        case _:
            assert_never(view.status)
