"""Voice messages become words, by a program or a service of the operator's choice.

Rule: what goes wrong is said in one sentence; the file is kept in any case.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import httpx

from adapters.inbound import Attachment
from bot.children import Output, TooSlow, allowed, output_of
from runner.events import Phrase

#: Told to whoever sends a voice message while nothing is set up.
NO_TRANSCRIBER = Phrase("work-voice-none")

_TIMEOUT_S = 120.0
_MAX_TEXT = 1 << 20  # bytes
_MAX_DETAIL = 200
_ROUTE = "audio/transcriptions"
#: Services tell formats by the extension; these are what they call them.
_EXTENSIONS = {
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/webm": ".webm",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
}


class NotTranscribed(Exception):
    """*phrase* tells the person why, and that the file was kept."""

    def __init__(self, key: str, **values: str | float) -> None:
        super().__init__(key, *values.values())
        self.phrase = Phrase(key, values)


class Transcriber(Protocol):
    async def transcribe(self, path: Path, media_type: str, language: str) -> str:
        """The words, never empty. *language*: what to expect ("ko"); "": anything.

        Raises `NotTranscribed`.
        """
        ...


def is_voice(file: Attachment) -> bool:
    """Whether it was saved, and can be listened to."""
    return bool(file.path) and file.media_type.startswith("audio/")


class CommandTranscriber:
    """A program that prints the words.

    In *command*, "{file}" and "{language}" are replaced; without "{file}" the path
    comes last.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        environ: Mapping[str, str] = os.environ,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._command = tuple(command)
        self._env = {**allowed(environ), **(env or {})}
        self._timeout_s = timeout_s

    async def transcribe(self, path: Path, media_type: str, language: str) -> str:
        output = await self._output(path, language)
        if output.code:
            lines = output.err.strip().splitlines()
            last = lines[-1] if lines else f"exit {output.code}"
            raise NotTranscribed("work-voice-failed", detail=last[:_MAX_DETAIL])
        return _words(output.out.decode(errors="replace"))

    async def _output(self, path: Path, language: str) -> Output:
        try:
            return await output_of(
                self._filled(path, language),
                cwd=path.parent,
                env=self._env,
                timeout_s=self._timeout_s,
                limit=_MAX_TEXT,
            )
        except TooSlow as error:
            seconds = round(self._timeout_s)
            raise NotTranscribed("work-voice-slow", seconds=seconds) from error
        except OSError as error:
            command = self._command[0]
            raise NotTranscribed("work-voice-not-found", command=command) from error

    def _filled(self, path: Path, language: str) -> list[str]:
        values = {"{language}": language, "{file}": str(path)}
        filled = []
        for word in self._command:
            for name, value in values.items():
                word = word.replace(name, value)
            filled.append(word)
        named = any("{file}" in word for word in self._command)
        return filled if named else [*filled, str(path)]


class UrlTranscriber:
    """A service that speaks OpenAI's API; *url* ends in "/v1"."""

    def __init__(
        self, url: str, model: str, api_key: str = "", *, timeout_s: float = _TIMEOUT_S
    ) -> None:
        self._url = f"{url.rstrip('/')}/{_ROUTE}"
        self._model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout_s = timeout_s

    async def transcribe(self, path: Path, media_type: str, language: str) -> str:
        name = f"voice{_EXTENSIONS.get(media_type, path.suffix)}"
        data = {"model": self._model, "response_format": "json"}
        if language:
            data["language"] = language.partition("-")[0]
        content = await asyncio.to_thread(path.read_bytes)
        response = await self._post(data, (name, content, media_type))
        if response.is_error:
            raise _refused(response)
        try:
            text = str(response.json()["text"])
        except (ValueError, KeyError, TypeError) as error:
            detail = response.text[:_MAX_DETAIL]
            raise NotTranscribed("work-voice-failed", detail=detail) from error
        return _words(text)

    async def _post(
        self, data: Mapping[str, str], file: tuple[str, bytes, str]
    ) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=self._timeout_s) as client:
                return await client.post(
                    self._url, headers=self._headers, data=data, files={"file": file}
                )
        except httpx.TimeoutException as error:
            seconds = round(self._timeout_s)
            raise NotTranscribed("work-voice-slow", seconds=seconds) from error
        except httpx.HTTPError as error:
            raise NotTranscribed("work-voice-unreachable") from error


def _refused(response: httpx.Response) -> NotTranscribed:
    match response.status_code:
        case 401 | 403:
            return NotTranscribed("work-voice-refused")
        case 413:
            return NotTranscribed("work-voice-too-big")
        case 429 | 503:
            return NotTranscribed("work-voice-busy")
        case _:
            detail = _complaint(response)[:_MAX_DETAIL]
            return NotTranscribed("work-voice-failed", detail=detail)


def _complaint(response: httpx.Response) -> str:
    try:
        return str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.reason_phrase}"


def _words(text: str) -> str:
    if not text.strip():
        raise NotTranscribed("work-voice-silent")
    return text.strip()
