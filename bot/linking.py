"""Codes by which a person shows a conversation on another surface, too."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from adapters.inbound import Address
from store.records import ConversationId

LASTS_S = 600.0
#: Without characters that are taken for one another.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 8
GUESSES = 5  # wrong ones of a person, while a code may last


@dataclass(frozen=True, slots=True)
class Offer:
    """A conversation that may be shown elsewhere, and who said so."""

    conversation: ConversationId
    home: Address
    platform: str
    person: str
    until: float  # epoch seconds


class Links:
    """Known to this run only: a code that was lost is asked for again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._offers: dict[str, Offer] = {}
        self._wrong: dict[tuple[str, str], list[float]] = {}  # when, by whom

    def offer(
        self, conversation: ConversationId, home: Address, platform: str, person: str
    ) -> str:
        """A code that works once, within ten minutes, instead of an older one."""
        self._offers = {
            code: offer
            for code, offer in self._offers.items()
            if offer.conversation != conversation and offer.until > self._clock()
        }
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self._offers[code] = Offer(
            conversation, home, platform, person, self._clock() + LASTS_S
        )
        return code

    def take(self, code: str, person: tuple[str, str]) -> Offer | None:
        """None if it is wrong, used, or too old, or *person* has guessed too often."""
        now = self._clock()
        wrong = [at for at in self._wrong.get(person, ()) if at > now - LASTS_S]
        if len(wrong) >= GUESSES:
            return None
        offer = self._offers.pop(code.strip().upper(), None)
        if offer and offer.until > now:
            return offer
        self._wrong[person] = [*wrong, now]
        return None
