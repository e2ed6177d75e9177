"""A supervisor's side of its connections to bridges. Standard library only."""

import contextlib
import socket
import time

from runner import wire

CHUNK = 256 * 1024


class Newcomer:
    """A connection that has not said yet what it wants."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.heard = b""

    def greeting(self) -> list[str] | None:
        """Its first line, in words; None: not yet. Raises `OSError` if it is gone."""
        # To the byte: what follows the line is for whoever takes it.
        with contextlib.suppress(BlockingIOError):
            while not self.heard.endswith(b"\n") and len(self.heard) < wire.GREETING:
                byte = self.connection.recv(1)
                if not byte:
                    raise ConnectionResetError
                self.heard += byte
        return self.heard.decode().split() if self.heard.endswith(b"\n") else None


class Bridge:
    """The one that is attached: what it has been sent, and what it is sending."""

    def __init__(self, connection: socket.socket, sent: int) -> None:
        self.connection = connection
        self.sent = sent  # offset in the journal
        self.pending = memoryview(b"")  # of what was sent last
        self.frames = wire.Frames(wire.FRAME)
        self.heard_at = time.monotonic()

    def send(self, data: bytes) -> None:
        """Only if nothing is pending. Raises `OSError` if it is gone."""
        self.pending = memoryview(data)
        self.flush()

    def flush(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self.pending:
                self.pending = self.pending[self.connection.send(self.pending) :]

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
