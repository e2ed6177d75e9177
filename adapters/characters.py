"""What people see as one character, though it is many. Pure."""

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_FAR = 32  # as far back as one of them may have begun


def whole(text: str, at: int) -> int:
    """*at*, or a little before it if a cut there would break a character."""
    earliest = max(1, at - _FAR)
    while earliest < at < len(text) and _joined(text[at - 1], text[at]):
        at -= 1
    return at


def _joined(left: str, right: str) -> bool:
    return (
        left == _ZERO_WIDTH_JOINER
        or right == _ZERO_WIDTH_JOINER
        or unicodedata.category(right) in {"Mn", "Me"}
        or "\U0001f3fb" <= right <= "\U0001f3ff"  # skin tones
    )
