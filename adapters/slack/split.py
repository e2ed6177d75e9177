"""Cuts Markdown into messages, so that each of them reads well alone. Pure.

Rule: no word is lost. Code blocks are closed at the end of a message and opened again
in the next one, tables begin with their header again. Where a cut falls depends on what
is above it and one line below, so earlier messages stay while a text grows.
"""

import re
from collections.abc import Iterator

from adapters.characters import whole
from adapters.slack.message import size

_CLOSING = 56  # bytes that may be added at the end of a message
_SHORTEST = 2 / 3  # of a message, if a good place for a cut is to be found below that
_GLANCE = 200  # characters of a line that tell what it is
_FENCE = re.compile(
    r"(?P<indent>[ >]{0,24}(?:(?:[-*+]|\d{1,9}[.)]) +)*)"
    r"(?P<marks>`{3,24}(?=[^`]*$)|~{3,24}(?!~))\s*(?P<language>[\w+#.-]{0,32})"
)
_DELIMITER = re.compile(r"[ >]*\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?\s*")
_BOUND = re.compile(r" {4}| *[-*+] | *\d+[.)] | *\|")  # may not stand alone


def split_markdown(
    text: str, limit_bytes: int, *, first_bytes: int | None = None
) -> list[str]:
    """Scrubbed *text* as portions of at most *limit_bytes* (500 or more), none blank.

    *first_bytes*: the limit of the first one, where something is above it.
    """
    portions = []
    room = first_bytes or limit_bytes
    while text.strip():
        at = cut(text, room - _CLOSING)
        head, rest = text[:at], text[at:]
        closing, reopening = seam(head, rest)
        if head.strip():
            portions.append(f"{head}{closing}".strip("\n"))
        if reopening and size(reopening) < limit_bytes // 3:
            text = reopening + rest if rest.strip() else ""
        else:
            text = rest.lstrip("\n")
        room = limit_bytes
    return portions


def cut(text: str, limit_bytes: int) -> int:
    """Where to end a message of at most *limit_bytes*; all of *text* if it fits."""
    head = text[:limit_bytes].encode()[:limit_bytes].decode(errors="ignore")
    if len(head) == len(text):
        return len(text)
    earliest = int(len(head) * _SHORTEST)
    places = [place for place in _places(text, len(head)) if place[1] > earliest]
    if places:
        return max(places)[1]
    space = head.rfind(" ", earliest)
    return space + 1 if space > 0 else whole(text, len(head))


def seam(text: str, rest: str | None = None) -> tuple[str, str]:
    """What to put at the end of *text*, and before what follows in the next message.

    *rest* is what follows, if it is known by now.
    """
    *lines, last = text.split("\n")
    reader = _Reader()
    for line in lines:
        reader.read(line)
    if last:
        reader.read(last)
    if reader.fence:
        return ("\n" if last else "") + reader.closing, reader.opening + "\n"
    goes_on = rest is None or bool(rest[:_GLANCE].partition("\n")[0].strip())
    if reader.table and not last and goes_on:
        return "", "".join(f"{line}\n" for line in reader.table)
    return "", ""


def _places(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Starts of lines up to *end*, each with how well a message may end there."""
    reader, start = _Reader(), 0
    while 0 < (at := text.find("\n", start, end) + 1) <= end:
        reader.read(text[start : at - 1])
        yield reader.ease(text[at : at + _GLANCE].partition("\n")[0]), at
        start = at


class _Reader:
    """Knows, line by line, in what a text is."""

    def __init__(self) -> None:
        self.fence: re.Match[str] | None = None
        self.table: tuple[str, ...] = ()  # its header, while in its rows
        self._above: str = ""
        self._heading = False

    def read(self, line: str) -> None:
        if self.fence:
            if self._closes(line):
                self.fence = None
        elif fence := _FENCE.match(line):
            self.fence, self.table = fence, ()
        elif not line.strip():
            self.table = ()
        elif not self.table and "|" in self._above and _DELIMITER.fullmatch(line):
            self.table = (self._above, line)
        if line.strip():
            self._heading = not self.fence and line.startswith("#")
        self._above = line

    @property
    def closing(self) -> str:
        return self._marked("") if self.fence else ""

    @property
    def opening(self) -> str:
        return self._marked(self.fence["language"]) if self.fence else ""

    def ease(self, below: str) -> int:
        """How well a message ends here, with the line *below* in the next one."""
        if self.fence:
            return 0 if self._closes(below) else 1
        if self._heading or self._above in self.table or _DELIMITER.fullmatch(below):
            return 0
        if not self._above.strip():
            return 2 if _BOUND.match(below) or below.startswith(" ") else 4
        return 3 if _BOUND.match(below) and not below.startswith("    ") else 1

    def _marked(self, language: str) -> str:
        """A line of fence, as deep as the code, but never so deep as to be code."""
        assert self.fence
        indent = re.sub(r"[^ >]", " ", self.fence["indent"])
        indent = indent[: 24 if ">" in indent else 3]
        return f"{indent}{self.fence['marks']}{language}"

    def _closes(self, line: str) -> bool:
        assert self.fence
        marks = line.strip(" >")
        return marks.startswith(self.fence["marks"]) and not marks.strip(marks[0])
