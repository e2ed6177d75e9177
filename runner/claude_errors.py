"""How Claude Code ends a turn: the `result` line and its causes. Pure."""

import json
from typing import Any

from runner.events import Cause, Limit, StopReason, TurnFinished, Usage

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
    "max_output_tokens": "output_full",
}
#: Limits of the CLI's own, by the subtype of the result.
LIMITS: dict[str, Limit] = {
    "error_max_turns": "turns",
    "error_max_budget_usd": "cost",
}
#: What says more than the class: `terminal_reason` of the result.
ENDINGS: dict[str, Cause] = {
    "prompt_too_long": "context_full",
    "image_error": "attachment",  # documents and whole requests, too
}
#: Where the class says too little, the words tell; lower case.
WORDS: tuple[tuple[str, Cause], ...] = (
    ("prompt is too long", "context_full"),
    ("context window limit", "context_full"),
    ("not your usage limit", "overloaded"),  # a 429 all the same
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
    failed, refused = reason == "failed", reason == "refusal"
    cause = _cause(message, error, text or problems) if failed else None
    return TurnFinished(
        turn=turn,
        stop_reason=reason,
        text="" if failed or refused else text,
        cause=cause,
        limit=LIMITS.get(str(message.get("subtype"))) if reason == "limit" else None,
        detail=(text or problems) if failed or refused else "",
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
    if subtype in LIMITS:
        return "limit"
    if message.get("stop_reason") == "refusal":
        return "refusal"
    if message.get("is_error") or subtype.startswith("error"):
        return "failed"
    return "end_turn"


def _cause(message: dict[str, Any], error: str, words: str) -> Cause:
    """The words decide where the class says too little: a server error may be ours."""
    if cause := ENDINGS.get(str(message.get("terminal_reason"))):
        return cause
    said = words.lower()
    told = next((cause for phrase, cause in WORDS if phrase in said), None)
    by_class = CLASSES.get(error)
    if by_class in ("request", "output_full"):
        return told if told == "context_full" else by_class
    if by_class == "rate_limit":
        return told if told == "overloaded" else by_class
    if by_class not in (None, "overloaded"):
        return by_class
    status = message.get("api_error_status")
    by_status = STATUSES.get(status) if isinstance(status, int) else None
    return told or by_class or by_status or "unknown"


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
