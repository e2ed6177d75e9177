"""Telegram's messages of one view: what may be edited, and what it refuses. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters import sheet
from adapters.language import say
from adapters.sheet import MAX_DOUBTS, Delete, Edit, Record, Send, Shown
from adapters.telegram.render import Piece
from adapters.views import TurnView, View

__all__ = ["MAX_DOUBTS", "Delete", "Edit", "Record", "Send", "Sheet", "Shown"]

MAX_UNITS = 4096  # UTF-16, in one message


def fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= MAX_UNITS


def labelled(text: str, label: str) -> str:
    longer = f"{text}\n\n{label}"
    return longer if fits(longer) else text


@dataclass(slots=True)
class Sheet(sheet.Sheet[Piece]):
    """What Telegram refused is remembered until the view ends."""

    reply_gone: bool = False
    topic_gone: bool = False
    explains: str = ""  # the part that says why it is not in its topic

    def look(self, piece: Piece) -> int:
        return hash((piece.text, repr(piece.entities), piece.buttons, piece.upload))

    def simpler(self, piece: Piece) -> Sequence[Piece]:
        if piece.upload and piece.upload.picture:
            upload = replace(piece.upload, picture=False)
            return (replace(piece, upload=upload),)
        if piece.upload:
            return (replace(piece, text=piece.instead, upload=None),)
        if piece.entities:
            return (replace(piece, entities=()),)
        return halves(piece) if len(piece.text) > 1 else ()

    def form(self, view: View, piece: Piece) -> Piece:
        """What is edited later may be repeated; a stub is no answer, so send that."""
        if not piece.stub or is_placeholder(view):
            return piece
        return replace(piece, text=piece.stub, entities=(), buttons=(), upload=None)

    def next(self, view: View, rendered: Sequence[Piece]) -> sheet.Move[Piece] | None:
        pieces = [self._explained(view, piece) for piece in rendered]
        return sheet.Sheet.next(self, view, pieces)

    def text(self, view: View, move: Send[Piece]) -> str:
        """What to send: it says so if it may be there already."""
        if self.doubts.get(move.piece.part):
            return labelled(move.form.text, say(view.language, "telegram-sent-again"))
        return move.form.text

    def _explained(self, view: View, piece: Piece) -> Piece:
        if piece.part != self.explains or piece.upload:
            return piece
        topic_gone = say(view.language, "telegram-topic-gone")
        return replace(piece, text=labelled(piece.text, topic_gone))


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
