"""Slack's messages of one view: what may be edited, and what it refuses. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters import sheet
from adapters.inbound import MessageRef
from adapters.language import say
from adapters.sheet import Shown
from adapters.slack.message import MAX_BYTES, Piece, context, markdown, size, words_of
from adapters.slack.split import split_markdown
from adapters.views import View

_FILE = "-file"
FILE_REF = MessageRef("file")  # which Slack tells later, and nobody needs
_MOST = 200_000  # bytes of a file that may be messages instead
_LEAST = 500  # bytes of a message that is cut again


@dataclass(slots=True)
class Sheet(sheet.Sheet[Piece]):
    """What Slack refused is remembered until the view ends."""

    def look(self, piece: Piece) -> int:
        return hash((piece.part, piece.text, repr(piece.blocks), piece.rest))

    def simpler(self, piece: Piece) -> Sequence[Piece]:
        """A file as messages; blocks as words with buttons, as words, as fewer."""
        if is_file(piece):
            return tuple(_as_messages(piece))
        if not piece.blocks:
            return _halves(piece)
        words = words_of(piece.blocks) or piece.text
        buttons = tuple(one for one in piece.blocks if one["type"] == "actions")
        plain = (markdown(words), *buttons)
        if buttons and piece.blocks != plain:
            return (replace(piece, blocks=plain),)
        return (replace(piece, text=words, blocks=()),)

    def keeps(self, part: str) -> bool:
        return part.endswith(_FILE)

    def settled(self, piece: Piece, shown: Shown) -> bool:
        once = is_file(piece) or piece.only_for
        return bool(once) or shown.look == self.look(piece)

    def next(self, view: View, rendered: Sequence[Piece]) -> sheet.Move[Piece] | None:
        pieces = [one for piece in rendered for one in _with_file(view, piece)]
        return sheet.Sheet.next(self, view, pieces)

    def next_file(
        self, view: View, rendered: Sequence[Piece]
    ) -> sheet.Move[Piece] | None:
        """Of the files alone: the messages are not drawn by this sheet."""
        for piece in rendered:
            _, *files = _with_file(view, piece)
            for fit in (fit for file in files for fit in self._acceptable(file)):
                if move := self._move(view, fit, first=False):
                    return move
        return None


def is_file(piece: Piece) -> bool:
    return piece.part.endswith(_FILE)


def _with_file(view: View, piece: Piece) -> Iterator[Piece]:
    """The message, and its file; the text of that is for a Slack that takes none."""
    yield replace(piece, rest="", rest_name="")
    if piece.rest:
        refused = say(view.language, "slack-file-refused", name=piece.rest_name)
        part = f"{piece.part}{_FILE}"
        yield replace(piece, part=part, text=refused, blocks=(), ping="")


def _as_messages(file: Piece) -> Iterator[Piece]:
    stem = file.part.removesuffix(_FILE)
    if size(file.rest) > _MOST:
        yield Piece(f"{stem}-0", file.text, (context(file.text),))
        return
    for index, portion in enumerate(split_markdown(file.rest, MAX_BYTES)):
        yield Piece(f"{stem}-{index}", file.rest_name, (markdown(portion),))


def _halves(piece: Piece) -> Sequence[Piece]:
    limit = size(piece.text) // 2
    if limit < _LEAST:
        return ()
    return [
        replace(piece, part=piece.part + "+" * index, text=portion)
        for index, portion in enumerate(split_markdown(piece.text, limit))
    ]


def data_of(piece: Piece) -> bytes:
    """What is in the file of it."""
    return piece.rest.encode("utf-8", "replace")


def file_of(part: str, rendered: Sequence[Piece]) -> Piece | None:
    """The piece whose file *part* is; None: it is a message."""
    return next((one for one in rendered if f"{one.part}{_FILE}" == part), None)
