"""The three pipes of an agent's process, as lines. All waiting on them is here.

What the lines mean is the dialect's business.
"""

import asyncio
from asyncio.subprocess import Process
from collections import deque
from collections.abc import AsyncIterator

import structlog

from runner.base import ProtocolError
from runner.ndjson import LineBuffer
from runner.record import Record, Way

log = structlog.get_logger()

CHUNK = 256 * 1024
LAST_LINES = 8


class Pipes:
    """One reader, any number of writers."""

    def __init__(self, process: Process, record: Record | None = None) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._stdin = process.stdin
        self._stdout = process.stdout
        self._stderr = process.stderr
        self._record = record
        self._last: deque[str] = deque(maxlen=LAST_LINES)

    @property
    def last_words(self) -> str:
        """The end of what it said on stderr."""
        return "\n".join(self._last)

    async def lines(self) -> AsyncIterator[bytes]:
        """Lines of stdout until it closes; stderr is drained meanwhile."""
        draining = asyncio.create_task(self._drain_stderr())
        buffer = LineBuffer()
        try:
            while chunk := await self._stdout.read(CHUNK):
                try:
                    for line in buffer.feed(chunk):
                        self._keep("out", line)
                        yield line
                except ProtocolError as error:
                    log.warning("agent.line_unreadable", error=str(error))
            # It is gone: its last words are about to be read.
            await asyncio.wait((draining,), timeout=1)
        finally:
            draining.cancel()

    def put(self, line: bytes) -> None:
        """Write a whole line, soon. A process that is gone reads nothing: no error."""
        if not self._stdin.is_closing():
            self._keep("in", line)
            self._stdin.write(line)

    async def write(self, line: bytes) -> None:
        """Write a whole line, and wait until there is room for the next one."""
        self.put(line)
        try:
            await self._stdin.drain()
        except ConnectionError:
            log.info("agent.stdin_closed")

    async def _drain_stderr(self) -> None:
        buffer = LineBuffer(max_line=CHUNK)
        while chunk := await self._stderr.read(CHUNK):
            try:
                for line in buffer.feed(chunk):
                    self._keep("err", line)
                    self._last.append(line.decode(errors="replace").rstrip())
            except ProtocolError:
                continue

    def _keep(self, way: Way, line: bytes) -> None:
        if self._record is not None:
            self._record.note(way, line)
