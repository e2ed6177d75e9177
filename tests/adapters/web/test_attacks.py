"""What strangers, and pages of strangers, may try."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from adapters.web.doorman import COOKIE_S
from tests.adapters.web.serving import House, answer_to, house, until

EVIL = "http://evil.example"
MEGABYTE = 1024 * 1024


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, patience_s=0.3) as home:
        yield home


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", ""])
async def test_a_name_that_somebody_pointed_at_us_reaches_nothing(
    home: House, host: str
) -> None:
    answer = await home.client.get("/api/things", headers={"Host": host})

    assert answer.status_code == 400
    assert home.seen.paths == []


async def test_two_hosts_are_one_too_many(home: House) -> None:
    head = home.raw(
        "GET / HTTP/1.1", "Host: localhost", "Host: evil.example", "Connection: close"
    )

    assert b" 400 " in (await answer_to(home, head)).splitlines()[0]
    assert home.seen.paths == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_page_of_another_site_cannot_post(
    home: House, headers: dict[str, str]
) -> None:
    home.client.cookies.set(home.doorman.cookie_name, home.doorman.new_cookie())

    answer = await home.client.post("/api/things", json={}, headers=headers)

    assert answer.status_code == 403
    assert home.seen.paths == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "STRANGE"])
async def test_nor_can_it_change_anything_else(home: House, method: str) -> None:
    headers = {"Origin": EVIL}
    answer = await home.client.request(method, "/api/things", headers=headers)

    assert answer.status_code == 403


async def test_a_page_of_another_site_cannot_open_a_websocket(home: House) -> None:
    cookie = f"{home.doorman.cookie_name}={home.doorman.new_cookie()}"
    url = f"ws://{home.host}/api/ws"

    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, origin=EVIL, additional_headers={"Cookie": cookie}):  # type: ignore[arg-type]
            pass

    assert refused.value.response.status_code == 403
    assert home.seen.paths == []


async def test_nor_can_a_stranger(home: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://{home.host}/api/ws"):
            pass

    assert refused.value.response.status_code == 401
    assert home.seen.paths == []


async def test_it_may_not_ask_whether_it_might(home: House) -> None:
    headers = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    answer = await home.stranger.options("/api/things", headers=headers)

    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers


async def test_a_cookie_that_is_made_up_opens_nothing(home: House) -> None:
    good = home.doorman.new_cookie()
    issued, nonce, signature = good.split(".")
    later = str(int(issued) + 1)
    for cookie in (
        "",
        "x",
        "..",
        f"{issued}.{nonce}.{'0' * len(signature)}",
        f"{later}.{nonce}.{signature}",
        f"{issued}.{nonce}",
        good[:-1],
        good + "0",
        "é.é.é",
    ):
        header = f"{home.doorman.cookie_name}={cookie}".encode()
        answer = await home.stranger.get("/api/things", headers={b"Cookie": header})
        assert answer.status_code == 401, cookie
    assert home.seen.paths == []


async def test_an_old_cookie_opens_nothing(tmp_path: Path) -> None:
    now = 1_000_000.0
    async with house(tmp_path, clock=lambda: now) as home:
        name, value = home.doorman.cookie_name, home.doorman.new_cookie()
        home.stranger.cookies.set(name, value)
        now += COOKIE_S - 1
        assert (await home.stranger.get("/api/things")).status_code == 200

        now += 2
        assert (await home.stranger.get("/api/things")).status_code == 401


async def test_a_wrong_token_opens_nothing(home: House) -> None:
    token = home.doorman.token
    for value in (
        "Bearer",
        "Bearer x",
        f"Basic {token}",
        f"Bearer {token}x",
    ):
        headers = {"Authorization": value}
        answer = await home.stranger.get("/api/things", headers=headers)
        assert answer.status_code == 401, value


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "code"])
async def test_a_token_in_an_address_opens_nothing(home: House, name: str) -> None:
    url = f"/api/things?{name}={home.doorman.token}"
    answer = await home.stranger.get(url)

    assert answer.status_code == 401


async def test_a_body_that_says_it_is_too_long_is_not_waited_for(home: House) -> None:
    head = home.raw(
        "POST /api/things HTTP/1.1",
        "Content-Type: application/json",
        f"Content-Length: {MEGABYTE + 1}",
    )

    answer = await answer_to(home, head)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"1 MB at most" in answer
    assert home.seen.paths == []


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "5, 6", "٣"])
async def test_a_length_that_is_none_is_refused(home: House, length: str) -> None:
    head = home.raw(
        "POST /api/things HTTP/1.1", "Content-Type: application/json"
    ).replace(b"\r\n\r\n", f"\r\nContent-Length: {length}\r\n\r\n".encode())

    answer = await answer_to(home, head)

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))


@pytest.mark.parametrize("path", ["/api/things", "/api/parsed"])
async def test_a_body_without_end_is_cut_off(home: House, path: str) -> None:
    head = home.raw(
        f"POST {path} HTTP/1.1",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", home.server.port)
    writer.write(head)
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    async def push() -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(chunk)
                await writer.drain()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(push())
        answer = await reader.readline()

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert home.seen.bytes <= MEGABYTE
    writer.close()


async def test_a_body_that_stops_halfway_is_not_waited_for(home: House) -> None:
    head = home.raw(
        "POST /api/parsed HTTP/1.1",
        "Content-Type: application/json",
        "Content-Length: 1000",
    )

    answer = await answer_to(home, head, b'{"a":')

    assert answer.startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_drips_is_not_waited_for(home: House) -> None:
    head = home.raw(
        "POST /api/things HTTP/1.1",
        "Content-Type: application/json",
        "Content-Length: 1000",
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", home.server.port)
    writer.write(head)

    async def drip() -> None:
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    async with asyncio.timeout(20):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    writer.close()
    await dripping


async def test_a_body_nobody_asked_for_ends_the_connection(home: House) -> None:
    head = home.raw("GET /healthz HTTP/1.1", "Transfer-Encoding: chunked", token=False)

    answer = await answer_to(home, head, b"5\r\nhello\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer.lower()


async def test_a_reader_that_does_not_read_costs_no_memory(home: House) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    head = home.raw("GET /api/stream?size=1000000 HTTP/1.1")
    slow = [
        await asyncio.open_connection("127.0.0.1", home.server.port) for _ in range(5)
    ]
    for _, writer in slow:
        writer.write(head)
    await until(lambda: home.seen.streams == len(slow))
    stuck_at = -1

    async with asyncio.timeout(10):  # until nothing more is made for them
        while stuck_at != home.seen.bytes:
            stuck_at = home.seen.bytes
            await asyncio.sleep(0.2)

    assert process.memory_info().rss - before < 100 * MEGABYTE
    for _, writer in slow:
        writer.transport.abort()
    await until(lambda: home.seen.streams == 0)


async def test_a_message_too_long_for_a_websocket_ends_it(home: House) -> None:
    headers = {"Authorization": f"Bearer {home.doorman.token}"}
    async with connect(
        f"ws://{home.host}/api/ws", additional_headers=headers
    ) as socket:
        await socket.send("x" * (MEGABYTE + 1))

        await socket.wait_closed()

    assert socket.close_code == 1009  # message too big


async def test_nothing_secret_is_logged(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code, cookie = home.doorman.new_code(), home.doorman.new_cookie()
    headers = {"Cookie": f"{home.doorman.cookie_name}={cookie}"}
    secrets = [code, cookie, home.doorman.token]

    for path in ("/enter?code=", "/api/boom?token=", "/nowhere?code="):
        for secret in secrets:
            head = home.raw(f"GET {path}{secret} HTTP/1.1", "Connection: close")
            await answer_to(home, head)
    url = f"ws://{home.host}/api/ws?token={home.doorman.token}"
    async with connect(url, additional_headers=headers) as socket:
        await socket.send("hello")
        await socket.recv()

    ours = [r for r in caplog.records if not r.name.startswith("websockets.client")]
    assert "boom" in caplog.text
    assert not any(secret in r.getMessage() for r in ours for secret in secrets)
