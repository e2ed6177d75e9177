"""What Slack shows of a view that is not streamed: a list of messages. Pure."""

from typing import assert_never

from adapters.scrub import scrub
from adapters.slack.buttons import parse_value
from adapters.slack.message import MAX_BYTES, Piece, context, markdown, notified
from adapters.slack.questions import question_piece
from adapters.slack.split import split_markdown
from adapters.slack.turns import (
    BEGINNING,
    footer,
    root_blocks,
    status_line,
    turn_pieces,
)
from adapters.views import Notice, QuestionView, TurnView, View

__all__ = ["Piece", "footer", "parse_value", "render", "root_blocks", "status_line"]

REST = "message.md"
CUT = f"📄 All of it is in {REST} below."


def render(view: View, *, now: float) -> list[Piece]:
    """The messages that show *view*, top to bottom; never none. *now*: epoch s."""
    match view:
        case TurnView():
            return turn_pieces(view, now=now)
        case QuestionView():
            return [question_piece(view)]
        case Notice():
            return _notice(view)
        case _:
            assert_never(view)


def _notice(notice: Notice) -> list[Piece]:
    text = scrub(notice.text).strip("\n")
    summary = notified(text) or "✓"
    portions = split_markdown(text, MAX_BYTES) or ["✓"]
    if len(portions) > 1 and not notice.only_for:  # a file would be there for all
        blocks = (markdown(split_markdown(text, BEGINNING)[0]), context(CUT))
        return [Piece("n0", summary, blocks, rest=text, rest_name=REST)]
    return [
        Piece(f"n{index}", summary, (markdown(portion),), only_for=notice.only_for)
        for index, portion in enumerate(portions)
    ]
