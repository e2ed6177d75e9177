"""How far a reader of events has come. Pure.

Rule: a place is made of what was told and of nothing else, so it means the same after
any restart, and no table of events is needed.
"""

import re
from dataclasses import dataclass
from zlib import crc32

from adapters.views import Part, Said, Step

_PLACE = re.compile(
    r"(?P<turn>[\w-]{1,64}):(?P<part>end|\d{1,9}):(?P<offset>-1|\d{1,12})"
    r":(?P<pending>(\d{1,9}(\.\d{1,9})*)?):(?P<digest>[0-9a-f]{1,8})"
    r":(?P<state>[0-9a-f]{1,8})",
    re.ASCII,
)
_NOWHERE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """After the newest event that was told."""

    turn: str = ""  # view id; "": before the first turn there is
    part: int = 0  # the parts before this one were told
    offset: int = -1  # and so much of this one; -1: not even that it begins
    pending: tuple[int, ...] = ()  # steps whose result is still to be told
    digest: int = 0  # of all that was told, to notice when it is told otherwise
    state: int = 0  # of the newest snapshot told
    ended: bool = False  # all of the turn was told

    def __str__(self) -> str:
        part = "end" if self.ended else self.part
        pending = ".".join(map(str, self.pending))
        turn = self.turn or _NOWHERE
        return f"{turn}:{part}:{self.offset}:{pending}:{self.digest:x}:{self.state:x}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that reads *text*; None: it is no place."""
        if not (found := _PLACE.fullmatch(text)):
            return None
        turn, part, pending = found["turn"], found["part"], found["pending"]
        return cls(
            turn="" if turn == _NOWHERE else turn,
            part=0 if part == "end" else int(part),
            offset=int(found["offset"]),
            pending=tuple(map(int, pending.split("."))) if pending else (),
            digest=int(found["digest"], 16),
            state=int(found["state"], 16),
            ended=part == "end",
        )

    def within(self, parts: tuple[Part, ...]) -> bool:
        """Whether telling *parts* so far comes to this place."""
        begun = self.offset >= 0
        if len(parts) < self.part + begun:
            return False
        steps = all(
            place < self.part and isinstance(parts[place], Step)
            for place in self.pending
        )
        digest = 0
        for part in parts[: self.part]:
            digest = _whole(part, digest)
        if begun:
            digest = _begun(parts[self.part], self.offset, digest)
        return steps and digest == self.digest


def text_told(text: str, digest: int) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"), digest)


def text_ended(digest: int) -> int:
    """Marks the border: "ab" and "c" are not "a" and "bc"."""
    return crc32(b"\0", digest)


def step_told(step: Step, digest: int) -> int:
    return text_told(f"\1{step.id}\0{step.title}", digest)


def _whole(part: Part, digest: int) -> int:
    match part:
        case Said():
            return text_ended(text_told(part.text, digest))
        case Step():
            return step_told(part, digest)


def _begun(part: Part, offset: int, digest: int) -> int:
    match part:
        case Said():
            return text_told(part.text[:offset], digest)
        case Step():
            return step_told(part, digest)
