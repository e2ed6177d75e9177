"""Failures as a closed set: what people read, what happens next, whose business it is.

Rule: whatever is tried again is tried a bounded number of times.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from adapters.language import say
from bot.moments import moment
from runner.errors import (
    AgentKilled,
    AgentNotFound,
    AgentUnsuitable,
    RunnerError,
    SessionElsewhere,
    SessionGone,
    WorkspaceMissing,
)
from runner.events import Cause, Phrase, TurnFinished

#: What to do with the turn: try again by itself, wait for a limit to end, let a person
#: choose, or only say it.
Action: TypeAlias = Literal["retry", "wait", "ask", "give_up"]
#: What a person can do about it; the words are `limits-offer-…`.
Offer: TypeAlias = Literal["retry", "compact", "new", "model", "go-on", "recap"]

#: The CLI has tried for three minutes if the service fails, but only for seconds if it
#: is overloaded; most such troubles pass within minutes. A conversation that hammers
#: on helps nobody: after these three, a person decides.
PAUSES_S = (30.0, 120.0, 300.0)
UNKNOWN = Phrase("limits-cause-unknown")
#: Deaths of the agent's process that are nobody's wish, before a person is asked.
CRASHES = 2
_DETAIL = 300  # characters of the agent's own words


class ConfigError(Exception):
    """The configuration has mistakes; one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What follows from a turn that did not end well."""

    action: Action
    words: Phrase = UNKNOWN
    attention: Literal["person", "operator"] = "person"
    until: float | None = None  # "wait": epoch seconds; None: nobody knows
    again_s: float = 0.0  # "retry": after so long
    offers: tuple[Offer, ...] = ()  # the first is what one would mostly do


_ASK = Policy(action="ask", offers=("retry",))
_OPERATOR = replace(_ASK, attention="operator")
_RETRY = Policy(action="retry", offers=("retry",))

_POLICIES: dict[Cause, Policy] = {
    "login": _OPERATOR,
    "credit": _OPERATOR,
    "rate_limit": Policy(action="wait"),
    "overloaded": _RETRY,
    "network": _RETRY,
    "context_full": Policy(action="ask", offers=("compact", "new")),
    "model": Policy(action="ask", offers=("model", "retry")),
    "request": Policy(action="give_up", offers=("new",)),
    "output_full": Policy(action="ask", offers=("go-on",)),
    "attachment": Policy(action="give_up", offers=("new",)),
    "billing_policy": _OPERATOR,
    "crash": _RETRY,
    "start": _OPERATOR,
    "unknown": _ASK,
}
_ERRORS: dict[type[RunnerError], Policy] = {
    AgentKilled: _RETRY,
    AgentNotFound: _OPERATOR,
    AgentUnsuitable: _OPERATOR,
    SessionGone: Policy(action="ask", offers=("recap", "new")),
    SessionElsewhere: Policy(action="ask", offers=("recap", "new")),
    WorkspaceMissing: _OPERATOR,
}


def policy_of(event: TurnFinished, *, retried: int = 0) -> Policy:
    """Of a turn that failed, was refused or met a limit.

    *retried*: how often this policy has had it tried again already.
    """
    words = _words(event)
    if event.stop_reason == "limit":
        return Policy(action="ask", words=words, offers=("go-on",))
    if event.stop_reason == "refusal":
        return Policy(action="give_up", words=words, offers=("new",))
    cause = event.cause or "unknown"
    policy = replace(_POLICIES[cause], words=words, until=event.until)
    pauses = (0.0,) * CRASHES if cause == "crash" else PAUSES_S
    return _bounded(policy, pauses, retried)


def policy_of_error(error: RunnerError, *, retried: int = 0) -> Policy:
    """Of an agent that could not be started, or did not do what it was asked."""
    kind = next((kind for kind in type(error).__mro__ if kind in _ERRORS), None)
    policy = _ERRORS[kind] if kind else _ASK
    return _bounded(replace(policy, words=error.phrase), (0.0,) * CRASHES, retried)


def explain(event: TurnFinished, language: str) -> str:
    """For whoever asked: what happened to the turn, and what to do about it."""
    words = in_words(_words(event), language)
    detail = " ".join(event.detail.split())
    if not detail or event.stop_reason == "limit":
        return words
    return f"{words} ({detail[:_DETAIL]})"


def explain_error(error: RunnerError, language: str) -> str:
    return in_words(error.phrase, language)


def in_words(phrase: Phrase, language: str) -> str:
    return say(language, phrase.key, **phrase.values)


def _bounded(policy: Policy, pauses: tuple[float, ...], retried: int) -> Policy:
    if policy.action != "retry":
        return policy
    if retried >= len(pauses):
        return replace(policy, action="ask")
    return replace(policy, again_s=pauses[retried])


def _words(event: TurnFinished) -> Phrase:
    if event.stop_reason == "limit":
        return Phrase(f"limits-met-{event.limit or 'turns'}", {"detail": event.detail})
    if event.stop_reason == "refusal":
        return Phrase("limits-refusal")
    cause = event.cause or "unknown"
    if cause == "rate_limit" and event.until is not None:
        return Phrase("limits-cause-rate-limit-until", moment(event.until))
    return Phrase(f"limits-cause-{cause.replace('_', '-')}")
