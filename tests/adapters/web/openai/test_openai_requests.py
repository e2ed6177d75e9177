"""What comes with a message, and what is refused, in words and in OpenAI's shape."""

import base64
from pathlib import Path
from typing import Any

import openai
import pytest

from adapters.views import Said
from tests.adapters.web.openai.front import Front, assistant, user

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()
SCHEMA = {"type": "object", "properties": {"sum": {"type": "integer"}}}


# --- what comes with it -----------------------------------------------------------


async def test_an_image_is_saved_for_the_agent(prompt: Front) -> None:
    image = {
        "type": "image_url",
        "image_url": {"url": f"data:image/jpeg;base64,{PNG}"},
    }
    note = {
        "type": "file",
        "file": {"file_data": "data:text/plain,hi%21", "filename": "../n.txt"},
    }
    text = {"type": "text", "text": "what is this?"}

    await prompt.ask({"role": "user", "content": [text, image, note]})

    said = prompt.said()[0]
    picture, words = said.files
    assert said.value == "what is this?"
    assert (picture.media_type, Path(picture.path).suffix) == ("image/png", ".png")
    assert Path(picture.path).read_bytes() == base64.b64decode(PNG)
    assert Path(words.path).read_text() == "hi!"
    assert Path(words.path).parent == await prompt.desk.inbox(1)


async def test_structured_output_is_all_of_the_content(waiting: Front) -> None:
    wanted = {"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA}}
    stream = await waiting.ask(
        user("1+1"), response_format=wanted, stream=True, temperature=0.2
    )
    said = await waiting.heard(1)
    await waiting.watched()
    waiting.desk.grow(1, "t1", Said("Let me add."))
    waiting.ended(1, structured='{"sum": 2}')
    waiting.desk.finish(1, "t1")

    deltas = [chunk.choices[0].delta async for chunk in stream]

    assert "".join(delta.content or "" for delta in deltas) == '{"sum": 2}'
    assert said.output_schema == (
        '{"type": "object", "properties": {"sum": {"type": "integer"}}}'
    )


@pytest.mark.parametrize(
    ("param", "more"),
    [
        ("tools", {"tools": [{"type": "function", "function": {"name": "f"}}]}),
        ("n", {"n": 2}),
        ("logprobs", {"logprobs": True}),
        ("modalities", {"modalities": ["text", "audio"]}),
        ("stop", {"stop": ["\n"]}),
        ("response_format", {"response_format": {"type": "json_object"}}),
        ("messages", {"messages": [user("hi"), assistant("he")]}),
        ("messages", {"messages": [user("  ")]}),
        ("messages", {"messages": []}),
    ],
)
async def test_what_an_agent_cannot_do_is_refused_in_words(
    prompt: Front, param: str, more: dict[str, Any]
) -> None:
    messages = more.pop("messages", [user("hi")])

    with pytest.raises(openai.BadRequestError) as refused:
        await prompt.ask(*messages, **more)

    assert (refused.value.param, refused.value.type) == (param, "invalid_request_error")
    assert not prompt.desk.heard


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "image_url", "image_url": {"url": "https://x.org/a.png"}}, "fetched"),
        ({"type": "image_url", "image_url": {"url": "data:image/png,no"}}, "none"),
        ({"type": "image_url", "image_url": {"url": "data:a/b;base64,%"}}, "base64"),
        ({"type": "input_audio", "input_audio": {"data": ""}}, "input_audio"),
        ({"type": "file", "file": {"file_id": "file-1"}}, "file_data"),
    ],
)
async def test_what_cannot_be_attached_is_refused_in_words(
    prompt: Front, part: dict[str, Any], words: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=words):
        await prompt.ask({"role": "user", "content": [part]})

    assert not prompt.desk.heard


async def test_a_file_over_the_limit_is_too_large(prompt: Front) -> None:
    data = "data:text/plain;base64," + "A" * (28 << 20)
    part = {"type": "file", "file": {"file_data": data, "filename": "big.txt"}}

    with pytest.raises(openai.APIStatusError, match="20 MB") as refused:
        await prompt.ask({"role": "user", "content": [part]})

    assert refused.value.status_code == 413


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"model": 1}', b"\xff"])
async def test_a_body_that_is_none_is_refused_in_their_shape(
    prompt: Front, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}

    answer = await prompt.http.post(
        "/v1/chat/completions", content=body, headers=headers
    )

    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
