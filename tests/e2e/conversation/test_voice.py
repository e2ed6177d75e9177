"""Recordings: heard by a program or a service, shown, and only then run."""

import json
import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.e2e.conversation.scenes import memory, on
from tests.e2e.conversation.surface import Surface

OGG = b"OggS\0\2" + bytes(60)
RECORDING = [("memo.ogg", OGG)]
SPOKEN = "SAY[what you said]"


class Listener:
    """A service that speaks OpenAI's API, and takes nothing that is not of it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer sk-ears"
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        assert file.file.read() == OGG
        fields = {name: str(form[name]) for name in form if name != "file"}
        self.asked.append({**fields, "file": file.filename})
        return web.json_response({"text": SPOKEN})


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    app = web.Application()
    app.router.add_post("/v1/audio/transcriptions", found.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    found.url = f"http://{host}:{port}/v1"
    yield found
    await runner.cleanup()


async def test_a_recording_is_heard_by_a_program(chat: Surface) -> None:
    script = chat.parley.root / "ear.py"
    script.write_text(f"import sys; open(sys.argv[1]); print({SPOKEN!r})")
    command = json.dumps([sys.executable, str(script)])
    chat.parley.extra["PARLEY_VOICE__COMMAND"] = command
    await chat.begin()

    await chat.say("", RECORDING)

    await chat.shows(f"“{SPOKEN}”")
    await chat.answered("what you said")


@on(["telegram"])  # the others' way to it is the same
async def test_a_recording_is_heard_by_a_service(
    chat: Surface, listener: Listener
) -> None:
    chat.parley.extra |= {
        "PARLEY_VOICE__URL": listener.url,
        "PARLEY_VOICE__API_KEY": "sk-ears",
    }
    await chat.begin()

    await chat.say("", RECORDING)

    await chat.shows(f"“{SPOKEN}”")
    await chat.answered("what you said")
    [asked] = listener.asked
    assert asked["model"] == "whisper-1"
    assert asked["file"].endswith(".ogg")


@on(["slack"])
async def test_a_recording_nobody_can_hear_is_kept_and_that_is_said(
    chat: Surface,
) -> None:
    await chat.begin()

    await chat.say("SAY[I have it]", RECORDING)

    await chat.shows("was kept as a file")
    await chat.answered("I have it")
    kept = chat.parley.state.glob("conversations/*/inbox/*")
    assert [file.read_bytes() for file in kept] == [OGG]
    assert ".ogg" in memory(chat)
