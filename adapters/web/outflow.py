"""An answer on its way out: with the headers that hold a browser back."""

from collections.abc import Iterable
from typing import TypeAlias

from starlette.types import Message, Scope, Send

from adapters.web.inflow import Inflow
from adapters.web.refusals import STRANGER, Refusal, said

Header: TypeAlias = tuple[bytes, bytes]

#: How long a client that is refused may go on sending, and so get to read why.
LINGER_S = 1.0
#: On every answer, unless it has its own.
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
        b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Outflow:
    """Stands before `send`. A refusal takes the place of what the application says."""

    def __init__(self, scope: Scope, send: Send, inflow: Inflow) -> None:
        self._scope = scope
        self._send = send
        self._inflow = inflow
        self._begun = False

    async def send(self, message: Message) -> None:
        if self._inflow.refused and not self._begun:
            return  # it speaks of a broken body; `refuse_late` knows better
        if message["type"] == "http.response.start":
            self._begun = True
            headers = self._dressed(message.get("headers", ()))
            message = {**message, "headers": headers}
        await self._send(message)

    async def refuse_late(self) -> None:
        if self._inflow.refused and not self._begun:
            await self.refuse(self._inflow.refused)

    async def refuse(self, refusal: Refusal) -> None:
        kind, body = said(refusal, self._scope)
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        if refusal is STRANGER:
            headers.append((b"www-authenticate", b"Bearer"))
        start = {"status": refusal.status, "headers": self._dressed(headers)}
        await self._send({"type": "http.response.start", **start})
        await self._send(_piece(body, more=True))
        await self._inflow.drain(for_s=LINGER_S)
        await self._send(_piece(b"", more=False))

    def _dressed(self, headers: Iterable[Header]) -> list[Header]:
        own = list(headers)
        if not self._inflow.whole:
            # Whatever of the body is still to come would be read for nothing.
            own.append((b"connection", b"close"))
        names = {name for name, _ in own}
        return own + [header for header in HEADERS if header[0] not in names]


def _piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
