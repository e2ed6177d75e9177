"""uvicorn inside our own event loop: it comes when told, and leaves within a second."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from adapters.base import AdapterError, Health
from adapters.web.hosts import Listen
from adapters.web.refusals import MEGABYTE

#: Once we leave: what is answered may be finished until then, ...
GRACE_S = 0.3
#: ... and who has not read it by then is cut off.
ABORT_S = 0.7
LEAVING = b"Parley is being stopped; ask again when it is back.\n"


class Taken(AdapterError):
    """We cannot listen there; says what to do."""


class Server:
    """Serves *app* at *listen*. The socket is bound at once: `url` says where.

    Raises `Taken`.
    """

    def __init__(self, app: ASGIApp, listen: Listen) -> None:
        self._socket = _bound(listen)
        self._open = _Open(app)
        self._serving = False
        self._host, self.port = self._socket.getsockname()[:2]
        # It logs addresses with their queries, and a code may be in one.
        logging.getLogger("uvicorn").setLevel(logging.WARNING)

    @property
    def url(self) -> str:
        """For a browser on this machine, without a slash at the end."""
        address = ip_address(self._host)
        if address.is_unspecified:
            return f"http://localhost:{self.port}"
        host = f"[{address}]" if address.version == 6 else str(address)
        return f"http://{host}:{self.port}"

    @property
    def health(self) -> Health:
        return Health("ok") if self._serving else Health("starting")

    async def run(self) -> None:
        """Until cancelled. Open streams end, whoever reads them."""
        server = _Uvicorn(_config(self._open))
        self._open.state = server.server_state
        serving = asyncio.create_task(server.serve([self._socket]))
        self._serving = True
        try:
            await asyncio.shield(serving)
        finally:
            self._serving = False
            server.should_exit = True
            self._open.end(in_s=GRACE_S)
            loop = asyncio.get_running_loop()
            aborting = loop.call_later(ABORT_S, _abort, server)
            await serving
            aborting.cancel()

    def close(self) -> None:
        """If it was never run."""
        self._socket.close()


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are for bot.main


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=MEGABYTE,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


def _abort(server: uvicorn.Server) -> None:
    for connection in list(server.server_state.connections):
        connection.transport.abort()


def _bound(listen: Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        bound = socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        place = f"{listen.host}:{listen.port}"
        raise Taken(
            f"cannot listen at {place} ({error.strerror}): end what listens there, or "
            "choose another [web] listen"
        ) from error
    # Connections inherit it. asyncio sets it only on sockets that it made itself, and
    # without it small answers wait 40 ms for the client's acknowledgement.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


class _Open:
    """What is being answered now, so that it can be ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.state = ServerState()
        self._app = app
        self._limits: set[asyncio.Timeout] = set()

    def end(self, *, in_s: float) -> None:
        when = asyncio.get_running_loop().time() + in_s
        for limit in self._limits:
            limit.reschedule(when)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)
        limit = asyncio.timeout(None)
        try:
            async with limit:
                self._limits.add(limit)
                try:
                    await self._app(scope, receive, answer.send)
                finally:
                    self._limits.remove(limit)
        except TimeoutError:
            if not limit.expired():
                raise
            if scope["type"] == "http":
                await answer.finish()
        else:
            if scope["type"] == "http" and answer.broken_off:
                await self._cut_off(scope)

    async def _cut_off(self, scope: Scope) -> None:
        """Somebody who stopped reading gets no more, not even what waits to be sent."""
        for connection in list(self.state.connections):
            if isinstance(connection, H11Protocol) and connection.scope is scope:
                connection.transport.abort()
        await asyncio.sleep(0)  # until uvicorn knows; else it calls this a fault


class _Answer:
    """Ends an answer so that the client sees an end rather than a fault."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = self._done = False

    async def send(self, message: Message) -> None:
        await self._send(message)
        self._begun = True
        self._done = message["type"] == "http.response.body" and not message.get(
            "more_body", False
        )

    @property
    def broken_off(self) -> bool:
        return self._begun and not self._done

    async def finish(self) -> None:
        if not self._begun:
            headers = [(b"retry-after", b"5"), (b"content-type", b"text/plain")]
            start = {"type": "http.response.start", "status": 503, "headers": headers}
            await self._send(start)
            await self._send({"type": "http.response.body", "body": LEAVING})
        elif not self._done:
            await self._send({"type": "http.response.body", "body": b""})
