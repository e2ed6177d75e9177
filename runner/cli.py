"""A bridge's connection to an agent's supervisor. All waiting on the agent is here.

What the lines mean is the dialect's business.
"""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import structlog

from runner import wire
from runner.errors import ProtocolError
from runner.ndjson import LineBuffer
from runner.record import Record, Way

log = structlog.get_logger()

CHUNK = 256 * 1024
AT_ONCE = 64 * 1024  # taken in before others go on
LAST_LINES = 8
GREETING_S = 5.0

#: The limit that ended a process: processor time, memory, the size of a file.
Exceeded: TypeAlias = Literal["cpu", "memory", "file"]
EXCEEDED: dict[bytes, Exceeded] = {b"cpu": "cpu", b"memory": "memory", b"file": "file"}
#: What the journal tells of a line that was written to the agent.
Note: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """From here on the journal tells what happens now."""


Told: TypeAlias = bytes | Note | CaughtUp


class Refused(Exception):
    """The supervisor takes no bridge, or not this one."""


class Pipes:
    """One reader, any number of writers."""

    def __init__(self, connection: socket.socket, record: Record | None = None) -> None:
        self._connection = connection
        self._record = record
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._written: deque[asyncio.Future[None] | None] = deque()
        self._said = LineBuffer()
        self._stderr = LineBuffer(max_line=CHUNK)
        self._there = 0  # where the journal ended when we came
        self.pid = 0
        self.memory = b""  # what an earlier bridge wanted us to know
        self.offset = 0  # in the journal: all before it was heard, line by line
        self.code: int | None = None  # how the agent ended, once that is told
        self.exceeded: Exceeded | None = None
        self.replaced = False  # by a bridge of a later run
        self.gone = asyncio.Event()

    @property
    def last_words(self) -> str:
        """The end of what it said on stderr."""
        return "\n".join(self._last)

    @property
    def settled(self) -> bool:
        """Whether what was heard is what lies before `offset`, and nothing is written.

        Only between two chunks of `told`.
        """
        return self._said.whole and not self._written

    async def attach(self, claim: int) -> None:
        """Take the agent over. Raises `Refused`."""
        self._connection.setblocking(False)
        self._reader, self._writer = await asyncio.open_unix_connection(
            sock=self._connection, limit=CHUNK
        )
        try:
            async with asyncio.timeout(GREETING_S):
                await self._greet(claim)
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            self._writer.close()
            raise Refused("silent") from error
        except BaseException:
            self._writer.close()
            raise
        self._beating = asyncio.create_task(self._beat())

    async def _greet(self, claim: int) -> None:
        spoken = ",".join(map(str, wire.VERSIONS))
        self._writer.write(f"take {spoken} {claim}\n".encode())
        words = (await self._reader.readline()).decode().split()
        if not words or words[0] != "welcome":
            raise Refused(*words[1:])
        _, self.pid, self._there, self.offset, length = map(int, words[1:])
        self.memory = await self._reader.readexactly(length)

    async def told(self) -> AsyncIterator[Told]:
        """What the journal tells: its lines on stdout, and notes of what it was given.

        Until the supervisor is gone, or we are `detach`ed.
        """
        caught_up = self.offset >= self._there
        if caught_up:
            yield CaughtUp()
        frames = wire.Frames(wire.RECORD)
        with suppress(ConnectionError):
            while chunk := await self._reader.read(AT_ONCE):
                for kind, payload, end in frames.feed(chunk):
                    for told in self._lines(kind, payload, end):
                        yield told
                    if end and self._said.whole:
                        self.offset = end
                    if not caught_up and end >= self._there:
                        caught_up = True
                        yield CaughtUp()
                await asyncio.sleep(0)  # there may be more: a read need not wait

    def put(self, note: Note, line: bytes) -> None:
        """Write a whole line, soon. A process that is gone reads nothing: no error."""
        self._put(note, line, None)

    async def write(self, note: Note, line: bytes) -> None:
        """Write a whole line, and wait until it is in the journal."""
        written = asyncio.get_running_loop().create_future()
        if self._put(note, line, written):
            with suppress(ConnectionError):
                await self._writer.drain()
            await written

    def acknowledge(self, memory: bytes) -> None:
        """Everything up to `offset` is dealt with; *memory* is what remains of it."""
        payload = wire.OFFSET.pack(self.offset) + memory
        self._send(wire.frame(wire.ACKNOWLEDGED, payload))

    def end(self, steps_s: tuple[float, float, float]) -> None:
        """Stdin closes; that long later SIGINT, SIGTERM, and an end to everything."""
        self._send(wire.frame(wire.END, ",".join(map(str, steps_s)).encode()))

    def cut(self) -> None:
        """The supervisor kills everything at once."""
        self._send(wire.frame(wire.CUT))

    async def detach(self) -> None:
        """Let go; the supervisor lives on."""
        self._beating.cancel()
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
        self._over()

    def closed(self) -> None:
        """The supervisor is gone."""
        self._beating.cancel()
        self._writer.close()
        self._over()

    def _lines(self, kind: bytes, payload: bytes, end: int) -> Iterator[Told]:
        match kind:
            case wire.SAID:
                try:
                    for line in self._said.feed(payload):
                        self._keep("out", line, end)
                        yield line
                except ProtocolError as error:
                    log.warning("agent.line_unreadable", error=str(error))
            case wire.STDERR:
                with suppress(ProtocolError):
                    for line in self._stderr.feed(payload):
                        self._keep("err", line, end)
                        self._last.append(line.decode(errors="replace").rstrip())
            case wire.NOTED:
                yield json.loads(payload)
                written = self._written.popleft() if end > self._there else None
                if written and not written.done():
                    written.set_result(None)
            case wire.LIMIT:
                self.exceeded = EXCEEDED.get(payload, self.exceeded)
                log.warning("agent.limit_exceeded", limit=payload.decode())
            case wire.OVER:
                self.code = int(payload)
            case wire.REPLACED:
                self.replaced = True
            case _:
                log.warning("agent.unknown_record", kind=kind)

    def _put(
        self, note: Note, line: bytes, written: asyncio.Future[None] | None
    ) -> bool:
        """Whether it is on its way."""
        if self.gone.is_set() or self._writer.is_closing():
            return False
        if self._record is not None:
            self._record.note("in", line)
        self._written.append(written)
        self._send(wire.line(json.dumps(note).encode(), line))
        return True

    def _send(self, frame: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(frame)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(wire.BEAT_S)
            self._send(wire.frame(wire.BEAT))

    def _over(self) -> None:
        self.gone.set()
        for written in self._written:
            if written and not written.done():
                written.set_result(None)
        self._written.clear()

    def _keep(self, way: Way, line: bytes, end: int) -> None:
        # What lies before was kept by the bridge that heard it first.
        if self._record is not None and end > self._there:
            self._record.note(way, line)
