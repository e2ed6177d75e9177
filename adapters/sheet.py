"""What the screen shows of one view, and the next call that brings it closer.

Rule: pure. A failed call changes what is known here, and the next plan mends it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeAlias, TypeVar

from adapters.base import Post
from adapters.inbound import MessageRef
from adapters.views import QuestionView, TurnView, View

MAX_DOUBTS = 5  # sends of one part that nobody confirmed
MAX_MENDS = 8  # refusals in a row before a piece is given up


class AnyPiece(Protocol):
    @property
    def part(self) -> str: ...


P = TypeVar("P", bound=AnyPiece)


@dataclass(slots=True)
class Shown:
    """A message of ours."""

    ref: MessageRef
    look: int | None  # of what was drawn last; None: an earlier run drew it
    recorded: bool = True  # whether the `Screen` knows


@dataclass(frozen=True, slots=True)
class Send(Generic[P]):
    """Post *form*, which is the piece itself or stands in for it until an edit."""

    piece: P
    form: P
    first: bool  # of its view: the one that replies
    look: int  # of the form

    @property
    def whole(self) -> bool:
        return self.form is self.piece


@dataclass(frozen=True, slots=True)
class Record:
    """The message is out, but its ref was never committed."""

    part: str
    ref: MessageRef


@dataclass(frozen=True, slots=True)
class Edit(Generic[P]):
    piece: P
    ref: MessageRef
    look: int


@dataclass(frozen=True, slots=True)
class Delete:
    part: str
    ref: MessageRef


Move: TypeAlias = Send[P] | Record | Edit[P] | Delete


@dataclass(slots=True)
class Sheet(ABC, Generic[P]):
    """One view's messages. What the platform refused is remembered until it ends."""

    shown: dict[str, Shown] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)  # unconfirmed sends by part
    gone: set[str] = field(default_factory=set)  # parts that people deleted
    refused: set[int] = field(default_factory=set)  # looks: they need to be simpler
    hopeless: set[int] = field(default_factory=set)  # looks: given up
    rendered: tuple[View | None, Sequence[P]] = (None, ())  # last time
    mends: int = 0

    @classmethod
    def of(cls, posts: Iterable[Post]) -> Self:
        """What earlier runs left: a ref of None may or may not be on the screen."""
        sheet = cls()
        for post in posts:
            if post.ref is None:
                sheet.doubts[post.part] = 1
            else:
                sheet.shown[post.part] = Shown(post.ref, look=None)
        return sheet

    # --- what a platform knows about its pieces -------------------------------

    @abstractmethod
    def look(self, piece: P) -> int:
        """Two pieces look the same to a person exactly if these are equal."""

    @abstractmethod
    def simpler(self, piece: P) -> Sequence[P]:
        """What to try where *piece* was refused; nothing: there is no way."""

    def form(self, view: View, piece: P) -> P:
        """What to send first: *piece*, or what is to be edited into it."""
        return piece

    def settled(self, piece: P, shown: Shown) -> bool:
        """Whether the message needs no edit."""
        return shown.look == self.look(piece)

    def keeps(self, part: str) -> bool:
        """Whether a message stays though the view does not need it any more."""
        return False

    # --- planning -------------------------------------------------------------

    def next(self, view: View, rendered: Sequence[P]) -> Move[P] | None:
        """None: the screen shows the view as well as it ever will."""
        pieces = [fit for piece in rendered for fit in self._acceptable(piece)]
        for piece in pieces:
            if move := self._move(view, piece, first=piece is pieces[0]):
                return move
        wanted = {piece.part for piece in pieces}
        for part, shown in self.shown.items():
            if part not in wanted and not self.keeps(part):
                return Delete(part, shown.ref)
        return None

    def _move(self, view: View, piece: P, *, first: bool) -> Move[P] | None:
        look = self.look(piece)
        if look in self.hopeless:
            return None
        if piece.part not in self.shown:
            if piece.part in self.gone and not missed(view):
                return None
            form = self.form(view, piece)
            return Send(piece, form, first=first, look=self.look(form))
        shown = self.shown[piece.part]
        if not shown.recorded:
            return Record(piece.part, shown.ref)
        return None if self.settled(piece, shown) else Edit(piece, shown.ref, look)

    def _acceptable(self, piece: P) -> Iterator[P]:
        """The piece, or what is left of it after what was refused."""
        if self.look(piece) not in self.refused:
            yield piece
            return
        for less in self.simpler(piece):
            yield from self._acceptable(less)

    # --- what calls taught us -------------------------------------------------

    def mend(self, move: Move[P]) -> bool:
        """Count a refusal; False: enough, what *move* wanted to show is given up."""
        self.mends += 1
        if self.mends < MAX_MENDS:
            return True
        self.give_up(move)
        return False

    def give_up(self, move: Move[P]) -> None:
        match move:
            case Send(piece=piece) | Edit(piece=piece):
                self.hopeless.add(self.look(piece))
            case Record(part=part) | Delete(part=part):
                self.shown.pop(part, None)

    def doubt(self, move: Send[P]) -> None:
        """Nobody knows whether it arrived."""
        part = move.piece.part
        self.doubts[part] = self.doubts.get(part, 0) + 1
        if self.doubts[part] >= MAX_DOUBTS:
            self.give_up(move)


def missed(view: View) -> bool:
    """Whether a person who deleted our message still has to see what it said."""
    match view:
        case TurnView():
            return view.final
        case QuestionView():
            return not view.final
        case _:
            return False
