"""Who sent an update, and whether it may come in. Trusts nothing in it.

Rule: a stranger leaves no trace on disk.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from adapters.strangers import Hints, hint

Update: TypeAlias = Mapping[str, Any]  # as Telegram sent it; any value may be anything


def sender_of(update: Update) -> str | None:
    """The id of the person who caused it; None if no one person can be named."""
    body = _body(update)
    for who in (body.get("from"), body.get("user")):
        if (sender := _id(who)) is not None:
            return sender
    # A private chat has the id of the person in it.
    return _id(body.get("chat")) if is_private(update) else None


def is_private(update: Update) -> bool:
    """Whether it happened between one person and the bot."""
    body = _body(update)
    chat = body.get("chat")
    if chat is None and isinstance(message := body.get("message"), dict):
        chat = message.get("chat")
    return isinstance(chat, dict) and chat.get("type") == "private"


def comes_in(update: Update, allows: Callable[[str], bool]) -> bool:
    """Whether to keep it. Where the bot is a member, it is told of that anywhere."""
    sender = sender_of(update)
    if sender is None or not allows(sender):
        return False
    return is_private(update) or "my_chat_member" in update


class Strangers:
    """Decides which stranger is told how to get in."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._hints = Hints(clock)

    def hint(self, update: Update) -> tuple[str, str] | None:
        """The chat to answer in and what to say; usually None."""
        sender = sender_of(update)
        message = update.get("message")
        if sender is None or not is_private(update) or not isinstance(message, dict):
            return None
        if not isinstance(message.get("text"), str) or not self._hints.due(sender):
            return None
        return sender, hint(sender, _language(message.get("from")))


def _body(update: Update) -> Update:
    """What happened: besides its number, an update has one part."""
    return next((body for body in update.values() if isinstance(body, dict)), {})


def _language(who: object) -> str:
    tag = who.get("language_code") if isinstance(who, dict) else None
    return tag if isinstance(tag, str) else ""


def _id(who: object) -> str | None:
    """Numeric, so that nobody can choose it."""
    number = who.get("id") if isinstance(who, dict) else None
    return str(number) if type(number) is int else None
