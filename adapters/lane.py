"""What one chat waits to see: which view is next, and when.

Rule: pure. Time is handed in, so nothing here can be early, late or asleep.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from math import inf
from typing import NamedTuple

from tenacity import AsyncRetrying, RetryCallState, wait_exponential_jitter

from adapters.inbound import Address
from adapters.views import FileView, QuestionView, TurnStatus, TurnView, View

BACK_OFF = wait_exponential_jitter(max=30)  # 1 s, doubling
LIMIT_MARGIN_S = 0.5  # on top of what a platform asks for
SLOWEST_S = 60.0  # between two edits, however often we were told to slow down
SOON_S = 5.0  # so long what begins may wait for what ended, to stand below it
FORGIVEN_AFTER_S = 600.0  # without a rate limit, half of the slowness is forgotten


class Now(NamedTuple):
    """The same moment on two clocks."""

    ticks: float  # the event loop's time: when things are due
    epoch: float  # the wall clock: how long a turn has run


class Urgency(IntEnum):
    """Who goes first while calls are scarce."""

    QUESTION = 0
    FINAL = 1
    FIRST_WORDS = 2
    EDIT = 3


def urgency_of(view: View, drawn: View | None) -> Urgency:
    """How much *view* matters to somebody who sees *drawn* now."""
    if view.final:
        return Urgency.FINAL
    if isinstance(view, QuestionView):
        return Urgency.QUESTION
    if not isinstance(view, TurnView) or not isinstance(drawn, TurnView):
        return Urgency.FIRST_WORDS
    begins = drawn.status is TurnStatus.QUEUED and view.status is not drawn.status
    speaks = bool(view.parts) and not drawn.parts
    return Urgency.FIRST_WORDS if begins or speaks else Urgency.EDIT


def edit_interval(age_s: float) -> float:
    """Seconds between two edits of a turn that has run for *age_s*.

    Naive streaming earned others bans of hours; nobody reads a long run by the second.
    """
    steps = ((30, 1.5), (120, 3.0), (600, 5.0))
    return next((wait for below, wait in steps if age_s < below), 15.0)


def heartbeat(age_s: float) -> float:
    """Seconds after which a running turn is redrawn just to show that time passes."""
    return 10.0 if age_s < 120 else 30.0


@dataclass(frozen=True, slots=True)
class Cadence:
    """Seconds between redrawings of a turn, by its age in seconds."""

    edit_interval: Callable[[float], float] = edit_interval
    heartbeat: Callable[[float], float] = heartbeat


def back_off(failures: int) -> float:
    state = RetryCallState(AsyncRetrying(), None, (), {})
    state.attempt_number = failures
    return BACK_OFF(state)


@dataclass(slots=True)
class Entry:
    """One view and how far it has come."""

    address: Address
    view: View
    newest: int  # its place in the order of all puts
    unseen_since: int | None  # the oldest put the screen does not show; None: clean
    drawn: View | None = None
    drawn_at: float = 0.0
    half_drawn: bool = False
    retry_at: float = 0.0
    failures: int = 0

    @property
    def urgency(self) -> Urgency:
        return urgency_of(self.view, self.drawn)

    def put(self, view: View, serial: int) -> None:
        self.view = view
        self.newest = serial
        if self.unseen_since is None:
            self.unseen_since = serial

    def fail(self, now: Now) -> None:
        self.failures += 1
        self.retry_at = now.ticks + back_off(self.failures)

    def age(self, now: Now) -> float:
        match self.view:
            case TurnView(started_at=float(started_at)):
                return now.epoch - started_at
            case _:
                return 0.0


@dataclass(slots=True)
class Lane:
    """The views of one chat, and what keeps them from being drawn."""

    cadence: Cadence = Cadence()
    entries: dict[tuple[Address, str], Entry] = field(default_factory=dict)
    unreachable: bool = False
    hurry_until: int = 0  # puts up to this one skip the pause between edits
    blocked_until: float = 0.0
    failures: int = 0
    slowness: int = 0  # how often edits were made twice as rare
    limited_at: float = 0.0

    def put(self, address: Address, view: View, serial: int) -> bool:
        """Replace what is unseen of this view. True: `due` may be sooner than before.

        A view not seen before is worth a try in any chat.
        """
        entry = self.entries.get((address, view.id))
        if entry is None:
            self.entries[address, view.id] = Entry(address, view, serial, serial)
            self.unreachable = False
            return True
        clean = entry.unseen_since is None
        entry.put(view, serial)
        return clean or entry.urgency is not Urgency.EDIT

    def seen(self, entry: Entry, view: View, now: Now) -> None:
        """The screen shows *view*; forget the entry if nothing can follow."""
        entry.drawn, entry.drawn_at, entry.half_drawn = view, now.ticks, False
        entry.unseen_since = None if entry.view is view else entry.newest
        if view.final and entry.unseen_since is None:
            del self.entries[entry.address, view.id]

    def kept_waiting_s(self, now: Now) -> float:
        """How long the platform keeps what is unseen from being drawn; inf: unknown."""
        unseen = [one for one in self.entries.values() if one.unseen_since is not None]
        if not unseen:
            return 0.0
        if self.unreachable:
            return inf
        retry_at = min(entry.retry_at for entry in unseen)
        return max(0.0, max(self.blocked_until, retry_at) - now.ticks)

    def unseen(self, mark: int) -> bool:
        """Whether something put at *mark* or earlier is not on the screen."""
        return any(
            entry.unseen_since is not None and entry.unseen_since <= mark
            for entry in self.entries.values()
        )

    def fail(self, now: Now) -> None:
        self.failures += 1
        self.blocked_until = now.ticks + back_off(self.failures)

    def slow_down(self, now: Now, retry_after_s: float) -> None:
        self.slowness = self.halvings(now) + 1
        self.limited_at = now.ticks
        self.blocked_until = now.ticks + retry_after_s + LIMIT_MARGIN_S

    def halvings(self, now: Now) -> int:
        """How often the pace is halved still, after forgiving."""
        forgiven = int((now.ticks - self.limited_at) / FORGIVEN_AFTER_S)
        return max(0, self.slowness - forgiven)

    def next(self, now: Now) -> Entry:
        """Of all that is due: the most urgent, and of these the oldest.

        The wall clock may jump while we wait for a call. So if nothing is due any more,
        the most urgent anyway; but there must be an entry.
        """
        return min(
            self.entries.values(),
            key=lambda entry: (
                self._due(entry, now) > now.ticks,
                self._urgency(entry),
                entry.unseen_since or sys.maxsize,
            ),
        )

    def due(self, now: Now) -> float:
        """When to draw next, in ticks; inf: once something is put."""
        if self.unreachable:
            return inf
        dues = (self._due(entry, now) for entry in self.entries.values())
        return max(self.blocked_until, min(dues, default=inf))

    def _urgency(self, entry: Entry) -> Urgency:
        """A file comes below the first words of its turn, and what is asked about how
        it ended below that, whatever else is waiting.
        """
        match entry.view:
            case FileView(turn_id=turn_id) | QuestionView(turn_id=turn_id):
                turn = self.entries.get((entry.address, turn_id))
            case _:
                turn = None
        if turn is None or turn.unseen_since is None:
            return entry.urgency
        asked = isinstance(entry.view, QuestionView)
        comes_first = turn.view.final if asked else turn.drawn is None
        return max(entry.urgency, turn.urgency) if comes_first else entry.urgency

    def _due(self, entry: Entry, now: Now) -> float:
        if entry.unseen_since is None:
            return self._heartbeat_due(entry, now)
        hurried = entry.half_drawn or entry.unseen_since <= self.hurry_until
        if entry.urgency is Urgency.FIRST_WORDS and isinstance(entry.view, TurnView):
            return max(entry.retry_at, self._ended_at(entry.address, now))
        if hurried or entry.urgency is not Urgency.EDIT:
            return entry.retry_at
        return max(entry.retry_at, entry.drawn_at + self._interval(entry, now))

    def _ended_at(self, address: Address, now: Now) -> float:
        """When the ends of earlier turns there may be drawn: the next comes below them,
        though it may need calls of a kind that is free already. 0: not soon, or now.
        """
        waiting = (
            entry.retry_at
            for entry in self.entries.values()
            if entry.address == address
            and entry.urgency is Urgency.FINAL
            and isinstance(entry.view, TurnView)
            and entry.retry_at - now.ticks < SOON_S
        )
        return max(waiting, default=0.0)

    def _heartbeat_due(self, entry: Entry, now: Now) -> float:
        match entry.view:
            case TurnView(status=TurnStatus.RUNNING):
                pause = max(
                    self.cadence.heartbeat(entry.age(now)), self._interval(entry, now)
                )
                return max(entry.retry_at, entry.drawn_at + pause)
            case _:
                return inf

    def _interval(self, entry: Entry, now: Now) -> float:
        wanted = self.cadence.edit_interval(entry.age(now)) * 2 ** self.halvings(now)
        return float(min(SLOWEST_S, wanted))
