"""A file for people: a message that becomes it, and what its caption has no room for.

Pieces: "f0" the file; "f1", "f2", … the rest of the caption. Pure.
"""

from math import ceil

from adapters.files import MB
from adapters.language import say
from adapters.scrub import one_line
from adapters.telegram.entities import Writer, blank
from adapters.telegram.layout import plain
from adapters.telegram.piece import Piece, Upload, piece
from adapters.telegram.split import split
from adapters.views import FileView

MAX_UPLOAD = 50 * MB  # Telegram's own, for bots
MAX_PICTURE = 10 * MB
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_MAX_CAPTION = 1024  # UTF-16 units
_NAME = 100  # characters


def file_pieces(view: FileView) -> list[Piece]:
    name = one_line(view.name, _NAME)
    captions = _captions(view.caption)
    if view.size > MAX_UPLOAD:
        first, rest = _too_big(view, name), captions
    else:
        caption, *rest = captions or [""]
        first = _file(view, name, caption)
    return [first, *(Piece(f"f{n}", text) for n, text in enumerate(rest, start=1))]


def _captions(text: str) -> list[str]:
    if blank(words := plain(text)):
        return []
    writer = Writer()
    writer.write(words)
    return [part.text for part in split(writer.rich, limit=_MAX_CAPTION)]


def _file(view: FileView, name: str, caption: str) -> Piece:
    picture = view.media_type in PICTURES and view.size <= MAX_PICTURE
    refused = say(view.language, "telegram-file-refused", name=name)
    return Piece(
        "f0",
        caption,
        stub=say(view.language, "telegram-file", name=name),
        upload=Upload(view.path, view.name, picture),
        instead="\n\n".join(filter(None, (refused, caption))),
    )


def _too_big(view: FileView, name: str) -> Piece:
    writer = Writer()
    writer.write(
        say(
            view.language,
            "telegram-file-too-big",
            name=name,
            megabytes=ceil(view.size / MB),
            limit=MAX_UPLOAD // MB,
        )
    )
    return piece("f0", writer.rich)
