"""What Telegram's refusals mean, read from the words it uses."""

from collections.abc import Mapping
from typing import Any

import httpx

from adapters.base import (
    AdapterError,
    Ambiguous,
    LoggedOut,
    RateLimited,
    Rejected,
    Unavailable,
    Unreachable,
)
from adapters.files import FileTooBig


class Conflict(AdapterError):
    """Another program polls with this token."""


class WebhookSet(Conflict):
    """Updates go to an address that somebody gave Telegram, and not to us."""


class MethodMissing(Rejected):
    """This server does not know the method: it is older than we are."""


class NotModified(Rejected):
    """The message already looks as asked."""


class MessageGone(Rejected):
    """The message to edit, delete or react to is not there any more."""


class Uneditable(Rejected):
    """The message is there, and will stay as it is."""


class BadText(Rejected):
    """The text, or the entities in it, are not acceptable."""


class ReplyGone(Rejected):
    """The message to reply to is not there any more."""


class ThreadGone(Rejected):
    """The topic is closed, deleted, or was never one."""


class QueryExpired(Rejected):
    """Too late to answer this press of a button. It does not matter."""


class Migrated(Rejected):
    """The group became a supergroup, with another id."""

    def __init__(self, message: str, new_chat_id: int) -> None:
        super().__init__(message)
        self.new_chat_id = new_chat_id


#: The first row with a phrase in the lower-cased description of a 400 decides.
_PHRASES: tuple[tuple[type[AdapterError], tuple[str, ...]], ...] = (
    (NotModified, ("message is not modified",)),
    (
        MessageGone,
        (
            "message to edit not found",
            "message to delete not found",
            "message to react not found",
            "message_id_invalid",
        ),
    ),
    (Uneditable, ("message can't be edited", "message can't be deleted")),
    (ReplyGone, ("message to be replied not found", "reply message not found")),
    (
        ThreadGone,
        (
            "message thread not found",
            "topic_closed",
            "topic_deleted",
            "topic_id_invalid",
        ),
    ),
    (QueryExpired, ("query is too old", "query id is invalid")),
    (FileTooBig, ("file is too big",)),
    (
        BadText,
        (
            "entit",  # "can't parse entities", "entity beginning at …", "entity URL …"
            "utf-16",
            "message is too long",
            "caption is too long",
            "text is too long",
            "text is empty",
            "must be non-empty",
        ),
    ),
    (
        Unreachable,
        (
            "chat not found",
            "not enough rights",
            "have no rights",
            "chat_write_forbidden",
            "peer_id_invalid",
            "user is deactivated",
            "group chat was",  # deleted, deactivated
        ),
    ),
)

DEFAULT_RETRY_S = 5.0  # a 429 that does not say how long
LONGEST_S = 86_400.0  # it is asked for the limit again after a day, whatever it said


def refused(
    status: int, description: str, parameters: Mapping[str, Any]
) -> AdapterError:
    """The error for an answer with HTTP *status* 300 or more."""
    if isinstance(new_chat_id := parameters.get("migrate_to_chat_id"), int):
        return Migrated(description, new_chat_id)
    match status:
        case 400:
            return _bad_request(description)
        case 401:
            return LoggedOut(description)
        case 403:
            return Unreachable(description)
        case 404 if "method not found" in description.lower():
            return MethodMissing(description)
        case 404:  # a token that could never be one is not "unauthorized"
            return LoggedOut(description)
        case 409:
            webhook = "webhook" in description.lower()
            return WebhookSet(description) if webhook else Conflict(description)
        case 413:
            return FileTooBig(description)
        case 429:
            return RateLimited(_seconds(parameters.get("retry_after")))
        case 503:
            return Unavailable(description)
        case _ if status >= 500:  # of a gateway: what is behind it may have done it
            return Ambiguous(description)
        case _:
            return Rejected(description)


def _seconds(told: object) -> float:
    if isinstance(told, int | float) and told >= 0:  # which NaN is not
        return float(min(told, LONGEST_S))
    return DEFAULT_RETRY_S


def _bad_request(description: str) -> AdapterError:
    words = description.lower()
    for error, phrases in _PHRASES:
        if any(phrase in words for phrase in phrases):
            return error(description)
    return Rejected(description)


#: With these the request never left.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def unanswered(error: BaseException) -> AdapterError:
    """The error for a request that got no answer."""
    what = f"{type(error).__name__}: {error}".removesuffix(": ")
    if isinstance(error, _NOT_SENT):
        return Unavailable(what)
    return Ambiguous(what)
