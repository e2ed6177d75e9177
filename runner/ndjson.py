"""Bytes in, whole lines out. Knows nothing of processes, JSON or time."""

from collections.abc import Iterator

from runner.errors import ProtocolError

#: Agents put whole files into one line; beyond this the agent is broken.
MAX_LINE = 64 * 1024 * 1024


class LineBuffer:
    """Reassembles lines from chunks cut anywhere, in time linear in the bytes."""

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self._max_line = max_line
        self._pieces: list[bytes] = []  # of the line that has no end yet
        self._size = 0

    @property
    def whole(self) -> bool:
        """Whether all that was fed has ended."""
        return self._size == 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The lines that end in *chunk*, blank ones left out.

        Raises `ProtocolError` for a line that is too long; it is dropped, and the
        next call goes on behind it.
        """
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            line = b"".join((*self._pieces, end))
            dropped = self._size > self._max_line
            self._pieces.clear()
            self._size = 0
            if line.strip() and not dropped:
                yield line
        self._size += len(rest)
        if self._size <= self._max_line:
            self._pieces.append(rest)
        elif self._pieces:
            self._pieces.clear()
            raise ProtocolError(f"a line is longer than {self._max_line} bytes")
