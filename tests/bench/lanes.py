"""Where the same turn is taken: the CLI alone, Telegram, or Slack."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from tests.bench.surfaces import Surfaces
from tests.claude_cli import api_key_environment, parent_environment
from tests.messages_api import FakeMessages
from tests.slack_server import Message

FLAGS = (
    *("-p", "--input-format", "stream-json", "--output-format", "stream-json"),
    *("--verbose", "--include-partial-messages", "--replay-user-messages"),
    *("--permission-prompt-tool", "stdio", "--setting-sources", "user"),
)
QUIET = {
    "CLAUDE_CODE_EAGER_FLUSH": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
}
LINE_BYTES = 2**26
WITHIN_S = 30.0


class Lane(Protocol):
    """*note* is the file of its tap: see `tests.bench.tap`; *heard* that of what came
    in: see `tests.bench.heard`; None: it goes to the agent directly.
    """

    name: str
    api: FakeMessages
    note: Path
    heard: Path | None

    def say(self, words: str) -> None: ...

    async def first(self, words: str) -> float:
        """When *words* were asked to be shown, by `time.monotonic`."""
        ...

    async def last(self, words: str) -> float:
        """The same of the turn's end, with *words* in it."""
        ...


class Alone:
    """The CLI with the flags and variables that Parley uses, and nobody beside it."""

    name = "CLI alone"
    heard: Path | None = None

    def __init__(
        self, process: asyncio.subprocess.Process, api: FakeMessages, note: Path
    ) -> None:
        assert process.stdin
        assert process.stdout
        self.api = api
        self.note = note
        self._stdin = process.stdin
        self._lines = process.stdout

    def say(self, words: str) -> None:
        message = {"role": "user", "content": words}
        entry = {"type": "user", "uuid": str(uuid.uuid4()), "message": message}
        self._stdin.write(json.dumps(entry).encode() + b"\n")

    async def first(self, words: str) -> float:
        return await self._line(b'"text_delta"')

    async def last(self, words: str) -> float:
        return await self._line(b'"type":"result"')

    async def _line(self, wanted: bytes) -> float:
        async with asyncio.timeout(WITHIN_S):
            while wanted not in (line := await self._lines.readline()):
                assert line, "the CLI has ended"
        return time.monotonic()


@asynccontextmanager
async def alone(root: Path, command: Sequence[str], note: Path) -> AsyncIterator[Alone]:
    home = root / "home"
    home.mkdir()
    async with FakeMessages() as api:
        process = await asyncio.create_subprocess_exec(
            *(*command, *FLAGS),
            cwd=root,
            env={
                **parent_environment(home),
                **api_key_environment(api.url),
                **QUIET,
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_BYTES,
        )
        try:
            yield Alone(process, api, note)
        finally:
            assert process.stdin
            process.stdin.close()  # the tap ends, and the CLI behind it
            await process.wait()


class OnTelegram:
    name = "Telegram"

    def __init__(
        self, program: Surfaces, note: Path, heard: Path | None = None
    ) -> None:
        self.api = program.api
        self.note = note
        self.heard = heard
        self._telegram = program.telegram

    def say(self, words: str) -> None:
        self._telegram.say(words)

    async def first(self, words: str) -> float:
        return await self._telegram.wait_for(
            lambda: _when(self.calls(), words), timeout_s=WITHIN_S
        )

    last = first

    def calls(self) -> list[tuple[float, str]]:
        made = [c for c in self._telegram.calls() if c.method != "getUpdates"]
        return [(call.at, str(call.params)) for call in made]


class OnSlack:
    name = "Slack"

    def __init__(
        self, program: Surfaces, note: Path, heard: Path | None = None
    ) -> None:
        self.api = program.api
        self.note = note
        self.heard = heard
        self._slack = program.slack
        self._root: Message | None = None

    def say(self, words: str) -> None:
        said = self._slack.say(words, thread=self._root)
        self._root = self._root or said

    async def first(self, words: str) -> float:
        # A status says the prompt: only what is a message counts.
        return await self._slack.until(
            lambda: _when(self._calls("chat[.].*"), words), timeout_s=WITHIN_S
        )

    last = first

    def calls(self) -> list[tuple[float, str]]:
        return self._calls(".*")

    def _calls(self, methods: str) -> list[tuple[float, str]]:
        return [(call.at, str(call.params)) for call in self._slack.calls(methods)]


def _when(calls: Sequence[tuple[float, str]], words: str) -> float | None:
    wanted: Callable[[str], object] = re.compile(re.escape(words)).search
    return next((at for at, what in calls if wanted(what)), None)
