"""The bridge an agent's supervisor is attached to. Standard library only."""

import contextlib
import os
import socket
import time
from collections import deque

from runner import wire
from runner.journal import Journal

CHUNK = 256 * 1024


class Bridge:
    """The one that is attached: it gets the journal, and *beside* it what is not in it.

    Sending fails in silence: who is gone is found gone when what it sent was received.
    """

    def __init__(
        self, connection: socket.socket, journal: Journal, beside: deque[bytes]
    ) -> None:
        self.connection = connection
        self.sent = journal.acknowledged  # offset in the journal
        self.frames = wire.Frames(wire.FRAME)
        self.heard_at = time.monotonic()
        self._journal = journal
        self._beside = beside
        self._pending = memoryview(b"")  # of what was sent last
        self._lost = False

    @property
    def unsent(self) -> bool:
        """Whether there is something for it."""
        behind = self.sent < self._journal.end
        return not self._lost and bool(self._pending or behind or self._beside)

    def welcome(self, version: int, note: bytes) -> None:
        journal = self._journal
        sizes = f"{journal.end} {journal.acknowledged} {len(note)}"
        self._send(f"welcome {version} {os.getpid()} {sizes}\n".encode() + note)

    def pass_on(self, written: bytes, *, after: int) -> None:
        """Newly journaled; if it is behind *after*, it gets it from the journal."""
        if self.sent == after and not self._pending:
            self.sent = self._journal.end
            self._send(written)

    def catch_up(self) -> None:
        """Send what there is for it, as much as it takes now."""
        while self.unsent:
            if self._pending:
                self._flush()
                if self._pending:
                    return
            elif self.sent < self._journal.end:
                data, self.sent = self._journal.batch(self.sent)
                self._send(data)
            else:
                self._send(self._beside.popleft())

    def receive(self) -> bytes | None:
        """None: nothing there. Raises `OSError` if it is gone."""
        try:
            chunk = self.connection.recv(CHUNK)
        except BlockingIOError:
            return None
        if not chunk:
            raise ConnectionResetError
        self.heard_at = time.monotonic()
        return chunk

    def dismiss(self, last: bytes) -> None:
        with contextlib.suppress(OSError):
            self.connection.send(last)
        self.connection.close()

    def _send(self, data: bytes) -> None:
        self._pending = memoryview(data)
        self._flush()

    def _flush(self) -> None:
        try:
            while self._pending:
                self._pending = self._pending[self.connection.send(self._pending) :]
        except BlockingIOError:
            pass
        except OSError:
            self._lost = True
