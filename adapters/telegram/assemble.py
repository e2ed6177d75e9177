"""What belongs together though Telegram sends it in pieces. Pure: time is told.

Albums, texts that were too long for one message, and forwards come as separate updates
with no end marker, so they wait a moment for the rest; nothing else waits. Whether two
messages belong together depends only on when they were kept, so the same rows give the
same result after a crash.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.inbound import Attachment, Inbound, Text
from adapters.telegram.inbound import Message

LONG = 4000  # UTF-16 units: apps cut at up to 4096, at a word if they can
PASTE_PARTS = 12
PASTE_CHARACTERS = 50_000
ALBUM_ITEMS = 10  # Telegram allows no more
#: Telegram's own times are whole seconds, and a batch that waited while we were down
#: is kept at one moment: so both clocks must agree that two messages are neighbours.
SENT_SLACK_S = 2.0
REMEMBERED_ALBUMS = 8


@dataclass(frozen=True, slots=True)
class Window:
    quiet_s: float  # how long after the last piece another may come
    most_s: float  # how long after the first


PASTE = Window(1.5, 7.5)
ALBUM = Window(1.0, 8.0)
FORWARDS = Window(1.0, 8.0)
LONGEST_QUIET_S = max(PASTE.quiet_s, ALBUM.quiet_s, FORWARDS.quiet_s)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that are one thing; as they arrived, not empty."""

    messages: tuple[Message, ...]
    follows: str = ""  # event id, as in `Text.follows`

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(message.event for message in self.messages)

    @property
    def in_order(self) -> Sequence[Message]:
        """As the person sees them: the pieces of an album may overtake each other."""
        if self.messages[0].album:
            return sorted(self.messages, key=lambda message: message.id)
        return self.messages

    @property
    def text(self) -> str:
        glue = "" if all(message.plain for message in self.messages) else "\n\n"
        return glue.join(filter(None, (message.text for message in self.in_order)))

    @property
    def foreign(self) -> bool:
        return any(message.foreign for message in self.messages)

    def inbound(self, files: tuple[Attachment, ...]) -> Inbound:
        first = self.in_order[0]
        return Inbound(
            events=self.events,
            address=first.address,
            sender=first.sender,
            body=Text(self.text, files, self.follows, foreign=self.foreign),
            message=first.ref,
        )


class Assembly:
    """What one person sends in one place, put together."""

    def __init__(self) -> None:
        self._open: Batch | None = None
        self._leader: Message | None = None  # what forwards just after it belong to
        self._leader_event = ""
        self._albums: OrderedDict[str, str] = OrderedDict()  # album → its first event

    @property
    def due(self) -> float | None:
        """When what is open will be complete; epoch seconds. None: nothing is open."""
        return _due(self._open) if self._open else None

    def add(self, message: Message) -> list[Batch]:
        """Take a message; gives what is complete now, oldest first."""
        done: list[Batch] = []
        if self._open and _continues(self._open, message):
            self._open = replace(self._open, messages=(*self._open.messages, message))
        else:
            done = self.flush()
            self._open = Batch((message,), self._followed_by(message))
        return [*done, *self.flush()] if _complete(self._open) else done

    def flush(self) -> list[Batch]:
        """Gives what is open, complete or not."""
        if self._open is None:
            return []
        batch, self._open = self._open, None
        self._remember(batch)
        return [batch]

    def _followed_by(self, message: Message) -> str:
        if first := self._albums.get(message.album):
            return first  # it came too late for its album
        leader = self._leader
        if leader and message.forwarded and _near(leader, message, FORWARDS.quiet_s):
            return self._leader_event
        return ""

    def _remember(self, batch: Batch) -> None:
        first, last = batch.messages[0], batch.messages[-1]
        leads = first.forwarded or first.plain
        self._leader = last if leads else None
        self._leader_event = first.event
        for message in batch.messages:
            if message.album:
                self._albums.setdefault(message.album, first.event)
        while len(self._albums) > REMEMBERED_ALBUMS:
            self._albums.popitem(last=False)


def _window(batch: Batch) -> Window:
    first = batch.messages[0]
    if first.forwarded:
        return FORWARDS
    return ALBUM if first.album else PASTE


def _due(batch: Batch) -> float:
    window, first, last = _window(batch), batch.messages[0], batch.messages[-1]
    return min(last.arrived_at + window.quiet_s, first.arrived_at + window.most_s)


def _continues(batch: Batch, message: Message) -> bool:
    """Whether the next message is one more piece of what is open."""
    first, last = batch.messages[0], batch.messages[-1]
    if first.album and not first.forwarded:
        return message.album == first.album and not message.forwarded
    if message.arrived_at > _due(batch):
        return False
    if first.forwarded:
        return message.forwarded and _near(last, message, FORWARDS.quiet_s)
    length = sum(len(part.words) for part in batch.messages)
    return (
        message.plain
        and not message.lead  # what answers something is not the rest of a text
        and length + len(message.words) <= PASTE_CHARACTERS
        and _near(last, message, PASTE.quiet_s)
    )


def _near(before: Message, after: Message, seconds: float) -> bool:
    return (
        after.arrived_at - before.arrived_at <= seconds
        and after.sent_at - before.sent_at <= seconds + SENT_SLACK_S
    )


def _complete(batch: Batch) -> bool:
    first, last, count = batch.messages[0], batch.messages[-1], len(batch.messages)
    if first.forwarded:
        return False
    if first.album:
        return count == ALBUM_ITEMS
    return last.length < LONG or count == PASTE_PARTS
