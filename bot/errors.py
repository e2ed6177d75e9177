"""Failures in words for people: what happened, and what to do about it."""

from datetime import datetime

from runner.events import Cause, TurnFinished


class ConfigError(Exception):
    """The configuration has mistakes; one line each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


WORDS: dict[Cause, str] = {
    "login": "The agent is not logged in. On the machine it runs on, start `claude` "
    "and type /login, then send this again.",
    "credit": "The account is out of credit. Add some, then send this again.",
    "rate_limit": "A usage limit is reached.",
    "overloaded": "The model's service is overloaded. Send this again in a minute.",
    "network": "The agent could not reach the model's service. Check the connection "
    "of the machine it runs on, then send this again.",
    "context_full": "This conversation has become too long for the model. "
    "Start a fresh one: /new, in Slack !new.",
    "model": "The configured model is not available to this account.",
    "request": "The model's service refused this request.",
    "billing_policy": "Stopped before it cost anything: the agent would have billed "
    "another account than this Parley is configured for.",
    "crash": "The agent's process ended in the middle of the work.",
    "start": "The agent could not be started.",
    "unknown": "The agent reported a failure.",
}


def explain(event: TurnFinished) -> str:
    """One line for the chat on a failed turn."""
    words = WORDS[event.cause or "unknown"]
    if event.until is not None:
        ends = datetime.fromtimestamp(event.until).astimezone()
        words = f"{words} It ends at {ends:%H:%M} ({ends:%Z}, {ends:%d %b})."
    detail = " ".join(event.detail.split())
    return f"{words} ({detail[:300]})" if detail else words
