"""What Telegram shows of a view: a list of messages. Pure."""

from typing import assert_never

from adapters.telegram.documents import file_pieces
from adapters.telegram.layout import markdown
from adapters.telegram.piece import Button, Piece, parse_button, piece
from adapters.telegram.questions import question_pieces
from adapters.telegram.split import split
from adapters.telegram.turns import turn_pieces
from adapters.views import FileView, Notice, QuestionView, TurnView, View

__all__ = ["Button", "Piece", "parse_button", "render"]


def render(view: View, *, now: float) -> list[Piece]:
    """The messages that show *view*, top to bottom; never none. *now*: epoch s."""
    match view:
        case TurnView():
            return turn_pieces(view, now=now)
        case QuestionView():
            return question_pieces(view)
        case Notice():
            return _notice(view)
        case FileView():
            return file_pieces(view)
        case _:
            assert_never(view)


def _notice(notice: Notice) -> list[Piece]:
    parts = split(markdown(notice.text)) or split(markdown("✓"))
    return [
        piece(f"n{index}", part, notify=notice.notify and index == 0)
        for index, part in enumerate(parts)
    ]
