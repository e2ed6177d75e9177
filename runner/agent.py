"""An agent's process, as its supervisor holds it: pipes, limits and the end of it.

Standard library only.
"""

import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Sequence

from runner import family, wire
from runner.journal import Journal

CHUNK = 64 * 1024


class Agent:
    """Rule: what it is given lies in the journal already."""

    def __init__(
        self, started: tuple[int, int, int, int], journal: Journal, *, memory: int
    ) -> None:
        self._pid, self._stdin, *pipes = started
        self.pipes = dict(zip((wire.SAID, wire.STDERR), pipes, strict=True))
        self.memory = memory  # what all it starts may hold, in bytes; 0: no limit
        self.over_at: float | None = None  # since then it is gone
        self.code = 0  # how it ended
        self._journal = journal
        self._unfed: deque[tuple[int, int]] = deque()  # where in the journal, how much
        self._last_line = False  # stdin closes behind what is unfed
        self._steps: deque[tuple[float, int]] = deque()  # when to send which signal

    @property
    def ending(self) -> bool:
        return bool(self._steps) or self.over_at is not None

    @property
    def next_step_at(self) -> float | None:
        return self._steps[0][0] if self._steps else None

    @property
    def limit(self) -> str:
        """The kernel's, if that ended it."""
        return family.BEYOND.get(self.code - 128, "")

    @property
    def hungry(self) -> list[int]:
        """Its stdin, if there is something for it."""
        return [self._stdin] if self._unfed else []

    def needs(self) -> list[int]:
        """Where in the journal lies what it has not been given yet."""
        return [start for start, _ in self._unfed]

    def read(self, kind: bytes) -> bytes:
        """What it says; b"": nothing now, or nothing more."""
        with contextlib.suppress(BlockingIOError):
            if chunk := os.read(self.pipes[kind], CHUNK):
                return chunk
            os.close(self.pipes.pop(kind))
        return b""

    def give(self, start: int, length: int) -> None:
        self._unfed.append((start, length))
        self.feed()

    def feed(self) -> None:
        try:
            while self._unfed:
                start, length = self._unfed[0]
                given = os.write(self._stdin, self._journal.read(start, length))
                self._unfed[0] = (start + given, length - given)
                if given == length:
                    self._unfed.popleft()
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self._unfed.clear()
        if self._last_line and self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1

    def end(self, steps_s: Sequence[float]) -> None:
        """Ask ever less politely; at last take everything away."""
        at = time.monotonic()
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
        for step_s, signum in zip(steps_s, signals, strict=True):
            at += step_s
            self._steps.append((at, signum))
        self._last_line = True
        self.feed()

    def step(self, now: float) -> None:
        """Take the steps of the end that are due."""
        while self._steps and now >= self._steps[0][0]:
            _, signum = self._steps.popleft()
            if signum == signal.SIGKILL:
                self.cut()
            else:
                self.send_signal(signum)

    def send_signal(self, signum: int) -> None:
        if self.over_at is None:
            family.signal_to(self._pid, signum)

    def cut(self) -> None:
        """End it and all it started, at once."""
        ended = family.end_all()
        if self.over_at is None:
            self._ended(ended.get(self._pid, signal.SIGKILL))

    def reap(self) -> None:
        """Some child has ended."""
        if (status := family.reap().get(self._pid)) is not None:
            self._ended(status)

    def make_room(self) -> str:
        """See to it that memory suffices; what had to go for that (`family`)."""
        gone = family.make_room(self._pid, self.memory) if self.memory else ""
        if gone == "memory":
            self.cut()
        return gone

    def _ended(self, status: int) -> None:
        self.over_at = time.monotonic()
        self._steps.clear()
        self._unfed.clear()
        family.end_all()
        code = os.waitstatus_to_exitcode(status)
        # A signal is told as a shell does, and a sandbox.
        self.code = code if code >= 0 else 128 - code
