"""What a supervisor and a bridge say to each other over their socket. Pure.

A connection begins with one line each way, the same in every version, so that a version
can be refused by any other:

    take 1,2 17           the bridge: the versions it speaks, the number of its run
    ask 1,2 17            ... it only wants to know whether it would be taken
    welcome 1 4711 9000 8600 120   a version; pid; where the journal ends, and was
                          acknowledged; the length of the note that follows
    yes                   to *ask*
    no version            or "claim": a later run has been here

Then frames, each with its kind and length before it. Those to the bridge also tell
where in the journal they end; they are the journal's own records.

Standard library only: the supervisor imports it.
"""

import struct
from collections.abc import Iterator

VERSIONS = (1,)
#: The longest first line.
GREETING = 256
BEAT_S = 2.0
SILENCE_S = 8.0

#: To the bridge. The first four are journaled.
SAID, STDERR, NOTED, GIVEN = b"o", b"e", b"n", b"i"
LIMIT, OVER, REPLACED = b"l", b"x", b"r"
#: To the supervisor.
LINE, ACKNOWLEDGED, BEAT, END, CUT = b"I", b"A", b"B", b"E", b"K"

RECORD = struct.Struct(">cIQ")  # kind, length, offset of the end
FRAME = struct.Struct(">cI")
OFFSET = struct.Struct(">Q")
NOTE = struct.Struct(">I")


def record(kind: bytes, payload: bytes, end: int) -> bytes:
    return RECORD.pack(kind, len(payload), end) + payload


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    return FRAME.pack(kind, len(payload)) + payload


def line(note: bytes, text: bytes) -> bytes:
    """A line for the agent, and what the journal tells the bridge of it."""
    return frame(LINE, NOTE.pack(len(note)) + note + text)


def noted(payload: bytes) -> tuple[bytes, bytes]:
    """The two parts of a `LINE`."""
    (length,) = NOTE.unpack_from(payload)
    start = NOTE.size + length
    return payload[NOTE.size : start], payload[start:]


class Frames:
    """Reassembles frames from chunks cut anywhere."""

    def __init__(self, header: struct.Struct) -> None:
        self._header = header
        self._bytes = bytearray()

    def feed(self, chunk: bytes) -> Iterator[tuple[bytes, bytes, int]]:
        """Kind, payload, and where it ends in the journal (0 towards the agent)."""
        self._bytes += chunk
        at, size = 0, self._header.size
        try:
            while len(self._bytes) - at >= size:
                kind, length, *end = self._header.unpack_from(self._bytes, at)
                if len(self._bytes) - at - size < length:
                    return
                at += size + length
                yield kind, bytes(self._bytes[at - length : at]), sum(end)
        finally:
            del self._bytes[:at]
