"""Claude Code's remarks beside the conversation: what a person may want to know."""

from collections.abc import Iterator
from typing import Any

from runner.events import Noted


def noted(message: dict[str, Any]) -> Iterator[Noted]:
    """Remarks in words for people. Pure; most kinds mean nothing to anybody."""
    match message:
        case {"type": "rate_limit_event", "rate_limit_info": dict(info)}:
            yield from _rate_limit(info)
        case {"subtype": "api_retry"}:
            yield _retry(message)
        case {"subtype": "status", "status": "compacting"}:
            yield Noted("compacting", "Summing up the conversation to make room…")
        case {"subtype": "compact_boundary"}:
            yield Noted("compacted", "The conversation so far was summed up.")
        case {"subtype": "permission_denied", "tool_name": str(tool)}:
            yield Noted("denied", f"{tool} was refused by the rules.")
        case {"subtype": "model_fallback"}:
            model = message.get("fallback_model") or message.get("model") or "another"
            yield Noted("info", f"The model is busy; {model} answers instead.")
        case {"subtype": "task_started", "description": str(what)}:
            yield Noted("background", f"Working: {what}")
        case {"subtype": "task_progress", "description": str(what)}:
            last = message.get("last_tool_name")
            yield Noted("background", f"{what}: {last}" if last else what)
        case {"subtype": "informational", "content": str(text)}:
            yield Noted("info", " ".join(text.split())[:200])
        case _:
            pass


def _retry(message: dict[str, Any]) -> Noted:
    attempt = message.get("attempt")
    wait = message.get("retry_delay_ms")
    words = "The model's service does not answer; trying again"
    if isinstance(wait, int | float):
        words += f" in {max(1, round(wait / 1000))} s"
    if attempt:
        words += f" (attempt {attempt} of {message.get('max_retries', '?')})"
    return Noted("retry", f"{words}.")


def _rate_limit(info: dict[str, Any]) -> Iterator[Noted]:
    until = info.get("resetsAt")
    match info.get("status"):
        case "rejected":
            yield Noted("rate_limit", "The usage limit is reached.", until)
        case "allowed_warning":
            share = info.get("utilization")
            used = f" ({share:.0%} used)" if isinstance(share, float) else ""
            yield Noted("rate_limit", f"Close to the usage limit{used}.", until)
        case _:
            pass
