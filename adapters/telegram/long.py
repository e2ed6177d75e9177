"""Words that are too many for messages: how they begin, and all of them as a file.

Pure.
"""

from collections.abc import Iterator

from adapters.document import NAME, document
from adapters.language import say
from adapters.telegram.piece import Piece, Upload
from adapters.views import Said, TurnView

MAX_SAID = 24_000  # characters of one text: seven messages, more if much is marked


def is_long(said: Said) -> bool:
    return len(said.text) > MAX_SAID


def more(view: TurnView) -> str:
    """Markdown, in place of what is not shown."""
    key = "telegram-cut" if view.final else "turn-getting-long"
    return say(view.language, key, file=f"`{NAME}`")


def rest(view: TurnView) -> Iterator[Piece]:
    """The file, if there is anything that messages do not show."""
    if any(isinstance(part, Said) and is_long(part) for part in view.parts):
        yield Piece(
            "r0",
            "",
            stub=say(view.language, "telegram-file", name=NAME),
            upload=Upload("", NAME, picture=False, content=document(view)),
            instead=say(view.language, "telegram-file-refused", name=NAME),
        )
