import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from adapters.web.hosts import Listen, same_place
from tests.adapters.web.serving import House, answer_to, house


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as home:
        yield home


async def test_a_token_opens_the_door(home: House) -> None:
    answer = await home.client.get("/api/things")

    assert answer.json() == {"hello": "there"}


async def test_a_token_opens_websockets_too(home: House) -> None:
    headers = {"Authorization": f"Bearer {home.doorman.token}"}
    url = f"ws://{home.host}/api/ws"

    async with connect(url, additional_headers=headers) as socket:
        await socket.send("hello")

        assert await socket.recv() == "hello"


async def test_every_answer_carries_the_headers_that_hold_a_browser_back(
    home: House,
) -> None:
    answers = [
        await home.client.get("/"),
        await home.client.get("/nowhere"),
        await home.client.get("/api/boom"),  # a fault of ours
        await home.stranger.get("/"),
        await home.stranger.get("/enter?code=x"),
        await home.stranger.get("/", headers={"Host": "evil.example"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 500, 401, 403, 400]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'; ")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


async def test_programs_get_a_problem_and_people_a_page(home: House) -> None:
    html = {"Accept": "text/html,*/*"}
    program = await home.stranger.get("/api/things", headers=html)
    person = await home.stranger.get("/c/3", headers=html)

    assert program.status_code == person.status_code == 401
    assert program.headers["content-type"] == "application/problem+json"
    assert program.headers["www-authenticate"] == "Bearer"
    problem = program.json()
    assert problem["title"] == "Unauthorized"
    assert "the link that Parley printed" in problem["detail"]
    assert person.headers["content-type"] == "text/html; charset=utf-8"
    assert "<code>parley link</code>" in person.text
    assert home.seen.paths == []


async def test_whether_it_lives_is_no_secret(home: House) -> None:
    assert (await home.stranger.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8"]
)
async def test_json_may_be_posted(home: House, kind: str) -> None:
    headers = {"Content-Type": kind}
    answer = await home.client.post("/api/parsed", content="{}", headers=headers)

    assert answer.status_code == 200


async def test_a_post_without_a_body_needs_no_kind(home: House) -> None:
    assert (await home.client.post("/api/things")).json() == {"bytes": 0}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/json"]
)
async def test_what_a_form_of_another_site_could_send_is_refused(
    home: House, kind: str
) -> None:
    headers = {"Content-Type": kind}
    answer = await home.client.post("/api/things", content="{}", headers=headers)

    assert answer.status_code == 415
    assert home.seen.paths == []


async def test_our_own_page_may_post(home: House) -> None:
    headers = {"Origin": f"http://{home.host}", "Sec-Fetch-Site": "same-origin"}

    answer = await home.client.post("/api/things", json={}, headers=headers)

    assert answer.status_code == 200


async def test_a_long_upload_is_taken_where_files_come_in(home: House) -> None:
    body = b"x" * (20 * 1024 * 1024)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    path = "/api/sessions/1/files"
    answer = await home.client.post(path, content=body, headers=headers)

    assert answer.json() == {"bytes": len(body)}


async def test_a_fault_closes_no_more_than_its_own_answer(home: House) -> None:
    assert (await home.client.get("/api/boom")).status_code == 500
    assert (await home.client.get("/api/things")).status_code == 200


async def test_a_refusal_is_a_whole_answer(home: House) -> None:
    head = home.raw("GET /api/things HTTP/1.1", "Connection: close", token=False)
    got = await answer_to(home, head)

    _, _, body = got.partition(b"\r\n\r\n")
    assert json.loads(body)["status"] == 401


@pytest.mark.parametrize(
    ("listen", "host", "ours"),
    [
        ("127.0.0.1:8642", "127.0.0.1:8642", True),
        ("127.0.0.1:8642", "localhost", True),
        ("127.0.0.1:8642", "LOCALHOST:9000", True),  # a tunnel may have another port
        ("127.0.0.1:8642", "[::1]:8642", True),
        ("127.0.0.1:8642", "192.168.1.5:8642", False),
        ("127.0.0.1:8642", "evil.example", False),
        ("127.0.0.1:8642", "localhost.evil.example", False),
        ("127.0.0.1:8642", "evil.example@localhost", False),
        ("127.0.0.1:8642", "localhost/evil", False),
        ("127.0.0.1:8642", "localhost:evil", False),
        ("127.0.0.1:8642", "[::1", False),
        ("127.0.0.1:8642", "", False),
        ("parley.home:8642", "parley.home:8642", True),
        ("parley.home:8642", "other.home:8642", False),
        ("0.0.0.0:8642", "192.168.1.5:8642", True),
        ("0.0.0.0:8642", "evil.example:8642", False),
    ],
)
def test_which_hosts_are_ours(listen: str, host: str, ours: bool) -> None:
    assert Listen.parse(listen).answers_to(host) is ours


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://localhost:8642", True),
        ("https://localhost:8642", True),
        ("http://localhost:3000", False),  # another program of this machine
        ("http://127.0.0.1:8642", False),
        ("null", False),
        ("file://localhost:8642", False),
        ("http://[", False),
        ("http://localhost:8642@evil.example", False),
    ],
)
def test_which_origins_are_ours(origin: str, ours: bool) -> None:
    assert same_place(origin, "localhost:8642") is ours
