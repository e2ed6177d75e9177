"""One streamed message: what it should hold, whatever of that has arrived. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TypeAlias

from adapters.inbound import MessageRef
from adapters.language import ENGLISH, say
from adapters.slack.message import MAX_CONTEXT, Blocks, clip, context, markdown
from adapters.slack.script import MAX_TITLE, Card, bytes_of

Item: TypeAlias = str | Card

_SIGNS = {"pending": "⏳", "in_progress": "⏳", "complete": "✓", "error": "✗"}


@dataclass(slots=True)
class Segment:
    part: str
    ref: MessageRef
    born: float
    touched: float
    language: str = ENGLISH
    items: list[Item] = field(default_factory=list)
    weight: int = 0  # bytes, as Slack seems to count them
    full: bool = False  # what was to follow did not fit
    streaming: bool = True
    unsure: bool = False  # what arrived is not known: it has to be rewritten
    ended: bool = False  # it says how the turn ended

    @property
    def words(self) -> str:
        return "".join(item for item in self.items if isinstance(item, str))

    @property
    def cards(self) -> dict[str, Card]:
        return {item.id: item for item in self.items if isinstance(item, Card)}

    def add(self, items: Iterable[Item]) -> None:
        """Words go to the end; a card that is there already is replaced."""
        places = {
            item.id: place
            for place, item in enumerate(self.items)
            if isinstance(item, Card)
        }
        for item in items:
            if isinstance(item, Card) and item.id in places:
                old = self.items[places[item.id]]
                assert isinstance(old, Card)
                self.items[places[item.id]] = item
                self.weight += item.bytes - old.bytes
            else:
                self.items.append(item)
                self.weight += weigh(item)


def weigh(item: Item) -> int:
    return item.bytes if isinstance(item, Card) else bytes_of(item)


def handed_on(segment: Segment) -> tuple[Card, ...]:
    """What becomes of cards that run when their message ends."""
    below = f" · {say(segment.language, 'slack-goes-on')}"
    return tuple(
        replace(card, state="complete", title=_titled(card.title, below))
        for card in segment.cards.values()
        if card.runs
    )


def _titled(title: str, below: str) -> str:
    return clip(title, characters=MAX_TITLE - len(below), limit_bytes=1000) + below


def blocks_of(items: Sequence[Item]) -> Blocks:
    """The same as a message that does not stream: cards are lines."""
    return tuple(_blocks(items))


def _blocks(items: Sequence[Item]) -> Iterator[dict[str, object]]:
    for is_card, group in groupby(items, lambda item: isinstance(item, Card)):
        run = list(group)
        if is_card:
            lines = [_line(card) for card in run if isinstance(card, Card)]
            for at in range(0, len(lines), 8):
                yield dict(context("\n".join(lines[at : at + 8])))
        elif words := "".join(map(str, run)).strip("\n"):
            yield dict(markdown(words))


def _line(card: Card) -> str:
    facts = " · ".join(filter(None, (card.title, card.details)))
    line = f"{facts} {_SIGNS[card.state]} {card.output}".rstrip()
    return clip(line, characters=MAX_CONTEXT // 8 - 1, limit_bytes=MAX_CONTEXT)
