"""For operators: alive, ready, and in numbers."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from adapters.web.port import Desk
from adapters.web.problems import documented

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
#: Parts of which each must be well. The others are platforms: one well is enough.
NEEDED = frozenset({"store", "agent"})
#: What an operator should see to, while everything works.
WARNINGS = frozenset({"inbox", "disk", "loop"})
LOOK_S = 0.05
LATE_S = 5.0  # behind its time: whoever asks gives up at about that
WEB = "web"  # is well, since it answers


def router(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get(
        "/healthz",
        summary="Whether Parley runs at all",
        response_class=PlainTextResponse,
        responses=documented(),
    )
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @router.get(
        "/livez",
        summary="Whether Parley still acts in time; if not, start it again",
        response_class=PlainTextResponse,
        responses=documented() | {503: {"description": "It is far behind its time"}},
    )
    async def livez() -> PlainTextResponse:
        late_s = await lag()
        words = f"{late_s:.3f} s late\n"
        return PlainTextResponse(words, 200 if late_s < LATE_S else 503)

    @router.get(
        "/readyz",
        summary="Whether Parley can work: its store, its agent, its platforms",
        response_class=JSONResponse,
        responses=documented() | {503: {"description": "Something needed is unwell"}},
    )
    async def readyz(request: Request) -> JSONResponse:
        """Details are for those who are signed in."""
        parts = await desk.readiness()
        well = ready(parts)
        told = {"parts": dict(parts)} if request.state.signed_in else {}
        return JSONResponse({"ready": well, **told}, 200 if well else 503)

    @router.get(
        "/metrics",
        summary="Numbers for Prometheus",
        response_class=PlainTextResponse,
        responses=documented(),
    )
    async def metrics() -> Response:
        return Response(desk.metrics(), media_type=PROMETHEUS)

    return router


async def lag() -> float:
    """How late the event loop comes to what is due now."""
    loop = asyncio.get_running_loop()
    due = loop.time() + LOOK_S
    await asyncio.sleep(LOOK_S)
    return max(0.0, loop.time() - due)


def ready(parts: Mapping[str, Any]) -> bool:
    well = {name for name, part in parts.items() if part["ok"]}
    platforms = parts.keys() - NEEDED - WARNINGS - {WEB}
    return well >= NEEDED & parts.keys() and (not platforms or bool(platforms & well))
