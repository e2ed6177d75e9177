"""Threats 2, 13 and 14: every address of the page and the API, without being let in."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Route, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from adapters.web.guard import OPEN, STATIC
from adapters.web.server import Server
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import ANYWHERE, client, serving

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@dataclass
class Door:
    app: FastAPI
    desk: FakeDesk
    server: Server
    token: str
    stranger: httpx.AsyncClient


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    desk, doorman = FakeDesk(tmp_path / "desk"), Doorman(tmp_path)
    app = create_app(desk, doorman, ANYWHERE)
    async with serving(app) as server, client(server) as stranger:
        yield Door(app, desk, server, doorman.token, stranger)


def leaves(routes: Sequence[BaseRoute]) -> Iterator[BaseRoute]:
    """Newer FastAPIs keep a router that is included as one route."""
    for route in routes:
        inside = getattr(route, "original_router", None)
        yield from leaves(inside.routes) if inside else [route]


def addresses(app: FastAPI) -> dict[str, BaseRoute]:
    """Every one there is, with 1 for what is left open in it."""
    found: dict[str, BaseRoute] = {}
    for route in leaves(app.routes):
        assert isinstance(route, Route | WebSocketRoute), route
        path = route.path.replace(":path", "")
        for name in route.param_convertors:
            path = path.replace(f"{{{name}}}", "1")
        found[path] = route
    return found


def lies(token: str) -> list[dict[str, Any]]:
    """Ways to look as if one was somebody."""
    return [
        {},
        {"headers": {"Authorization": f"Bearer {token[:-1]}"}},
        {"headers": {"Authorization": f"Basic {token}"}},
        {"headers": {"Cookie": f"parley={token}; token={token}"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1", "X-Api-Key": token}},
        {"params": {"token": token, "access_token": token, "code": token}},
    ]


async def test_no_address_opens_to_a_stranger(door: Door) -> None:
    closed = {
        path: route
        for path, route in addresses(door.app).items()
        if path not in OPEN and not path.startswith(STATIC)
    }
    assert {"/", "/metrics", "/v1/chat/completions", "/api/ws"} <= closed.keys()
    assert len(closed) > 30

    for path, route in closed.items():
        if isinstance(route, WebSocketRoute):
            with pytest.raises(InvalidStatus) as refused:
                async with connect(f"ws://127.0.0.1:{door.server.port}{path}"):
                    pass
            assert refused.value.response.status_code == 401, path
            continue
        for method in METHODS:
            answer = await door.stranger.request(method, path)
            assert answer.status_code == 401, (method, path)
    assert door.desk.heard == []


async def test_no_lie_opens_one_either(door: Door) -> None:
    for path in addresses(door.app):
        if path in OPEN or path.startswith(STATIC):
            continue
        for lie in lies(door.token):
            answer = await door.stranger.get(path, **lie)
            assert answer.status_code in {401, 404}, (path, lie)  # 404: a WebSocket's
            assert door.token not in answer.text
    assert door.desk.heard == []


async def test_what_is_open_tells_a_stranger_nothing(door: Door) -> None:
    told = {path: (await door.stranger.get(path)).text for path in sorted(OPEN)}

    assert told["/healthz"] == "alive\n"
    assert told["/readyz"] in ('{"ready":true}', '{"ready":false}')
    assert door.token not in told["/enter"]
    assert door.desk.heard == []
