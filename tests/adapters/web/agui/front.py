"""A web surface that an AG-UI client runs turns at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from tests.adapters.web.agui_thread import Thread
from tests.adapters.web.desk import FakeDesk, Heard
from tests.adapters.web.reader import told
from tests.adapters.web.serving import ANYWHERE, client, serving, until


@dataclass
class Front:
    desk: FakeDesk
    http: httpx.AsyncClient

    def said(self) -> list[Heard]:
        return [heard for heard in self.desk.heard if heard.what == "say"]

    async def post(self, thread: Thread, run: str = "r1", **more: Any) -> Any:
        return await self.http.post("/api/agui", json=self.body(thread, run, **more))

    def body(self, thread: Thread, run: str = "r1", **more: Any) -> dict[str, Any]:
        """As a client sends it."""
        body = {"threadId": thread.id, "runId": run, "messages": thread.messages}
        return body | {"state": None, "tools": [], "context": []} | more

    @asynccontextmanager
    async def run(
        self, thread: Thread, run: str = "r1", **more: Any
    ) -> AsyncIterator[AsyncIterator[Any]]:
        body = self.body(thread, run, **more)
        async with self.http.stream("POST", "/api/agui", json=body) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield told(response)

    async def whole(self, thread: Thread, run: str = "r1", **more: Any) -> Any:
        """A run to its end; its last event."""
        async with self.run(thread, run, **more) as stream:
            async for id_, event in stream:
                thread.take(id_, event)
        return thread.runs[run]

    async def heard(self, count: int) -> None:
        """The prompt that makes it *count*, and somebody who follows its turn."""
        await until(lambda: len(self.said()) >= count and bool(self.desk.watches))


@asynccontextmanager
async def front(folder: Path, *, answer: str | None = None) -> AsyncIterator[Front]:
    desk, doorman = FakeDesk(folder / "desk", answer=answer), Doorman(folder)
    async with (
        serving(create_app(desk, doorman, ANYWHERE)) as server,
        client(server, doorman.token) as http,
    ):
        yield Front(desk, http)
