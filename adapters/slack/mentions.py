"""Pings taken out of words that are not ours: an agent rings nobody. Pure.

Slack resolves `<!channel>` and `<@U…>` in Markdown, blocks and streams alike, so this
is the last step of everything that goes out. A word joiner behind the angle bracket,
which nobody sees, ends the ping; `<!DOCTYPE html>` and `Vec<@T>` stay as they are.
"""

import re
from collections.abc import Sequence
from functools import reduce

JOINER = "\u2060"
LONGEST_BEGINNING = 16  # characters of what may become a ping

# In Markdown a character may also stand as a reference, or behind a backslash.
_OPEN = r"(?:<|&lt;?|&#60;|&#x3c;)"
_CROWD = r"\\?!(?:channel|here|everyone|group|subteam\\?\^|&)"
_PERSON = r"\\?@(?:[UWB][A-Z0-9]{2}|&)"
_REFERENCE = r"&(?:#|excl|commat)"
_PADDED = rf"(?:&#0+60;|&#x0+3c;)(?!{JOINER})"  # nobody writes it so but to hide it
_PING = re.compile(
    rf"{_OPEN}(?={_CROWD}|{_PERSON}|{_REFERENCE})|{_PADDED}", re.IGNORECASE
)


def neutralise(text: str, allow: str = "") -> str:
    """*text* without live pings, except the mention of the one user id *allow*."""

    def end(ping: re.Match[str]) -> str:
        ours = ping[0] == "<" and text.startswith(f"@{allow}>", ping.end())
        return ping[0] if allow and ours else ping[0] + JOINER

    return _PING.sub(end, text)


def hold_back(text: str) -> int:
    """How many characters at the end of *text* may be the start of a ping.

    What is cut that far before its end may be neutralised piece by piece.
    """
    begun = _BEGUN.search(text[-LONGEST_BEGINNING:])
    return len(begun[0]) if begun else 0


def _begun(*atoms: str, then: str = "") -> str:
    """A pattern of every beginning of these atoms, and of *then* once all are there."""
    last, *earlier = reversed(atoms)
    inmost = f"{last}{then}" if then else last
    return reduce(lambda rest, atom: f"{atom}(?:{rest})?", earlier, inmost)


def _any(patterns: Sequence[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


_WORDS = ("channel", "here", "everyone", "group", r"subteam")
_TAIL = _any(
    [
        r"\\?!" + _any([_begun(*word) for word in _WORDS]) + r"?\\?",
        r"\\?@(?:[UWB][A-Z0-9]?)?",
        r"\\",
        _any([_begun(*"&excl"), _begun(*"&commat")]),
    ]
)
_BEGUN = re.compile(
    _any(
        [
            f"<{_TAIL}?",
            _begun(*"&lt", then=f";?{_TAIL}?"),
            _begun(*"&#60;", then=f"{_TAIL}?"),
            _begun(*"&#x3c;", then=f"{_TAIL}?"),
            "&#x?0+[63]?[0c]?",
        ]
    )
    + r"\Z",
    re.IGNORECASE,
)
