"""A supervisor's journal: a file of every line to and from its agent, with offsets.

Offsets count from the agent's start, also after what was acknowledged has been dropped.
It need not survive the supervisor, which the agent does not survive either: the file is
there so that memory stays small. Standard library only.
"""

import os

from runner import wire

BATCH = 256 * 1024


class Journal:
    def __init__(self, path: str, *, cap: int) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(path, flags, 0o600)
        self._cap = cap
        self._base = 0  # the offset at which the file begins
        self.end = 0
        self.acknowledged = 0
        self.full = False  # the last append failed

    @property
    def crowded(self) -> bool:
        """Whether there is too much in it that nobody has acknowledged."""
        return self.end - self.acknowledged >= self._cap

    def append(self, *entries: tuple[bytes, bytes]) -> bytes | None:
        """The records as they were written; None if there is no room for them all."""
        records, end = [], self.end
        for kind, payload in entries:
            end += wire.RECORD.size + len(payload)
            records.append(wire.record(kind, payload, end))
        written = b"".join(records)
        # Overwrites what an append that failed left behind.
        self.full = not self._write(written, self.end - self._base)
        if self.full:
            return None
        self.end = end
        return written

    def batch(self, start: int) -> tuple[bytes, int]:
        """What a bridge has to hear next, and where to go on: one read's worth."""
        data = os.pread(self._file, min(BATCH, self.end - start), start - self._base)
        at, size, wanted = 0, wire.RECORD.size, []
        while at + size <= len(data):
            kind, length, _ = wire.RECORD.unpack_from(data, at)
            after = at + size + length
            if kind != wire.GIVEN:  # what a bridge gave, it does not get back
                if after > len(data):
                    break
                wanted.append(data[at:after])
            at = after
        return b"".join(wanted), start + at

    def read(self, start: int, length: int) -> bytes:
        """At most *length* bytes: what lies there may be shorter."""
        return os.pread(self._file, min(length, BATCH), start - self._base)

    def acknowledge(self, offset: int, *, needed: int) -> None:
        """Drop what lies before *offset*, but nothing from *needed* on."""
        self.acknowledged = max(self.acknowledged, offset)
        dropped = min(self.acknowledged, needed)
        rest = self.end - dropped
        # In place, and only where there is room already: this never needs more disk.
        if rest <= min(dropped - self._base, BATCH):
            kept = os.pread(self._file, rest, dropped - self._base)
            os.pwrite(self._file, kept, 0)
            os.ftruncate(self._file, rest)
            self._base = dropped

    def _write(self, data: bytes, at: int) -> bool:
        left = memoryview(data)
        try:
            while left:
                written = os.pwrite(self._file, left, at)
                left, at = left[written:], at + written
        except OSError:  # the disk is full, or the file as large as it may be
            return False
        return True
