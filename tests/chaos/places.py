"""Where people talk with the bot: what they do there, and what they see.

A person goes on whether or not the program runs: what they send waits for it, and what
the page shows is what it showed last.
"""

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.evidence import Button, Seen
from tests.slack_server import FakeSlack
from tests.slack_server import Message as SlackMessage
from tests.slack_server_reading import buttons_of
from tests.telegram_server import FakeTelegram
from tests.telegram_server import Message as TelegramMessage

WORKING = "⏳"
RETRY_S = 0.1
PROJECT = {"project": "default"}  # where the others are, too


class Place(ABC):
    """One conversation. *known* says which messages the program has on record."""

    name: str

    async def open(self) -> None:  # noqa: B027 - most have nothing to open
        """Called once, while the program runs."""

    @abstractmethod
    async def say(self, key: str, text: str, file: bytes | None = None) -> None:
        """Once, whatever happens meanwhile. *key* is another each time."""

    @abstractmethod
    async def press(self, seen: Seen, button: Button) -> None:
        """In vain if it has gone."""

    @abstractmethod
    async def stop(self) -> None:
        """Say in words that everything is to end."""

    @abstractmethod
    async def look(self, known: Callable[[str], bool]) -> list[Seen]:
        """The bot's messages, from top to bottom."""


@dataclass
class InTelegram(Place):
    """A person's chat with the bot."""

    telegram: FakeTelegram
    user: int

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"telegram:{self.user}"

    async def say(self, key: str, text: str, file: bytes | None = None) -> None:
        if file is None:
            self.telegram.say(text, user=self.user)
        else:
            self.telegram.send_document(f"{key}.txt", file, text, user=self.user)

    async def press(self, seen: Seen, button: Button) -> None:
        for message in self._messages():
            if str(message.id) == seen.id and button.label in message.labels:
                self.telegram.press(message, button.label, user=self.user)

    async def stop(self) -> None:
        self.telegram.say("/stop", user=self.user)

    def edit(self, old: str, text: str) -> None:
        """Change what was said with *old* in it."""
        said = [m for m in self.telegram.chat(self.user) if not m.from_bot]
        self.telegram.edit(next(m for m in said if f"[{old} " in m.text), text)

    async def look(self, known: Callable[[str], bool]) -> list[Seen]:
        return [
            Seen(
                place=self.name,
                id=str(message.id),
                text=message.text,
                buttons=tuple(
                    Button(
                        label=one["text"], about=one["callback_data"].partition(":")[0]
                    )
                    for one in message.buttons
                ),
                working=WORKING in message.text,
                known=known(str(message.id)),
                files=(message.file_name,) if message.data else (),
            )
            for message in self._messages()
        ]

    def _messages(self) -> list[TelegramMessage]:
        return [m for m in self.telegram.chat(self.user) if m.from_bot]


@dataclass
class InSlack(Place):
    """A thread in the direct message with the bot."""

    slack: FakeSlack
    number: int
    root: SlackMessage | None = None

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"slack:{self.number}"

    async def say(self, key: str, text: str, file: bytes | None = None) -> None:
        files = [] if file is None else [self.slack.file(f"{key}.txt", file)]
        said = self.slack.say(text, thread=self.root, files=files)
        self.root = self.root or said

    async def press(self, seen: Seen, button: Button) -> None:
        for message in self._messages():
            if message.ts == seen.id and button.label in message.buttons:
                self.slack.press(message, button.label)

    async def stop(self) -> None:
        assert self.root
        self.slack.say("!stop", thread=self.root)

    async def look(self, known: Callable[[str], bool]) -> list[Seen]:
        return [
            Seen(
                place=self.name,
                id=message.ts,
                text=message.text,
                buttons=tuple(
                    Button(
                        label=one["text"]["text"],
                        about=str(one.get("value", "")).partition(":")[0],
                    )
                    for _, one in buttons_of(message.all_blocks)
                ),
                working=message.streaming,
                known=bool(message.files) or known(message.ts),
                files=tuple(file.name for file in message.files),
            )
            for message in self._messages()
        ]

    def _messages(self) -> list[SlackMessage]:
        if self.root is None:
            return []
        thread = self.slack.thread(self.root.channel, self.root.ts)
        return [m for m in thread if m.from_bot and not m.deleted]


@dataclass
class OnPage(Place):
    """A session of the web API; *client* makes one with the token of now."""

    number: int
    client: Callable[[], httpx.AsyncClient]
    session: int = 0
    turns: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"web:{self.number}"

    async def open(self) -> None:
        made = await self._insist("sessions", f"open-{self.number}", json=PROJECT)
        self.session = made["id"]

    async def say(self, key: str, text: str, file: bytes | None = None) -> None:
        uploads = []
        if file is not None:
            files = {"files": (f"{key}.txt", file, "text/plain")}
            sent = await self._insist(self._at("files"), f"{key}-file", files=files)
            uploads = [one["id"] for one in sent]
        body = {"text": text, "files": uploads}
        await self._insist(self._at("messages"), key, json=body)

    async def press(self, seen: Seen, button: Button) -> None:
        """Of a question or of a turn: the label is what the API calls it."""
        if seen.id == button.about:
            await self._try(self._at(f"turns/{seen.id}/{button.label}"), json={})
            return
        label, _, option = button.label.rpartition("|")
        assert label
        await self._try(self._at(f"questions/{button.about}"), json={"option": option})

    async def stop(self) -> None:
        body = {"name": "stop", "argument": ""}
        await self._insist(self._at("commands"), f"stop-{uuid.uuid4()}", json=body)

    async def look(self, known: Callable[[str], bool]) -> list[Seen]:
        with suppress(httpx.HTTPError):
            async with self.client() as client:
                got = await client.get(f"/api/{self._at('turns')}?limit=100")
                if got.status_code == httpx.codes.OK:
                    self.turns = got.json()["turns"]
        return [self._seen(turn) for turn in self.turns]

    def _seen(self, turn: dict[str, Any]) -> Seen:
        deeds = [Button(label=deed, about=turn["id"]) for deed in turn["can"]]
        for asked in turn["questions"]:
            if asked["status"] == "open":
                deeds += [
                    Button(label=f"{o['label']}|{o['id']}", about=asked["id"])
                    for o in asked["options"]
                ]
        asked = (f"{one['title']} {one['body']}" for one in turn["questions"])
        said = (_told(part) for part in turn["parts"])
        return Seen(
            place=self.name,
            id=turn["id"],
            text="\n".join([*said, *asked, turn["note"]]),
            buttons=tuple(deeds),
            working=turn["status"] in ("queued", "running", "waiting"),
            files=tuple(file["name"] for file in turn["sent"]),
        )

    def _at(self, where: str) -> str:
        return f"sessions/{self.session}/{where}"

    async def _insist(self, where: str, key: str, **what: Any) -> Any:
        """As any client should: with a key, until there is an answer."""
        while True:
            answer = await self._try(where, headers={"Idempotency-Key": key}, **what)
            if answer is not None and answer.is_success:
                return answer.json() if answer.content else None
            unheard = answer is None or answer.status_code >= 500
            assert unheard, f"{where}: {answer} {answer.text if answer else ''}"
            await asyncio.sleep(RETRY_S)

    async def _try(self, where: str, **what: Any) -> httpx.Response | None:
        try:
            async with self.client() as client:
                return await client.post(f"/api/{where}", **what)
        except (httpx.HTTPError, OSError):
            return None


def _told(part: dict[str, Any]) -> str:
    """Words, or a step as messengers show it."""
    if part["type"] != "step":
        return str(part.get("text", ""))
    return f"{part['title']}{' ✗' if part['ok'] is False else ''}"
