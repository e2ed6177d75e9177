"""How Claude Code ends a turn: the `result` line and its causes. Pure."""

import json
from typing import Any

from runner.events import Cause, StopReason, TurnFinished, Usage

#: Claude Code's own classes (`assistant.error`), reference §4.
CLASSES: dict[str, Cause] = {
    "authentication_failed": "login",
    "oauth_org_not_allowed": "login",
    "billing_error": "credit",
    "rate_limit": "rate_limit",
    "overloaded": "overloaded",
    "server_error": "overloaded",
    "model_not_found": "model",
    "invalid_request": "request",
    "max_output_tokens": "request",
}
#: Where the class says too little, the words tell; lower case.
WORDS: tuple[tuple[str, Cause], ...] = (
    ("prompt is too long", "context_full"),
    ("please run /login", "login"),
    ("not logged in", "login"),
    ("credit balance", "credit"),
    ("unable to connect", "network"),
    ("connection error", "network"),
    ("connection refused", "network"),
    ("econn", "network"),
    ("enotfound", "network"),
    ("fetch failed", "network"),
    ("socket", "network"),
    ("timed out", "network"),
    ("529 overloaded", "overloaded"),
)
STATUSES: dict[int, Cause] = {
    400: "request",
    401: "login",
    403: "login",
    404: "model",
    413: "request",
    429: "rate_limit",
    500: "overloaded",
    529: "overloaded",
}


def finished(
    message: dict[str, Any],
    *,
    turn: str | None,
    error: str,
    interrupted: bool,
    cost_usd: float,
    until: float | None,
) -> TurnFinished:
    """*error*: the class on the assistant line before, if there was one.

    *until*: when the limit ends that the CLI spoke of last.
    """
    text = str(message.get("result") or "")
    problems = "; ".join(str(e) for e in message.get("errors") or ())
    reason = _stop_reason(message, interrupted)
    failed = reason == "failed"
    cause = _cause(message, error, text or problems) if failed else None
    return TurnFinished(
        turn=turn,
        stop_reason=reason,
        text="" if failed else text,
        cause=cause,
        detail=(text or problems) if failed else "",
        until=until if cause == "rate_limit" else None,
        structured=_structured(message),
        cost_usd=cost_usd,
        usage=_usage(message.get("usage") or {}),
    )


def _stop_reason(message: dict[str, Any], interrupted: bool) -> StopReason:
    ended = str(message.get("terminal_reason") or "")
    subtype = str(message.get("subtype") or "")
    aborted, broke_off = ended.startswith("aborted"), subtype != "success"
    if (interrupted and (aborted or broke_off)) or (aborted and broke_off):
        return "interrupted"  # by us, or by a signal; `errors` is not for people
    if subtype in ("error_max_turns", "error_max_budget_usd"):
        return "limit"
    if message.get("stop_reason") == "refusal":
        return "refusal"
    if message.get("is_error") or subtype.startswith("error"):
        return "failed"
    return "end_turn"


def _cause(message: dict[str, Any], error: str, words: str) -> Cause:
    """The words decide where the class says too little: a server error may be ours."""
    said = words.lower()
    told = next((cause for phrase, cause in WORDS if phrase in said), None)
    by_class = CLASSES.get(error)
    if by_class == "request" and told != "context_full":
        return by_class
    if by_class in (None, "overloaded", "request"):
        status = message.get("api_error_status")
        by_status = STATUSES.get(status) if isinstance(status, int) else None
        return told or by_class or by_status or "unknown"
    return by_class


def _structured(message: dict[str, Any]) -> str:
    given = message.get("structured_output")
    return "" if given is None else json.dumps(given, ensure_ascii=False)


def _usage(usage: dict[str, Any]) -> Usage:
    return Usage(
        input=int(usage.get("input_tokens") or 0),
        output=int(usage.get("output_tokens") or 0),
        cache_read=int(usage.get("cache_read_input_tokens") or 0),
        cache_write=int(usage.get("cache_creation_input_tokens") or 0),
    )
