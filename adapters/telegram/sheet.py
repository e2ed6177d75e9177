"""What the screen shows of one view, and the next call that brings it closer.

Rule: pure. A failed call changes what is known here, and the next plan mends it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from adapters.base import Post
from adapters.inbound import MessageRef
from adapters.telegram.render import Piece
from adapters.views import QuestionView, TurnView, View

MAX_UNITS = 4096  # UTF-16, in one message
MAX_DOUBTS = 5  # sends of one part that nobody confirmed
MAX_MENDS = 8  # refusals in a row before a piece is given up
SENT_AGAIN = "(sent again: Telegram did not confirm the first)"
TOPIC_GONE = "(shown here because its topic is gone)"


@dataclass(slots=True)
class Shown:
    """A message of ours."""

    ref: MessageRef
    look: int | None  # of what was drawn last; None: an earlier run drew it
    recorded: bool = True  # whether the `Screen` knows


@dataclass(frozen=True, slots=True)
class Send:
    """Post *text*, which is the piece itself or its stub."""

    piece: Piece
    text: str
    whole: bool  # it is the piece itself
    first: bool  # of its view: the one that replies
    look: int


@dataclass(frozen=True, slots=True)
class Record:
    """The message is out, but its ref was never committed."""

    part: str
    ref: MessageRef


@dataclass(frozen=True, slots=True)
class Edit:
    piece: Piece
    ref: MessageRef
    look: int


@dataclass(frozen=True, slots=True)
class Delete:
    part: str
    ref: MessageRef


Move: TypeAlias = Send | Record | Edit | Delete


def look_of(piece: Piece) -> int:
    """Two pieces look the same to a person exactly if these are equal."""
    return hash((piece.text, repr(piece.entities), piece.buttons))


def fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= MAX_UNITS


def labelled(text: str, label: str) -> str:
    longer = f"{text}\n\n{label}"
    return longer if fits(longer) else text


@dataclass(slots=True)
class Sheet:
    """One view's messages. What Telegram refused is remembered until the view ends."""

    shown: dict[str, Shown] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)  # unconfirmed sends by part
    gone: set[str] = field(default_factory=set)  # parts that people deleted
    refused: set[int] = field(default_factory=set)  # looks: they need to be simpler
    hopeless: set[int] = field(default_factory=set)  # looks: given up
    rendered: tuple[View | None, Sequence[Piece]] = (None, ())  # last time
    mends: int = 0
    reply_gone: bool = False
    topic_gone: bool = False
    explains: str = ""  # the part that says why it is not in its topic

    @classmethod
    def of(cls, posts: Iterable[Post]) -> "Sheet":
        """What earlier runs left: a ref of None may or may not be on the screen."""
        sheet = cls()
        for post in posts:
            if post.ref is None:
                sheet.doubts[post.part] = 1
            else:
                sheet.shown[post.part] = Shown(post.ref, look=None)
        return sheet

    def next(self, view: View, rendered: Sequence[Piece]) -> Move | None:
        """None: the screen shows the view as well as it ever will."""
        pieces = [fit for piece in rendered for fit in self._acceptable(piece)]
        for piece in pieces:
            if move := self._move(view, piece, first=piece is pieces[0]):
                return move
        wanted = {piece.part for piece in pieces}
        for part, shown in self.shown.items():
            if part not in wanted:
                return Delete(part, shown.ref)
        return None

    def _move(self, view: View, piece: Piece, *, first: bool) -> Move | None:
        look = look_of(piece)
        if look in self.hopeless:
            return None
        if piece.part not in self.shown:
            if piece.part in self.gone and not missed(view):
                return None
            return self._send(view, piece, first)
        shown = self.shown[piece.part]
        if not shown.recorded:
            return Record(piece.part, shown.ref)
        return None if shown.look == look else Edit(piece, shown.ref, look)

    def _send(self, view: View, piece: Piece, first: bool) -> Send:
        """What is edited later may be repeated; a stub is no answer, so send that."""
        whole = not piece.stub or is_placeholder(view)
        stub = replace(piece, text=piece.stub, entities=(), buttons=())
        look = look_of(piece if whole else stub)
        text = piece.text if whole else piece.stub
        if self.doubts.get(piece.part):
            text = labelled(text, SENT_AGAIN)
        return Send(piece, text, whole=whole, first=first, look=look)

    def _acceptable(self, piece: Piece) -> Iterator[Piece]:
        """The piece, or what is left of it after what Telegram refused."""
        if piece.part == self.explains:
            piece = replace(piece, text=labelled(piece.text, TOPIC_GONE))
        yield from self._simpler(piece)

    def _simpler(self, piece: Piece) -> Iterator[Piece]:
        if look_of(piece) not in self.refused:
            yield piece
        elif piece.entities:
            yield from self._simpler(replace(piece, entities=()))
        elif len(piece.text) > 1:
            yield from (fit for half in halves(piece) for fit in self._simpler(half))

    # --- what calls taught us -------------------------------------------------

    def mend(self, move: Move) -> bool:
        """Count a refusal; False: enough, what *move* wanted to show is given up."""
        self.mends += 1
        if self.mends < MAX_MENDS:
            return True
        self.give_up(move)
        return False

    def give_up(self, move: Move) -> None:
        match move:
            case Send(piece=piece) | Edit(piece=piece):
                self.hopeless.add(look_of(piece))
            case Record(part=part) | Delete(part=part):
                self.shown.pop(part, None)

    def doubt(self, move: Send) -> None:
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


def is_placeholder(view: View) -> bool:
    return isinstance(view, TurnView) and not view.final and not view.parts


def halves(piece: Piece) -> tuple[Piece, Piece]:
    """The piece as two messages, for a text that is too long after all."""
    middle = len(piece.text) // 2
    head = replace(piece, text=piece.text[:middle], buttons=())
    tail = replace(
        piece,
        part=f"{piece.part}+",
        text=piece.text[middle:],
        stub=piece.stub and "…",
        notify=False,
    )
    return head, tail
