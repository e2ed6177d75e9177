"""The program is killed while somebody reads or sends by the API."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.adapters.web.reader import Reader, told
from tests.e2e.parley import WebParley, eventually

SLOWLY = "HOLD[gate] SAY[Slowly the answer comes]"


def said(reader: Reader) -> str:
    return "".join(reader.texts.values())


async def read(
    client: httpx.AsyncClient, reader: Reader, method: str, where: str, **more: Any
) -> None:
    """All of a stream; like a browser, from the newest id on."""
    headers = {"Accept": "text/event-stream", **more.pop("headers", {})}
    headers |= {"Last-Event-ID": reader.last_id} if reader.last_id else {}
    async with client.stream(method, where, headers=headers, **more) as answer:
        assert answer.status_code == 200, await answer.aread()
        async for id_, event in told(answer):
            reader.take(id_, event)


@contextmanager
def reading(
    client: httpx.AsyncClient, reader: Reader, method: str, where: str, **more: Any
) -> Iterator["asyncio.Task[None]"]:
    """Meanwhile."""
    task = asyncio.create_task(read(client, reader, method, where, **more))
    try:
        yield task
    finally:
        task.cancel()


async def killed(parley: WebParley, cut: "asyncio.Task[None] | None" = None) -> None:
    """And nobody of its family is left. *cut*: who reads its stream meanwhile."""
    await parley.kill()
    if cut:
        with pytest.raises(httpx.HTTPError):
            await cut
    await eventually(lambda: not parley.family())


async def turns(client: httpx.AsyncClient, session: int) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/sessions/{session}/turns")
    found: list[dict[str, Any]] = answer.json()["turns"]
    return found


async def answered(parley: WebParley, count: int = 1) -> None:
    """So many turns are over and on record, and there are no others."""
    wanted = [("delivered",)] * count
    await eventually(lambda: parley.rows("SELECT state FROM turn") == wanted)
