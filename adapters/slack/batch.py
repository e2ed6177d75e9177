"""What is new in a script, as far as it fits into a message. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.slack.message import size
from adapters.slack.portion import portion
from adapters.slack.script import Card
from adapters.slack.segment import Item, Segment, weigh

MAX_CARDS = 40  # in one message


@dataclass(frozen=True, slots=True)
class Batch:
    """What is new, as far as it fits."""

    items: tuple[Item, ...] = ()
    words: str = ""  # of the script, that are told with it
    cards: tuple[tuple[int, str], ...] = ()  # likewise: place and id
    more: bool = False  # there is more than fits

    @property
    def fresh(self) -> bool:
        return bool(self.words or self.cards)


class Filling:
    """A batch in the making, for the open message or, if that is None, for a new one.

    *reopening* goes before a new message's first words.
    """

    def __init__(self, segment: Segment | None, *, limit: int, reopening: str) -> None:
        self._cards = segment.cards if segment else {}
        self._above = segment.words if segment else ""
        self._weight = segment.weight if segment else 0
        self._full = segment is not None and segment.full
        self._limit = limit
        self._reopening = reopening
        self._items: list[Item] = []
        self._words = ""
        self._told: list[tuple[int, str]] = []

    def change(self, now: Mapping[str, Card]) -> None:
        """Cards of the message that are not any more as they were."""
        for id_, card in self._cards.items():
            if card.runs and (newer := now[id_]) != card:
                self._items.append(newer)
                self._weight += newer.bytes - card.bytes

    def carry(self, cards: Iterable[Card]) -> None:
        """Cards of the message above that go on in this one, with half of its room."""
        for card in cards:
            if self._weight + card.bytes <= self._limit // 2:
                self._put(card)

    def say(self, words: str) -> bool:
        """False: not all of it fits."""
        if not words or self._full:
            return not words
        prefix = "" if self._above else self._reopening
        new = words if self._above or prefix else words.lstrip("\n")
        weight = self._weight + size(prefix)
        taken = portion(self._above + prefix, new, weight=weight, limit=self._limit)
        skipped = len(words) - len(new)
        self._words += words[: skipped + taken]
        if taken:
            text = prefix + new[:taken]
            self._items.append(text)
            self._above += text
            self._weight += weigh(text)
        return taken == len(new)

    def show(self, place: int, card: Card) -> bool:
        """False: it does not fit."""
        crowded = len(self._cards) >= MAX_CARDS
        heavy = self._weight and self._weight + card.bytes > self._limit
        if self._full or crowded or heavy:
            return False
        self._put(card)
        self._told.append((place, card.id))
        return True

    def batch(self, *, more: bool) -> Batch:
        return Batch(tuple(self._items), self._words, tuple(self._told), more)

    def _put(self, card: Card) -> None:
        self._items.append(card)
        self._cards = {**self._cards, card.id: card}
        self._weight += card.bytes
