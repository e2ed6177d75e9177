"""Claude Code's remarks beside the conversation: what a person may want to know."""

from collections.abc import Iterator
from typing import Any

from runner.events import Noted, Phrase

LENGTH = 200


def noted(message: dict[str, Any]) -> Iterator[Noted]:
    """Remarks for people. Pure; most kinds mean nothing to anybody."""
    match message:
        case {"type": "rate_limit_event", "rate_limit_info": dict(info)}:
            yield from _rate_limit(info)
        case {"subtype": "api_retry"}:
            yield Noted("retry", _retry(message))
        case {"subtype": "status", "status": "compacting"}:
            yield Noted("compacting", Phrase("agent-compacting"))
        case {"subtype": "compact_boundary"}:
            yield Noted("compacted", Phrase("agent-compacted"))
        case {"subtype": "permission_denied", "tool_name": str(tool)}:
            yield Noted("denied", Phrase("agent-denied", {"tool": tool}))
        case {"subtype": "model_fallback"}:
            model = message.get("fallback_model") or message.get("model")
            named = Phrase("agent-fallback-to", {"model": str(model)})
            yield Noted("info", named if model else Phrase("agent-fallback"))
        case {"subtype": "task_started", "description": str(what)}:
            yield Noted("background", _words(what))
        case {"subtype": "task_progress", "description": str(what)}:
            last = message.get("last_tool_name")
            yield Noted("background", _words(f"{what}: {last}" if last else what))
        case {"subtype": "informational", "content": str(text)}:
            yield Noted("info", _words(text))
        case _:
            pass


def _words(text: str) -> Phrase:
    """The agent's own, in its own language."""
    return Phrase("agent-words", {"words": " ".join(text.split())[:LENGTH]})


def _retry(message: dict[str, Any]) -> Phrase:
    match message:
        case {"retry_delay_ms": int() | float() as wait, "attempt": int(attempt)}:
            times = {
                "attempt": attempt,
                "attempts": int(message.get("max_retries") or 0),
            }
            seconds = max(1, round(wait / 1000))
            return Phrase("agent-retry-in", {"seconds": seconds, **times})
        case _:
            return Phrase("agent-retry")


def _rate_limit(info: dict[str, Any]) -> Iterator[Noted]:
    given = info.get("resetsAt")
    until = float(given) if isinstance(given, int | float) else None
    match info.get("status"):
        case "rejected" if info.get("isUsingOverage"):
            yield Noted("rate_limit", Phrase("agent-limit-overage"), until)
        case "rejected" if until:
            yield Noted("rate_limit", Phrase("agent-limit-reached"), until)
        case "allowed_warning":
            share = info.get("utilization")
            used = round(share * 100) if isinstance(share, int | float) else 0
            yield Noted("rate_limit", Phrase("agent-limit-near", {"used": used}), until)
        case _:
            pass  # "rejected" without an end: the service is busy, this is no limit
