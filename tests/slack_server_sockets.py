"""Socket Mode: web sockets that envelopes go out on, one envelope on one socket."""

import asyncio
import itertools
from typing import Any

from aiohttp import WSMsgType, web

from tests.slack_server_delivery import Act, Delivery
from tests.slack_server_message import APP_ID
from tests.slack_server_rules import Refused
from tests.slack_server_world import World


class Sockets:
    """A `Road`."""

    def __init__(self, world: World, delivery: Delivery) -> None:
        self.refuse_handshakes = 0
        self.hold_acks = False
        self.opened = 0  # how many there have been
        self._world = world
        self._delivery = delivery
        self._tickets: dict[str, bool] = {}  # whether it opens
        self._sockets: list[web.WebSocketResponse] = []
        self._leaving: set[web.WebSocketResponse] = set()  # told to go
        self._frozen: set[web.WebSocketResponse] = set()
        self._turn = itertools.count()

    # --- what calls and tests ask for

    def new_url(self) -> str:
        """An address that works once. One whose handshake is refused never does."""
        if len(self._sockets) >= 10:
            raise Refused("too_many_websockets")
        ticket = self._world.id("ticket-")
        self._tickets[ticket] = not self.refuse_handshakes
        self.refuse_handshakes = max(0, self.refuse_handshakes - 1)
        return f"{self._world.base.replace('http', 'ws', 1)}/link?ticket={ticket}"

    @property
    def count(self) -> int:
        return len(self._sockets)

    @property
    def open(self) -> bool:
        return bool(self._usable)

    async def disconnect(self, reason: str) -> None:
        """Tell every socket that it will be closed: `warning`, `refresh_requested`."""
        for socket in self._sockets[:]:
            farewell = {"type": "disconnect", "reason": reason, "debug_info": {}}
            await socket.send_json(farewell)
            if reason != "warning":
                self._leaving.add(socket)

    def reset(self) -> None:
        """Break every connection, without a word."""
        for socket in self._sockets[:]:
            _abort(socket)

    def freeze(self) -> None:
        """Every socket stays open, and nothing goes through it any more."""
        self._frozen |= set(self._sockets)

    # --- connections

    async def connect(self, request: web.Request) -> web.StreamResponse:
        if not self._tickets.pop(request.query.get("ticket", ""), False):
            return web.Response(status=408, text="this address is of no use")
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self._sockets.append(socket)
        self.opened += 1
        self._world.change()
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": self.count,
                "connection_info": {"app_id": APP_ID},
                "debug_info": {"host": "fake", "approximate_connection_time": 18060},
            }
        )
        try:
            await self._listen(socket)
        finally:
            self._sockets.remove(socket)
            self._leaving.discard(socket)
            self._frozen.discard(socket)
            self._world.change()
        return socket

    async def close(self) -> None:
        for socket in self._sockets[:]:
            if socket in self._frozen:
                _abort(socket)
            else:
                await socket.close()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if socket in self._frozen:
                continue
            if message.type == WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type == WSMsgType.TEXT and not self.hold_acks:
                self._acknowledged(message.json())

    def _acknowledged(self, ack: dict[str, Any]) -> None:
        """On whatever socket it comes."""
        for act in self._delivery.acts:
            if act.id == ack.get("envelope_id"):
                act.acknowledge(ack.get("payload") or {})
        self._world.change()

    # --- sending

    @property
    def _usable(self) -> list[web.WebSocketResponse]:
        return [s for s in self._sockets if s not in self._leaving and not s.closed]

    async def ready(self) -> None:
        while not self.open:
            await self._world.changed.wait()

    async def send(self, act: Act, *, retry: int, reason: str) -> bool:
        socket = self._usable[next(self._turn) % len(self._usable)]
        if socket in self._frozen:
            await asyncio.Event().wait()  # until the attempt's time is up
        envelope = {
            "envelope_id": act.id,
            "payload": act.payload,
            "type": act.type,
            "accepts_response_payload": act.type != "events_api",
        }
        if act.type == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        await socket.send_json(envelope)
        return True


def _abort(socket: web.WebSocketResponse) -> None:
    request = socket._req
    if request is not None and request.transport is not None:
        request.transport.abort()
