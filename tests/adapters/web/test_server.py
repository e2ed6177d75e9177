import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from adapters.web import server
from adapters.web.doorman import Doorman
from adapters.web.hosts import Listen, NotSafe
from adapters.web.server import Server, Taken
from tests.adapters.web.serving import ANYWHERE, Seen, client, rooms, until


class Running:
    """A server that a test ends by hand."""

    def __init__(self, folder: Path) -> None:
        self.seen = Seen()
        self.server = Server(rooms(Doorman(folder), self.seen), ANYWHERE)
        self.task = asyncio.create_task(self.server.run())

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


@pytest.fixture
async def running(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Running]:
    running = Running(tmp_path)
    yield running
    await running.leave()
    # uvicorn gives up by itself in the end, and cuts off whoever is served.
    assert "graceful" not in caplog.text


@pytest.fixture
def nobody_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that stalls, the end and the cut after it would fall together."""
    monkeypatch.setattr(server, "ABORT_S", 60.0)


async def test_the_port_is_known_before_anybody_is_served() -> None:
    server = Server(_nothing, ANYWHERE)

    assert server.url == f"http://127.0.0.1:{server.port}"
    assert server.health.state == "starting"
    server.close()


@pytest.mark.parametrize(
    ("host", "told"), [("0.0.0.0", "localhost"), ("localhost", "127.0.0.1")]
)
async def test_its_address_is_one_that_a_browser_here_can_open(
    host: str, told: str
) -> None:
    server = Server(_nothing, Listen(host, 0))

    assert server.url == f"http://{told}:{server.port}"
    server.close()


async def test_a_running_server_is_well(running: Running) -> None:
    async with client(running.server) as browser:
        assert (await browser.get("/healthz")).status_code == 200

    assert running.server.health.state == "ok"


async def test_a_port_in_use_is_told_in_words(running: Running) -> None:
    with pytest.raises(Taken, match=r"cannot listen at 127\.0\.0\.1:\d+ \(Address"):
        Server(_nothing, Listen("127.0.0.1", running.server.port))


@pytest.mark.usefixtures("nobody_cut_off")
async def test_it_leaves_with_streams_open(running: Running) -> None:
    async with (
        client(running.server) as browser,
        browser.stream("GET", "/api/stream") as first,
        browser.stream("GET", "/api/stream") as second,
    ):
        await until(lambda: running.seen.streams == 2)

        await running.leave()

        await first.aread()  # ends as it should: no error of the protocol
        await second.aread()
    assert running.seen.streams == 0


async def test_it_leaves_though_a_reader_reads_nothing(
    running: Running,
) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", running.server.port)
    writer.write(b"GET /api/stream?size=100000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await until(lambda: running.seen.streams == 1)

    await running.leave()

    assert running.seen.streams == 0
    writer.transport.abort()


@pytest.mark.usefixtures("nobody_cut_off")
async def test_who_waits_for_an_answer_is_told_to_ask_again(running: Running) -> None:
    async with client(running.server) as browser:
        asking = asyncio.create_task(browser.get("/api/slow"))
        await until(lambda: "/api/slow" in running.seen.paths)

        await running.leave()

        answer = await asking
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


@pytest.mark.usefixtures("nobody_cut_off")
async def test_websockets_are_told_that_it_leaves(running: Running) -> None:
    async with connect(f"ws://127.0.0.1:{running.server.port}/api/ws") as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"

        await running.leave()

        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1012  # service restart


async def test_one_server_after_another_can_serve_in_one_process(
    running: Running, tmp_path: Path
) -> None:
    await running.leave()
    second = Running(tmp_path / "second")

    async with (
        client(second.server) as browser,
        browser.stream("GET", "/api/stream") as stream,
    ):
        assert await anext(stream.aiter_lines())

    await second.leave()


def test_an_address_that_others_reach_needs_a_token() -> None:
    Listen.parse("127.0.0.1:8642").check(token="")
    Listen.parse("[::1]:8642").check(token="")
    Listen.parse("0.0.0.0:8642").check(token="long and random")

    with pytest.raises(NotSafe, match=r"set \[web\] token"):
        Listen.parse("0.0.0.0:8642").check(token="")
    with pytest.raises(NotSafe):
        Listen.parse("parley.example:8642").check(token="")


@pytest.mark.parametrize("text", ["8642", "localhost", "a:b", "localhost:99999", ""])
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Listen.parse(text)


async def _nothing(*_: object) -> None:
    raise AssertionError
