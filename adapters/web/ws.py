"""One WebSocket for the events of many sessions: the same events, the same places."""

import asyncio
import json
from contextlib import aclosing, suppress
from typing import Annotated

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Field, TypeAdapter, ValidationError
from starlette.status import WS_1013_TRY_AGAIN_LATER

from adapters.web.agui import Sent
from adapters.web.bodies import Body
from adapters.web.events import follow
from adapters.web.port import Desk, UnknownConversation
from adapters.web.sse import STALLED_S

MOST = 100  # sessions followed by one socket

_Number = Annotated[int, Field(ge=1, le=2**53 - 1)]


class Subscribe(Body):
    subscribe: _Number
    last_event_id: Annotated[str, Field(max_length=4000)] = ""


class Unsubscribe(Body):
    unsubscribe: _Number


_WISH: TypeAdapter[Subscribe | Unsubscribe] = TypeAdapter(Subscribe | Unsubscribe)


def router(desk: Desk, *, stalled_s: float = STALLED_S) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        """Takes {"subscribe": session, "last_event_id": "…"} and {"unsubscribe":
        session}; sends {"session", "id", "event"} and {"session", "problem"}.
        """
        await socket.accept()
        await _Line(desk, socket, stalled_s).run()

    return routes


class _Line:
    """One open socket. A task follows each session; whatever ends it ends them all."""

    def __init__(self, desk: Desk, socket: WebSocket, stalled_s: float) -> None:
        self._desk = desk
        self._socket = socket
        self._stalled_s = stalled_s
        self._sending = asyncio.Lock()
        self._following: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._listen(tasks)
        except* WebSocketDisconnect:
            pass  # the client left
        except* TimeoutError:
            with suppress(RuntimeError):  # it may have gone by now
                await self._socket.close(WS_1013_TRY_AGAIN_LATER)

    async def _listen(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect
            try:
                wish = _WISH.validate_json(message.get("text") or b"")
            except ValidationError:
                await self._problem(None, 422, "Not as described")
                continue
            match wish:
                case Subscribe():
                    await self._subscribe(tasks, wish)
                case Unsubscribe():
                    await self._stop(wish.unsubscribe)

    async def _subscribe(self, tasks: asyncio.TaskGroup, wish: Subscribe) -> None:
        session = wish.subscribe
        await self._stop(session)  # again: from the place that is named now
        if len(self._following) >= MOST:
            await self._problem(session, 409, f"At most {MOST} sessions a socket")
            return
        task = tasks.create_task(self._follow(session, wish.last_event_id))
        self._following[session] = task

    async def _stop(self, session: int) -> None:
        if task := self._following.pop(session, None):
            task.cancel()
            await asyncio.wait({task})

    async def _follow(self, session: int, last_event_id: str) -> None:
        try:
            await self._desk.conversation(session)
            async with aclosing(follow(self._desk, session, last_event_id)) as events:
                async for sent in events:
                    await self._send(_envelope(session, sent))
        except UnknownConversation:
            await self._problem(session, 404, "No such session")

    async def _problem(self, session: int | None, status: int, title: str) -> None:
        problem = {"status": status, "title": title}
        await self._send(json.dumps({"session": session, "problem": problem}))

    async def _send(self, text: str) -> None:
        """Raises `TimeoutError` if the client takes nothing for long."""
        async with self._sending, asyncio.timeout(self._stalled_s):
            await self._socket.send_text(text)


def _envelope(session: int, sent: Sent) -> str:
    text = f'{{"session":{session},"id":{json.dumps(sent.id)},"event":{sent.json}}}'
    return text.encode(errors="replace").decode()
