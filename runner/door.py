"""Where bridges come to an agent's supervisor. Standard library only."""

import contextlib
import os
import socket
from collections.abc import Collection, Iterator

from runner import wire


class Door:
    """Where bridges come in, each with the number of its run: no earlier one again."""

    def __init__(self, first: socket.socket, claim: int) -> None:
        self._first = Newcomer(first)
        self._newcomers = [self._first]
        self._claim = claim
        self._listener: socket.socket | None = listening()

    @property
    def connections(self) -> list[socket.socket]:
        """Where somebody may come, or say what he wants."""
        listeners = [self._listener] if self._listener else []
        return [*listeners, *(n.connection for n in self._newcomers)]

    @property
    def awaits(self) -> bool:
        """Whether the first bridge is still to come; it may, whatever has happened."""
        return self._first in self._newcomers

    def arrivals(
        self, readable: Collection[object]
    ) -> Iterator[tuple[socket.socket, int]]:
        """Bridges to attach, and the version each speaks."""
        if self._listener and self._listener in readable:
            self._newcomers.append(Newcomer(self._listener.accept()[0]))
        for newcomer in tuple(self._newcomers):
            if newcomer.connection in readable and (version := self._greet(newcomer)):
                yield newcomer.connection, version

    def close(self) -> None:
        """Nobody may come any more."""
        if self._listener:
            self._listener.close()
            self._listener = None
            os.unlink("socket")

    def _greet(self, newcomer: "Newcomer") -> int:
        """The version it speaks; 0: it is not to be attached, or not yet."""
        order, version = "", 0
        try:
            words = newcomer.greeting()
            if words is None:
                return 0
            order, versions, claim = words
            spoken = set(map(int, versions.split(","))).intersection(wire.VERSIONS)
            welcome = self._listener or newcomer is self._first
            if spoken and int(claim) >= self._claim and welcome:
                version = max(spoken)
            if not version:
                newcomer.connection.send(b"no claim\n" if spoken else b"no version\n")
            elif order == "ask":
                newcomer.connection.send(b"yes\n")
        except (OSError, ValueError):
            version = 0
        self._newcomers.remove(newcomer)
        if version and order == "take":
            self._claim = int(claim)
            return version
        newcomer.connection.close()
        return 0


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


def listening() -> socket.socket:
    """Relative, as the path of a socket must be short."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket")
    listener.listen()
    listener.setblocking(False)
    return listener
