"""The API alone, over a fake desk, on a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI

from adapters.web import (
    actions,
    agui_run,
    commands,
    logs,
    problems,
    sendings,
    sessions,
    storage,
    uploads,
    ws,
)
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import serving

PARTS = (
    sessions,
    actions,
    commands,
    uploads,
    sendings,
    storage,
    logs,
    ws,
    agui_run,
)


def app(desk: FakeDesk) -> FastAPI:
    made = FastAPI(title="Parley")
    problems.install(made)
    for part in PARTS:
        made.include_router(part.router(desk))
    return made


class Api(httpx.AsyncClient):
    """A client of the API, and the desk behind it."""

    desk: FakeDesk

    async def post_json(self, url: str, body: object, key: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return await self.post(f"/api/{url}", json=body, headers=headers)


@asynccontextmanager
async def api(folder: Path, *, answer: str | None = None) -> AsyncIterator[Api]:
    desk = FakeDesk(folder, answer=answer)
    async with (
        serving(app(desk)) as server,
        Api(base_url=server.url, timeout=20) as client,
    ):
        client.desk = desk
        yield client
