"""Messages as a person sees them, written down: tags where the formatting is."""

from collections.abc import Sequence

from adapters.telegram.render import Piece

TAGS = {
    "bold": "b",
    "italic": "i",
    "strikethrough": "s",
    "text_link": "a",
    "blockquote": "quote",
    "expandable_blockquote": "fold",
}


def marked(piece: Piece) -> str:
    """`<b>bold</b>`; a long quote that starts folded is `<fold>`."""
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for entity in piece.entities:
        tag = TAGS.get(entity["type"], entity["type"])
        start, end = entity["offset"], entity["offset"] + entity["length"]
        extra = entity.get("url") or entity.get("language") or ""
        opening[start] = opening.get(start, "") + f"<{f'{tag} {extra}'.strip()}>"
        closing[end] = f"</{tag}>" + closing.get(end, "")
    raw = piece.text.encode("utf-16-le")
    out = b""
    for at in range(len(raw) // 2 + 1):
        tags = closing.get(at, "") + opening.get(at, "")
        out += tags.encode("utf-16-le") + raw[2 * at : 2 * at + 2]
    return out.decode("utf-16-le")


def screen(pieces: Sequence[Piece]) -> str:
    """All messages, one after another, each under its name; 🔔: the phone rings."""
    return "\n".join(map(_message, pieces))


def _message(piece: Piece) -> str:
    bell = " 🔔" if piece.notify else ""
    rows = (" ".join(f"[{one.label}]" for one in row) for row in piece.buttons)
    return "\n".join([f"--- {piece.part}{bell}", marked(piece), *rows])
