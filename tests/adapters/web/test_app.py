"""The web surface, whole, over a desk held in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from adapters.web.server import Server
from tests.adapters.web.desk import FakeDesk
from tests.adapters.web.serving import ANYWHERE, client, serving


@dataclass
class Whole:
    desk: FakeDesk
    server: Server
    owner: httpx.AsyncClient
    stranger: httpx.AsyncClient


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    desk, doorman = FakeDesk(tmp_path / "desk"), Doorman(tmp_path)
    async with (
        serving(create_app(desk, doorman, ANYWHERE)) as server,
        client(server, doorman.token) as owner,
        client(server) as stranger,
    ):
        yield Whole(desk, server, owner, stranger)


async def test_every_address_of_the_api_is_closed_to_strangers(whole: Whole) -> None:
    description = (await whole.owner.get("/api/openapi.json")).json()
    asked = [
        (method, path.replace("{", "").replace("}", ""))
        for path, operations in description["paths"].items()
        for method in operations
        if path not in {"/healthz", "/livez", "/readyz"}
    ]
    assert len(asked) > 15

    for method, path in [*asked, ("get", "/"), ("get", "/api/openapi.json")]:
        answer = await whole.stranger.request(method, path)
        assert answer.status_code == 401, (method, path)
    assert whole.desk.heard == []


async def test_the_description_says_how_to_come_in(whole: Whole) -> None:
    description = (await whole.owner.get("/api/openapi.json")).json()

    assert description["security"] == [{"token": []}]
    schemes = description["components"]["securitySchemes"]
    assert schemes["token"] == {"type": "http", "scheme": "bearer"}


class Links(HTMLParser):
    """All addresses that a page mentions, and all places in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.places: set[str] = set()
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"href", "src"}:
                self.addresses.append(value or "")
            elif name == "id":
                self.places.add(value or "")


async def test_the_api_is_described_on_a_page_that_asks_nobody_else(
    whole: Whole,
) -> None:
    page = await whole.owner.get("/api/docs")

    links = Links(page.text)
    assert "/api/sessions/{session}/messages" in page.text
    assert "Save files, to send with a message" in page.text
    assert "script" not in links.tags
    inside = {link[1:] for link in links.addresses if link.startswith("#")}
    assert inside <= links.places
    assert all(link.startswith(("#", "/")) for link in links.addresses)
    for link in links.addresses:
        if link.startswith("/"):
            assert (await whole.owner.get(link)).status_code == 200, link


async def test_nothing_but_our_files_is_served_to_strangers(whole: Whole) -> None:
    for path in (
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/x/../../app.py",
        "/static/x/..%2f..%2fapp.py",
        "/static//etc/passwd",
        "/static/x/%2fetc%2fpasswd",
        "/static/x/%00",
        "/static/",
    ):
        url = httpx.URL(whole.server.url).copy_with(raw_path=path.encode())

        answer = await whole.stranger.get(url)

        assert answer.status_code in {401, 404}, path
        assert "create_app" not in answer.text
        assert "root:" not in answer.text


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.html',
        "a%0d%0aSet-Cookie: evil=1.txt",
        "a\x85\u2028b.txt",
        "<img src=x onerror=alert(1)>.svg",
        "\u202egpj.exe",
    ],
)
async def test_a_file_name_is_never_more_than_a_name(whole: Whole, name: str) -> None:
    session = whole.desk.add().id
    url = f"/api/sessions/{session}"
    storage = await whole.desk.storage(session)
    (storage / name).write_text("hello")

    sent = await whole.owner.post(
        f"{url}/files", files={"files": (f"../../{name}", b"hello", "text/plain")}
    )
    got = await whole.owner.get(f"{url}/storage/{quote(name)}")

    assert sent.status_code == 201, sent.text
    inbox = await whole.desk.inbox(session)
    files = [path for path in whole.desk.folder.rglob("*") if path.is_file()]
    assert {file.parent for file in files} == {inbox, storage}
    assert got.text == "hello"
    assert "set-cookie" not in got.headers
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]


async def test_a_file_name_does_not_get_into_the_headers(whole: Whole) -> None:
    session = whole.desk.add().id
    name = "a\r\nSet-Cookie: evil=1\r\n.txt"
    storage = await whole.desk.storage(session)
    (storage / name).write_text("hello")

    got = await whole.owner.get(f"/api/sessions/{session}/storage/{quote(name)}")

    assert got.status_code < 500
    assert "set-cookie" not in got.headers


async def test_a_wrong_address_is_a_problem_too(whole: Whole) -> None:
    answer = await whole.owner.get("/api/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
