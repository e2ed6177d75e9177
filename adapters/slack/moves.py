"""The calls that stream a turn, as values. Pure."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from adapters.inbound import MessageRef
from adapters.slack.batch import Batch
from adapters.slack.segment import Item, Segment, handed_on

Phase: TypeAlias = Literal["running", "waiting", "over"]
Reason: TypeAlias = Literal["full", "waiting", "over"]  # why a message ends


@dataclass(frozen=True, slots=True)
class Start:
    part: str
    batch: Batch

    @property
    def items(self) -> tuple[Item, ...]:
        return self.batch.items


@dataclass(frozen=True, slots=True)
class Append:
    ref: MessageRef
    batch: Batch

    @property
    def items(self) -> tuple[Item, ...]:
        return self.batch.items


@dataclass(frozen=True, slots=True)
class Stop:
    """End the stream. *bare*: only that, since the message is rewritten after it."""

    segment: Segment
    batch: Batch
    reason: Reason
    seam: tuple[str, str] = ("", "")
    bare: bool = False

    @property
    def items(self) -> tuple[Item, ...]:
        return () if self.bare else (*self.batch.items, *self.coda)

    @property
    def coda(self) -> tuple[Item, ...]:
        """What its end adds to the message."""
        whole = grown(self.segment, self.batch)
        closing = (self.seam[0],) if self.seam[0] else ()
        return (*closing, *handed_on(whole))


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Make the message, which does not stream, what it should be."""

    segment: Segment
    batch: Batch
    reason: Reason
    seam: tuple[str, str] = ("", "")

    @property
    def items(self) -> tuple[Item, ...]:
        """All of it."""
        whole = grown(self.segment, self.batch)
        closing = (self.seam[0],) if self.seam[0] else ()
        whole.add((*closing, *handed_on(whole)))
        return tuple(whole.items)


Move: TypeAlias = Start | Append | Stop | Rewrite


def grown(segment: Segment, batch: Batch) -> Segment:
    """A copy, with what is new."""
    whole = replace(segment, items=[], weight=0)
    whole.add(segment.items)
    whole.add(batch.items)
    return whole
