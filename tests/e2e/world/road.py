"""The road between a program and a fake: TCP, on which anything may happen.

    async with Road(fake.api_base) as road:
        program = start(api_base=road.url)
        road.cut()  # every connection is reset, whatever is on its way
        road.vanish()  # every connection stays open, and nothing goes through any more

*certificate* (a PEM file with its key) makes it speak TLS to the program.
"""

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Ends = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Road:
    def __init__(self, leads_to: str, certificate: Path | None = None) -> None:
        place = urlsplit(leads_to)
        assert place.hostname
        assert place.port
        self._there = (place.hostname, place.port)
        self._path = place.path
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._ends: set[Ends] = set()
        self._vanished: set[Ends] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.travelled = 0  # connections so far
        self.port = 0

    @property
    def url(self) -> str:
        return self.url_of("127.0.0.1")

    def url_of(self, host: str) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}{self._path}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._travel, "127.0.0.1", 0, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def cut(self) -> None:
        """Reset them all: an RST, and what was on its way is lost."""
        for ends in self._ends:
            for end in ends:
                _reset(end)

    def vanish(self) -> None:
        """The far end is gone without a word; who comes anew finds one."""
        self._vanished |= self._ends

    async def _travel(
        self, here: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self.travelled += 1
        there, out = await asyncio.open_connection(*self._there)
        ends = (back, out)
        self._ends.add(ends)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(here, out, ends))
                both.create_task(self._carry(there, back, ends))
        finally:
            self._ends.discard(ends)
            self._vanished.discard(ends)
            for end in ends:
                end.transport.abort()

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, ends: Ends
    ) -> None:
        with suppress(OSError):
            while some := await source.read(1 << 16):
                if ends in self._vanished:
                    continue
                target.write(some)
                await target.drain()
            if ends not in self._vanished and target.can_write_eof():
                target.write_eof()


def _reset(end: asyncio.StreamWriter) -> None:
    raw: socket.socket | None = end.get_extra_info("socket")
    if raw is not None:
        with suppress(OSError):
            linger = struct.pack("ii", 1, 0)  # close with an RST
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    end.transport.abort()
