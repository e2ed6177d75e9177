"""Bodies, files, places and frames that no client of the API sends."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from adapters.web.replies import parsed
from tests.adapters.web.api import Api, api
from tests.fuzz.hostile import deep, mutants

BODIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("sessions", {"name": "n", "max_turns": 1, "allowed_tools": ["Read"]}),
    ("sessions/1/messages", {"text": "hi", "files": []}),
    ("sessions/1/execute", {"text": "hi", "output_schema": {"type": "object"}}),
    ("sessions/1/commands", {"name": "status", "argument": ""}),
    ("sessions/1/questions/q1", {"option": "a", "chosen": ["b"]}),
    (
        "agui",
        {
            "threadId": "t",
            "runId": "r",
            "state": {},
            "messages": [{"id": "m", "role": "user", "content": "hi"}],
            "tools": [],
            "context": [],
            "forwardedProps": {},
        },
    ),
)
PLACES = ("", "0", "1", "9" * 5000, "1=a,b", "%00", "é", "=", ",,,", "-1=x", "1e9")


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path, answer="ok") as client:
        yield client


@pytest.mark.parametrize(("path", "body"), BODIES)
async def test_a_body_that_lacks_anything_is_refused_or_understood(
    client: Api, path: str, body: dict[str, Any]
) -> None:
    client.desk.add()
    whole = await client.post(f"/api/{path}", json=body)
    assert whole.status_code < 300 or path.endswith("q1"), whole.text

    for what, each in mutants(body, each=4):
        answer = await client.post(
            f"/api/{path}",
            content=json.dumps(each).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code < 500, (what, answer.text[:300])


@pytest.mark.parametrize("path", ["sessions", "sessions/1/messages"])
@pytest.mark.parametrize("raw", [deep(100_000), b"\xff", b"", b'{"text":NaN}', b"\x00"])
async def test_bytes_that_are_no_json_are_refused(
    client: Api, path: str, raw: bytes
) -> None:
    answer = await client.post(
        f"/api/{path}", content=raw, headers={"Content-Type": "application/json"}
    )

    assert 400 <= answer.status_code < 500, answer.text[:300]


@pytest.mark.parametrize(
    "name", ["../../a", "\u202egnp.exe", "a" * 5000, ".", "a/b", "con", "é\u0301", '"']
)
async def test_an_upload_of_any_name_lands_in_its_folder(
    client: Api, name: str, tmp_path: Path
) -> None:
    client.desk.add()
    before = set(tmp_path.parent.iterdir())

    answer = await client.post("/api/sessions/1/files", files={"file": (name, b"x")})

    assert answer.status_code < 500, answer.text
    assert set(tmp_path.parent.iterdir()) == before
    assert all(len(p.name.encode()) < 256 for p in tmp_path.rglob("*"))


async def test_a_multipart_body_that_is_none_is_refused(client: Api) -> None:
    client.desk.add()
    kinds = ("multipart/form-data", "multipart/form-data; boundary=x")
    for kind in kinds:
        for raw in (b"", b"--x", b"--x\r\n" * 5000, b"--x\r\nContent-Disposition: a"):
            answer = await client.post(
                "/api/sessions/1/files", content=raw, headers={"Content-Type": kind}
            )
            assert 400 <= answer.status_code < 500, (kind, raw[:20], answer.text)


async def test_frames_that_make_no_sense_are_told_and_the_next_is_served(
    client: Api,
) -> None:
    url = f"ws://127.0.0.1:{client.base_url.port}/api/ws"
    frames: list[str | bytes] = [
        *("", "{", "null", deep(5_000).decode(), "\x00", b"\xff\xfe"),
        *(json.dumps(m) for _, m in mutants({"subscribe": 999, "last_event_id": ""})),
        *(json.dumps({"subscribe": 999, "last_event_id": p[:4000]}) for p in PLACES),
    ]
    async with connect(url, max_size=None) as socket:
        for frame in frames:
            await socket.send(frame)
            told = json.loads(await socket.recv())
            assert told["problem"]["status"] in {404, 422}, frame[:60]


@pytest.mark.parametrize("text", ["", "[", deep(100_000).decode(), "NaN", "\x00"])
def test_json_of_others_that_is_none_is_nothing(text: str) -> None:
    assert parsed(text) is None
