"""Messages as they are put together."""

from collections.abc import Iterable
from itertools import chain

from adapters.inbound import Kept
from adapters.telegram.assemble import Assembly, Batch
from adapters.telegram.inbound import Message, read
from tests.adapters.telegram.incoming import parse_button


def messages(*rows: Kept) -> list[Message]:
    got = [read(row, parse_button) for row in rows]
    return [message for message in got if isinstance(message, Message)]


def played(arrivals: Iterable[Message]) -> list[Batch]:
    """What comes out if time passes as the messages say, and then goes on."""
    assembly = Assembly()
    out: list[Batch] = []
    for message in arrivals:
        if assembly.due is not None and assembly.due < message.arrived_at:
            out += assembly.flush()
        out += assembly.add(message)
    return [*out, *assembly.flush()]


def replayed(arrivals: Iterable[Message]) -> list[Batch]:
    """What comes out if everything is there at once."""
    assembly = Assembly()
    out = [*chain.from_iterable(map(assembly.add, arrivals))]
    return [*out, *assembly.flush()]


def events(batches: Iterable[Batch]) -> list[tuple[str, ...]]:
    return [batch.events for batch in batches]
