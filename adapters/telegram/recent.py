"""What the newest messages became, so that an edit can be read against it.

Telegram reports an edit when only a link preview came, and of a text that was sent in
parts it reports the one part. After a restart nothing is remembered: an edit then
stands for itself.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TypeAlias

from adapters.inbound import Address, Edited, Inbound
from adapters.telegram.assemble import Batch
from adapters.telegram.inbound import Message

REMEMBERED = 256  # messages

Place: TypeAlias = tuple[Address, int]


@dataclass(slots=True)
class Whole:
    """A batch and those that followed it: the bot takes them as one."""

    batches: list[Batch]

    @property
    def text(self) -> str:
        return "\n\n".join(filter(None, (batch.text for batch in self.batches)))

    @property
    def foreign(self) -> bool:
        return any(batch.foreign for batch in self.batches)

    def revise(self, message: Message) -> None:
        self.batches = [_revised(batch, message) for batch in self.batches]


class Recent:
    def __init__(self) -> None:
        self._wholes: OrderedDict[Place, Whole] = OrderedDict()
        self._places: dict[str, Place] = {}  # by event

    def add(self, batch: Batch) -> None:
        before = self._places.get(batch.follows)
        whole = (before and self._wholes.get(before)) or Whole([])
        whole.batches.append(batch)
        for message in batch.messages:
            place = _place(message)
            self._wholes[place] = whole
            self._places[message.event] = place
        while len(self._places) > REMEMBERED:
            oldest = next(iter(self._places))
            self._wholes.pop(self._places.pop(oldest), None)

    def edited(self, message: Message) -> Inbound | None:
        """The edit as the bot should hear of it; None if the words are the same."""
        whole = self._wholes.get(_place(message))
        if whole is None:
            whole, before = Whole([Batch((message,))]), ""
        else:
            before = whole.text
            whole.revise(message)
        if whole.text == before:
            return None
        return Inbound(
            events=(message.event,),
            address=message.address,
            sender=message.sender,
            body=Edited(whole.text, foreign=whole.foreign),
            message=whole.batches[0].in_order[0].ref,
        )


def _place(message: Message) -> Place:
    return (message.address, message.id)


def _revised(batch: Batch, new: Message) -> Batch:
    """The batch with other words where the message stood."""
    return replace(
        batch,
        messages=tuple(
            replace(
                old,
                words=new.words,
                lead=new.lead,
                note=new.note,
                foreign=new.foreign,
            )
            if old.id == new.id
            else old
            for old in batch.messages
        ),
    )
