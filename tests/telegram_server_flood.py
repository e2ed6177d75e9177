"""Flood control, as far as it is known: a bucket for each chat, and one for all."""

import time
from dataclasses import dataclass
from math import ceil

from tests.telegram_server_rules import Refused


@dataclass(frozen=True)
class Flood:
    """How much is too much. A refused call bars its chat, the next for longer."""

    burst: float = 20  # messages and edits to one chat at once
    per_chat_s: float = 1.0  # between them after that
    total: float = 30  # a second, over all chats
    penalty_s: float = 3.0  # for the first refused call; twice that for the second, …


@dataclass
class _Bucket:
    tokens: float
    filled_at: float
    barred_until: float = 0.0
    strikes: int = 0

    def refill(self, now: float, *, rate: float, most: float) -> None:
        self.tokens = min(most, self.tokens + (now - self.filled_at) * rate)
        self.filled_at = now
        if self.tokens == most:
            self.strikes = 0


class FloodControl:
    def __init__(self, flood: Flood) -> None:
        self._flood = flood
        self._chats: dict[int, _Bucket] = {}
        self._all = _Bucket(flood.total, time.monotonic())

    def charge(self, chat_id: int) -> None:
        """Count one message or edit. Raises `Refused` if it is one too many."""
        flood, now = self._flood, time.monotonic()
        chat = self._chats.setdefault(chat_id, _Bucket(flood.burst, now))
        chat.refill(now, rate=1 / flood.per_chat_s, most=flood.burst)
        self._all.refill(now, rate=flood.total, most=flood.total)
        if min(chat.tokens, self._all.tokens) < 1 or now < chat.barred_until:
            chat.strikes += 1
            until = max(now, chat.barred_until) + flood.penalty_s * chat.strikes
            chat.barred_until = until
            raise too_many(until - now)
        chat.tokens -= 1
        self._all.tokens -= 1


def too_many(seconds: float) -> Refused:
    wait = max(1, ceil(seconds))
    description = f"Too Many Requests: retry after {wait}"
    return Refused(description, 429, {"retry_after": wait})
