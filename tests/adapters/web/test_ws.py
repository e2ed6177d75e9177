"""One WebSocket, the events of many sessions."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect

from adapters.views import Said
from tests.adapters.web.api import Api
from tests.adapters.web.reader import Reader


@asynccontextmanager
async def socket(web: Api) -> AsyncIterator[ClientConnection]:
    url = str(web.base_url.copy_with(scheme="ws", path="/api/ws"))
    async with connect(url, proxy=None) as connection:
        yield connection


async def wish(connection: ClientConnection, **fields: object) -> None:
    await connection.send(json.dumps(fields))


async def take(connection: ClientConnection, readers: dict[int, Reader]) -> None:
    told = json.loads(await connection.recv())
    readers[told["session"]].take(told["id"], told["event"])


async def test_several_sessions_are_told_on_one_socket(web: Api) -> None:
    readers = {web.desk.add().id: Reader() for _ in range(3)}

    async with socket(web) as connection:
        for session in readers:
            await wish(connection, subscribe=session)
            while not readers[session].state:
                await take(connection, readers)
            turn = await web.desk.say(session, "Hello", key=f"{session}")
            assert turn
            web.desk.finish(session, turn, f"Hello {session}")
        while not all(any(reader.runs.values()) for reader in readers.values()):
            await take(connection, readers)

    for session, reader in readers.items():
        assert list(reader.texts.values()) == [f"Hello {session}"]


async def test_a_socket_goes_on_from_the_last_event_of_another(web: Api) -> None:
    session = web.desk.add().id
    reader = Reader()
    turn = await web.desk.say(session, "Hello", key="k")
    assert turn
    web.desk.grow(session, turn, Said("Half", complete=False))

    async with socket(web) as connection:
        await wish(connection, subscribe=session)
        while "Half" not in reader.texts.values():
            await take(connection, {session: reader})
    web.desk.grow(session, turn, Said("Half and half", complete=False))
    web.desk.finish(session, turn)
    async with socket(web) as connection:
        await wish(connection, subscribe=session, last_event_id=reader.last_id)
        while not reader.runs.get(turn):
            await take(connection, {session: reader})

    assert reader.texts == {f"{turn}-0": "Half and half"}


async def test_an_unsubscribed_session_is_told_no_more(web: Api) -> None:
    session = web.desk.add().id

    async with socket(web) as connection:
        await wish(connection, subscribe=session)
        await connection.recv()
        await wish(connection, unsubscribe=session)
        while web.desk.watches:
            await asyncio.sleep(0.01)


async def test_a_socket_that_closes_leaves_nothing_behind(web: Api) -> None:
    async with socket(web) as connection:
        for _ in range(5):
            await wish(connection, subscribe=web.desk.add().id)
        while len(web.desk.watches) < 5:
            await asyncio.sleep(0.01)
    while web.desk.watches:
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"subscribe": 0}', '{"hello": 1}', b"\xff\x00"]
)
async def test_what_is_no_wish_is_answered_and_the_socket_stays(
    web: Api, text: str | bytes
) -> None:
    session = web.desk.add().id

    async with socket(web) as connection:
        await connection.send(text)
        problem = json.loads(await connection.recv())
        await wish(connection, subscribe=session)
        told = json.loads(await connection.recv())

    assert problem["problem"]["status"] == 422
    assert told["session"] == session


async def test_an_unknown_session_is_a_problem_of_that_session(web: Api) -> None:
    async with socket(web) as connection:
        await wish(connection, subscribe=999)
        told = json.loads(await connection.recv())

    assert told == {
        "session": 999,
        "problem": {"status": 404, "title": "No such session"},
    }


async def test_a_session_is_followed_once_however_often_it_is_wished_for(
    web: Api,
) -> None:
    session = web.desk.add().id
    turn = await web.desk.say(session, "Hello", key="k")
    assert turn

    async with socket(web) as connection:
        for _ in range(5):
            await wish(connection, subscribe=session)
            told = {"type": ""}
            while told["type"] != "RUN_STARTED":
                told = json.loads(await connection.recv())["event"]
        assert len(web.desk.watches) == 1
