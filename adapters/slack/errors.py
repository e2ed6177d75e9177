"""What Slack's refusals mean, read from the one word it gives for each."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from adapters.base import (
    AdapterError,
    Ambiguous,
    Busy,
    LoggedOut,
    Rejected,
    Unavailable,
    Unreachable,
)


class Refused(Rejected):
    """Slack will never do this; *code* is its word for why."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class NotMember(Unreachable):
    """Nothing can be written there now; *code* is Slack's word for why."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


#: Doing these twice is not the same as doing them once.
SENDS = frozenset(
    {
        "chat.postMessage",
        "chat.postEphemeral",
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
        "files.completeUploadExternal",
    }
)
LOGGED_OUT = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
    }
)
CLOSED = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "thread_not_found",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "channel_is_limited_access",
        "messages_tab_disabled",
    }
)
LIMITED = frozenset({"ratelimited", "rate_limited"})
DOWN = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
LOST = frozenset({"fatal_error", "internal_error"})
UNCLEAR = frozenset({200, 500, 502, 504})  # of an answer that is not from the method

DEFAULT_RETRY_S = 5.0  # a 429 that does not say how long


def refused(
    method: str, status: int, answer: Mapping[str, Any], headers: Mapping[str, str]
) -> AdapterError:
    """The error for an answer that is not "ok"."""
    code = str(answer.get("error", ""))
    if code in LIMITED or status == 429:
        return Busy(retry_after(headers))
    if code in LOST or (not code and status in UNCLEAR):
        return lost(method, code or f"HTTP status {status}")
    if code in DOWN or not code:
        return Unavailable(f"{method}: {code or f'HTTP status {status}'}")
    told = _told(method, code, answer)
    if code in LOGGED_OUT:
        return LoggedOut(told)
    return NotMember(code, told) if code in CLOSED else Refused(code, told)


def unanswered(
    method: str, failure: aiohttp.ClientError | OSError | TimeoutError
) -> AdapterError:
    """The error for a call that got no answer."""
    what = str(failure) or type(failure).__name__
    never_left = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
    if isinstance(failure, never_left):
        return Unavailable(f"{method}: {what}")
    return lost(method, what)


def lost(method: str, what: str) -> AdapterError:
    """It may have happened: that matters where it must not happen twice."""
    kind = Ambiguous if method in SENDS else Unavailable
    return kind(f"{method}: {what}")


def retry_after(headers: Mapping[str, str]) -> float:
    try:
        return max(0.0, float(headers["Retry-After"]))
    except (KeyError, ValueError):
        return DEFAULT_RETRY_S


def _told(method: str, code: str, answer: Mapping[str, Any]) -> str:
    """Slack's hints name the place in the request, never the words in it."""
    hints = (answer.get("response_metadata") or {}).get("messages") or ()
    return " ".join((f"{method}: {code}", *map(str, hints)))
