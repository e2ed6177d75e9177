import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path

import pytest

from adapters.inbound import Attachment
from adapters.language import say
from bot.voice import (
    NO_TRANSCRIBER,
    CommandTranscriber,
    NotTranscribed,
    Transcriber,
    UrlTranscriber,
    is_voice,
)


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    path = tmp_path / "12-voice.oga"
    path.write_bytes(b"OggS\0sound")
    return path


async def complaint(transcriber: Transcriber, voice: Path) -> str:
    with pytest.raises(NotTranscribed) as raised:
        await transcriber.transcribe(voice, "audio/ogg", "")
    phrase = raised.value.phrase
    said = say("en", phrase.key, **phrase.values)
    assert said.startswith("The voice message was kept as a file.")
    assert say("ko", phrase.key, **phrase.values) != said
    return said


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


async def test_a_command_gets_the_file_and_its_output_is_the_words(
    voice: Path,
) -> None:
    last = CommandTranscriber(["echo", "heard"])
    named = CommandTranscriber(["echo", "{language}:{file}", "done"])

    assert await last.transcribe(voice, "audio/ogg", "ko") == f"heard {voice}"
    assert await named.transcribe(voice, "audio/ogg", "ko") == f"ko:{voice} done"


async def test_no_shell_reads_the_name_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "$(touch sprung); {language}"
    path.touch()

    assert await CommandTranscriber(["echo", "{file}"]).transcribe(
        path, "audio/ogg", "ko"
    ) == str(path)


async def test_a_command_knows_no_secrets_but_what_it_was_given(voice: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "ANTHROPIC_API_KEY": "sk-ant-1"}
    transcriber = CommandTranscriber(
        shell("env"), environ=environ, env={"MODEL": "small"}
    )

    names = await transcriber.transcribe(voice, "audio/ogg", "")

    assert "sk-ant-1" not in names
    assert "MODEL=small" in names


async def test_what_goes_wrong_with_a_command_is_said(voice: Path) -> None:
    assert "was not found" in await complaint(CommandTranscriber(["no-such-x"]), voice)
    failing = CommandTranscriber(shell("echo first >&2; echo no model >&2; exit 3"))
    assert "no model" in await complaint(failing, voice)
    slow = CommandTranscriber(shell("sleep 60"), timeout_s=1)
    assert "longer than one second" in await complaint(slow, voice)
    silent = CommandTranscriber(shell("echo"))
    assert "No words were heard" in await complaint(silent, voice)


class Service:
    """As strict as the real one: what it would not take, it refuses."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[dict[str, tuple[str | None, object]]] = []
        self.answer = (200, b'{"text": " Hello there. "}')
        self.delay_s = 0.0
        self.serving: set[asyncio.Task[None]] = set()

    def accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.create_task(self.serve(reader, writer))
        self.serving.add(task)
        task.add_done_callback(self.serving.discard)
        task.add_done_callback(lambda _: writer.close())

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        start, _, fields = head.partition(b"\r\n")
        headers = message_from_bytes(fields)
        body = await reader.readexactly(int(headers["Content-Length"]))
        await asyncio.sleep(self.delay_s)
        status, answer = self._judge(start, headers["Authorization"], headers, body)
        writer.write(
            b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%s"
            % (status, len(answer), answer)
        )
        await writer.drain()

    def _judge(
        self, start: bytes, authorization: str, headers: object, body: bytes
    ) -> tuple[int, bytes]:
        if start != b"POST /v1/audio/transcriptions HTTP/1.1":
            return 404, b"{}"
        if authorization != "Bearer sk-right":
            return 401, b'{"error": {"message": "Incorrect API key provided"}}'
        parts = _parts(str(headers), body)
        known = {"file", "model", "language", "response_format"}
        if not {"file", "model"} <= parts.keys() <= known or not parts["file"][0]:
            return 400, b'{"error": {"message": "Invalid request"}}'
        self.heard.append(parts)
        return self.answer


def _parts(headers: str, body: bytes) -> dict[str, tuple[str | None, object]]:
    message = message_from_bytes(headers.strip().encode() + b"\r\n\r\n" + body)
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_filename(),
            part.get_payload(decode=True),
        )
        for part in message.walk()
        if not part.is_multipart()
    }


@asynccontextmanager
async def listening(service: Service) -> AsyncIterator[None]:
    server = await asyncio.start_server(service.accept, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        service.url = f"http://127.0.0.1:{port}/v1"
        yield
        left = list(service.serving)  # whoever asked has given up on these
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    async with listening(service):
        yield service


async def test_a_service_gets_the_file_the_model_and_the_language(
    service: Service, voice: Path
) -> None:
    transcriber = UrlTranscriber(f"{service.url}/", "whisper-1", "sk-right")

    words = await transcriber.transcribe(voice, "audio/ogg", "ko-KR")

    assert words == "Hello there."
    assert service.heard == [
        {
            "model": (None, b"whisper-1"),
            "response_format": (None, b"json"),
            "language": (None, b"ko"),
            "file": ("voice.ogg", b"OggS\0sound"),
        }
    ]


async def test_what_a_service_refuses_is_said_without_the_key(
    service: Service, voice: Path
) -> None:
    wrong = UrlTranscriber(service.url, "whisper-1", "sk-wrong")
    assert "refused the key" in await complaint(wrong, voice)
    right = UrlTranscriber(service.url, "whisper-1", "sk-right")
    for answer, words in [
        ((413, b"{}"), "too long"),
        ((429, b"{}"), "busy"),
        ((500, b"oops"), "failed: 500"),
        ((400, b'{"error": {"message": "bad format"}}'), "bad format"),
        ((200, b"no json"), "no json"),
        ((200, b'{"text": ""}'), "No words"),
    ]:
        service.answer = answer
        assert words in await complaint(right, voice)


async def test_a_service_that_is_slow_or_gone_is_told_apart(
    service: Service, voice: Path
) -> None:
    service.delay_s = 5
    slow = UrlTranscriber(service.url, "whisper-1", "sk-right", timeout_s=0.6)
    assert "longer than one second" in await complaint(slow, voice)
    gone = UrlTranscriber("http://127.0.0.1:9/v1", "whisper-1")
    assert "cannot be reached" in await complaint(gone, voice)


def test_only_sounds_that_were_saved_are_voice() -> None:
    assert is_voice(Attachment("voice.ogg", "audio/ogg", 3, path="/x"))
    assert not is_voice(Attachment("voice.ogg", "audio/ogg", 3, problem="too big"))
    assert not is_voice(Attachment("a.png", "image/png", 3, path="/x"))


def test_without_a_transcriber_it_is_said_how_to_get_one() -> None:
    assert "[voice] in config.toml" in say("en", NO_TRANSCRIBER.key)
