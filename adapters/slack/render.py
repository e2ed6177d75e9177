"""What Slack shows of a view that is not streamed: a list of messages. Pure."""

from typing import assert_never

from adapters.language import say
from adapters.scrub import one_line, scrub
from adapters.slack.buttons import parse_value
from adapters.slack.message import (
    MAX_BYTES,
    Piece,
    context,
    escaped,
    markdown,
    notified,
    quoted,
    section,
)
from adapters.slack.questions import question_piece
from adapters.slack.split import split_markdown
from adapters.slack.turns import (
    BEGINNING,
    farewell,
    footer,
    root_blocks,
    status_line,
    turn_pieces,
)
from adapters.views import FileView, Notice, QuestionView, TurnView, View

__all__ = [
    "Piece",
    "farewell",
    "footer",
    "parse_value",
    "render",
    "root_blocks",
    "status_line",
]

REST = "message.md"
_NAME, _CAPTION = 200, 2_000  # characters
NOT_SHOWN = "f0"  # the part that stands in for a file


def render(view: View, *, now: float) -> list[Piece]:
    """The messages that show *view*, top to bottom; never none. *now*: epoch s."""
    match view:
        case TurnView():
            return turn_pieces(view, now=now)
        case QuestionView():
            return [question_piece(view)]
        case Notice():
            return _notice(view)
        case FileView():
            return [_not_shown(view)]
        case _:
            assert_never(view)


def _notice(notice: Notice) -> list[Piece]:
    text = scrub(notice.text).strip("\n")
    summary = notified(text) or "✓"
    portions = split_markdown(text, MAX_BYTES) or ["✓"]
    if len(portions) > 1 and not notice.only_for:  # a file would be there for all
        cut = say(notice.language, "slack-cut-message", file=REST)
        blocks = (markdown(split_markdown(text, BEGINNING)[0]), context(cut))
        return [Piece("n0", summary, blocks, rest=text, rest_name=REST)]
    return [
        Piece(f"n{index}", summary, (markdown(portion),), only_for=notice.only_for)
        for index, portion in enumerate(portions)
    ]


def _not_shown(view: FileView) -> Piece:
    """Words about a file that Slack did not take, with what was said of it."""
    name, caption = one_line(view.name, _NAME), one_line(view.caption, _CAPTION)
    line = say(view.language, "slack-file-not-shown", name=name)
    quote = (quoted(caption),) if caption else ()
    return Piece(NOT_SHOWN, escaped(line), (section(line), *quote))
