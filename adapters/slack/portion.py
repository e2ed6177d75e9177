"""How much of what is new still goes into a streamed message. Pure."""

import re

from adapters.characters import whole
from adapters.slack.script import bytes_of
from adapters.slack.split import seam

_PARAGRAPH_END = re.compile(r"\n\n+(?=.)", re.DOTALL)


def portion(above: str, new: str, *, weight: int, limit: int) -> int:
    """Characters of *new* to add to a message that says *above*.

    *weight* is what the message weighs in bytes, of *limit*. From two thirds of it on,
    a paragraph's end ends the message; less than all of *new* means just that.
    """
    total = weight + bytes_of(new)
    early = limit * 2 // 3
    if total <= early:
        return len(new)
    start, reached = 0, weight
    for end in (found.end() for found in _PARAGRAPH_END.finditer(new)):
        reached += bytes_of(new[start:end])
        if reached > limit:
            break
        if reached >= early and seam(above + new[:end]) == ("", ""):
            return end
        start = end
    if total <= limit:
        return len(new)
    return _cut(new, limit - weight, eager=weight >= early)


def _cut(new: str, room: int, *, eager: bool) -> int:
    """The last good place within *room* bytes; *eager*: any line will do."""
    head = new[: max(0, room)]
    while head and (needed := bytes_of(head)) > room:
        head = head[: min(len(head) - 1, len(head) * room // needed)]
    line = head.rfind("\n") + 1
    if line > (0 if eager else len(head) // 3):
        return line
    space = head.rfind(" ") + 1
    return space if space else whole(new, len(head))
