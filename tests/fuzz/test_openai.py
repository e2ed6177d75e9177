"""Requests of OpenAI's form that no client of it sends."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.web.openai.front import Front, front
from tests.fuzz.hostile import deep, mutants

CHAT: dict[str, Any] = {
    "model": "site",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "hi"},
                {
                    "type": "image_url",
                    "image_url": {"url": "data:image/png;base64,eA=="},
                },
                {"type": "file", "file": {"file_data": "eA==", "filename": "a.txt"}},
            ],
        },
    ],
    "response_format": {"type": "json_schema", "json_schema": {"schema": {}}},
    "stream_options": {"include_usage": True},
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Front]:
    async with front(tmp_path, answer="ok") as opened:
        yield opened


@pytest.mark.parametrize("stream", [False, True])
async def test_a_chat_that_lacks_anything_is_refused_or_answered(
    opened: Front, stream: bool
) -> None:
    for what, body in mutants({**CHAT, "stream": stream}, each=3):
        answer = await opened.http.post(
            "/v1/chat/completions", content=json.dumps(body).encode(), headers=JSON
        )
        assert answer.status_code < 500, (what, answer.text[:300])
        if answer.status_code >= 400:
            assert answer.json()["error"]["message"], what
        else:
            assert "ok" in answer.text, what


@pytest.mark.parametrize("raw", [deep(100_000), b"\xff", b"", b'{"n":NaN}', b"\x00"])
async def test_bytes_that_are_no_json_are_refused(opened: Front, raw: bytes) -> None:
    answer = await opened.http.post("/v1/chat/completions", content=raw, headers=JSON)

    assert 400 <= answer.status_code < 500, answer.text[:300]
