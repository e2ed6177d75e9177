"""A guarded app on a real socket, and the ways to talk to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request, WebSocket
from sse_starlette import EventSourceResponse
from starlette.types import ASGIApp

from adapters.web import enter
from adapters.web.doorman import Doorman
from adapters.web.guard import Guard
from adapters.web.hosts import Listen
from adapters.web.server import Server

ANYWHERE = Listen("127.0.0.1", 0)


@dataclass
class Seen:
    """What got past the guard."""

    paths: list[str] = field(default_factory=list)
    bytes: int = 0
    streams: int = 0  # open now


@dataclass
class House:
    server: Server
    doorman: Doorman
    client: httpx.AsyncClient  # signed in by token
    stranger: httpx.AsyncClient
    seen: Seen

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def raw(self, *lines: str, token: bool = True) -> bytes:
        """A request's head as it goes over the wire."""
        known = [f"Authorization: Bearer {self.doorman.token}"] if token else []
        host = [] if any(x.startswith("Host:") for x in lines) else [self.host]
        head = [lines[0], *(f"Host: {name}" for name in host), *known, *lines[1:]]
        return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[Server]:
    server = Server(app, ANYWHERE)
    task = asyncio.create_task(server.run())
    try:
        yield server
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def house(
    state: Path, *, patience_s: float = 20.0, clock: Callable[[], float] | None = None
) -> AsyncIterator[House]:
    doorman = Doorman(state, clock=clock) if clock else Doorman(state)
    seen = Seen()
    guard = Guard(rooms(doorman, seen), doorman, ANYWHERE, patience_s=patience_s)
    async with (
        serving(guard) as server,
        client(server, doorman.token) as known,
        client(server) as stranger,
    ):
        yield House(server, doorman, known, stranger, seen)


def client(server: Server, token: str = "") -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=10)


def rooms(doorman: Doorman, seen: Seen) -> FastAPI:
    app = FastAPI()
    app.include_router(enter.router(doorman))

    @app.get("/")
    @app.get("/api/things")
    @app.get("/c/3")
    @app.get("/healthz")
    async def things(request: Request) -> dict[str, str]:
        seen.paths.append(request.url.path)
        return {"hello": "there"}

    @app.post("/api/things")
    @app.post("/api/sessions/1/files")
    async def take(request: Request) -> dict[str, int]:
        seen.paths.append(request.url.path)
        async for piece in request.stream():
            seen.bytes += len(piece)
        return {"bytes": seen.bytes}

    @app.post("/api/parsed")
    async def parsed(body: dict[str, Any]) -> dict[str, Any]:
        return body

    @app.get("/api/boom")
    async def boom() -> None:
        raise RuntimeError("boom")

    @app.get("/api/stream")
    async def stream(size: int = 10) -> EventSourceResponse:
        return EventSourceResponse(_events(size, seen), ping=3600)

    @app.get("/api/slow")
    async def slow() -> None:
        seen.paths.append("/api/slow")
        await asyncio.Event().wait()

    @app.websocket("/api/ws")
    async def ws(socket: WebSocket) -> None:
        await socket.accept()
        seen.paths.append("/api/ws")
        async for text in socket.iter_text():
            await socket.send_text(text)

    return app


async def _events(size: int, seen: Seen) -> AsyncIterator[str]:
    seen.streams += 1
    try:
        while True:
            seen.bytes += size
            yield json.dumps("x" * size)
            await asyncio.sleep(0)
    finally:
        seen.streams -= 1


async def until(true: Callable[[], bool], *, within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


async def answer_to(house: House, head: bytes, *body: bytes) -> bytes:
    """All that comes back over one connection, until we are cut off."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    try:
        for piece in (head, *body):
            writer.write(piece)
        await writer.drain()
        return await reader.read()
    finally:
        writer.close()
