"""One conversation as a person sees it, whatever platform it is on."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import httpx

from adapters.language import ENGLISH
from adapters.views import CANCEL, own_option
from tests.e2e.parley import (
    Parley,
    Program,
    SlackParley,
    WebParley,
    eventually,
    living,
    slack_as_described,
)
from tests.messages_api import FakeMessages
from tests.slack_server import Message as SlackMessage
from tests.telegram_server import FakeTelegram
from tests.telegram_server import Message as TelegramMessage

SURFACES = ("telegram", "slack", "web")
WAIT_S = 30.0
DONE = "Done"


class Surface(ABC):
    """What Ada does there, and what she sees. Of labels and words, a part will do.

    `texts` are the messages as they are now, oldest first; `labels` the buttons that
    can be pressed now.
    """

    name: str
    sign: str  # in front of commands
    parley: Program

    @abstractmethod
    async def begin(self) -> None:
        """Start the program, and wait until it can be reached."""

    async def replace(self) -> None:
        """`parley restart`, until it can be reached again."""
        await self.parley.restart()

    @abstractmethod
    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None: ...

    @abstractmethod
    async def command(self, words: str) -> None:
        """Give a command, without its sign: "model sonnet"."""

    @abstractmethod
    def texts(self) -> list[str]: ...

    @abstractmethod
    def labels(self) -> list[str]: ...

    @abstractmethod
    async def push(self, label: str) -> None:
        """Press the newest button with that in its label. It is there."""

    @abstractmethod
    async def tick(self, *labels: str) -> None:
        """Choose all these of a question that takes several, and be done."""

    @abstractmethod
    def files(self) -> list[tuple[str, bytes]]:
        """Those the bot has sent: name and content."""

    @property
    @abstractmethod
    def working(self) -> bool:
        """Whether something is seen to run."""

    @property
    def quiet(self) -> bool:
        """Nothing runs or asks any more."""
        return not self.labels() and not self.working

    @property
    @abstractmethod
    def refusals(self) -> list[str]:
        """What the platform refused, and a correct program never sends."""

    async def until(
        self, true: Callable[[], object], *, timeout_s: float = WAIT_S
    ) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not true():
                    await asyncio.sleep(0.03)
        except TimeoutError:
            seen = "\n---\n".join(self.texts())
            raise AssertionError(
                f"not seen on {self.name}; texts:\n{seen}\nbuttons: {self.labels()}"
            ) from None

    async def shows(self, words: str, *, timeout_s: float = WAIT_S) -> str:
        """Wait until some message says this; the newest that does."""
        await self.until(lambda: self.find(words), timeout_s=timeout_s)
        return self.find(words)

    def find(self, words: str) -> str:
        """The newest message with these words in it; "" if there is none."""
        return next((text for text in reversed(self.texts()) if words in text), "")

    async def press(self, label: str) -> None:
        """Wait for such a button, and press it."""
        await self.offers(label)
        await self.push(label)

    async def offers(self, label: str) -> None:
        await self.until(lambda: any(label in one for one in self.labels()))

    async def answered(self, words: str) -> None:
        """Wait until it is said, and nothing runs or asks any more."""
        await self.until(lambda: self.find(words) and self.quiet)


class OnTelegram(Surface):
    name, sign = "telegram", "/"

    def __init__(self, parley: Parley) -> None:
        self.parley = parley
        self.telegram = parley.telegram

    async def begin(self) -> None:
        await self.parley.start()

    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        if not files:
            self.telegram.say(text)
        for name, data in files:
            if name.endswith(".ogg"):
                self.telegram.send_voice(data, text)
            else:
                self.telegram.send_document(name, data, text)

    async def command(self, words: str) -> None:
        self.telegram.say(f"/{words}")

    def texts(self) -> list[str]:
        return [m.text for m in self._bots()]

    def labels(self) -> list[str]:
        return [label for m in self._bots() for label in m.labels]

    async def push(self, label: str) -> None:
        message, whole = next(
            (m, one) for m in reversed(self._bots()) for one in m.labels if label in one
        )
        self.telegram.press(message, whole)

    async def tick(self, *labels: str) -> None:
        for label in labels:
            await self.press(f"☐ {label}")
            await self.offers(f"☑ {label}")
        await self.push(DONE)

    def files(self) -> list[tuple[str, bytes]]:
        return [
            (m.file_name or ("picture" if m.is_photo else ""), m.data)
            for m in self._bots()
            if m.data
        ]

    @property
    def working(self) -> bool:
        return any("⏳" in text for text in self.texts())

    @property
    def refusals(self) -> list[str]:
        return self.telegram.refusals

    def _bots(self) -> list[TelegramMessage]:
        return [m for m in self.telegram.chat() if m.from_bot]


class OnSlack(Surface):
    """A thread in the direct message with the bot."""

    name, sign = "slack", "!"

    def __init__(self, parley: SlackParley) -> None:
        self.parley = parley
        self.slack = parley.slack
        self.root: SlackMessage | None = None

    async def begin(self) -> None:
        await self.parley.start()
        await self.slack.until(lambda: self.slack.sockets)

    async def replace(self) -> None:
        await super().replace()
        await self.slack.until(lambda: self.slack.sockets)

    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        sent = [self.slack.file(*one, mimetype=_media_type(one[0])) for one in files]
        said = self.slack.say(text, thread=self.root, files=sent)
        self.root = self.root or said

    async def command(self, words: str) -> None:
        await self.say(f"!{words}")

    def texts(self) -> list[str]:
        return [m.text for m in self._bots()]

    def labels(self) -> list[str]:
        return [label for m in self._bots() for label in m.buttons]

    async def push(self, label: str) -> None:
        message, whole = next(
            (m, one)
            for m in reversed(self._bots())
            for one in m.buttons
            if label in one
        )
        self.slack.press(message, whole)

    async def tick(self, *labels: str) -> None:
        await self.offers(DONE)
        card = next(m for m in reversed(self._bots()) if DONE in "".join(m.buttons))
        self.slack.tick(card, *labels)
        await self.push(DONE)

    def files(self) -> list[tuple[str, bytes]]:
        return [(file.name, file.data) for m in self._bots() for file in m.files]

    @property
    def working(self) -> bool:
        return any(message.streaming for message in self._bots())

    @property
    def refusals(self) -> list[str]:
        return self.slack.refusals

    def _bots(self) -> list[SlackMessage]:
        if self.root is None:
            return []
        everything = [
            *self.slack.thread(self.root.channel, self.root.ts),
            *self.slack.ephemerals(),
        ]
        return [m for m in everything if m.from_bot and not m.deleted]


class OnWeb(Surface):
    """The API that the page uses: what is shown is read from its event stream."""

    name, sign = "web", "/"

    def __init__(self, parley: WebParley) -> None:
        self.parley = parley
        self.web = parley
        self._client: httpx.AsyncClient | None = None
        self._session = 0
        self._turns: list[dict[str, Any]] = []
        self._questions: list[dict[str, Any]] = []
        self._notices: dict[str, str] = {}
        self._sent: list[dict[str, Any]] = []  # files of no turn
        self._files: dict[str, tuple[str, bytes]] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._hears = asyncio.Event()  # what is said from now on

    async def begin(self) -> None:
        await self.close()
        await self.web.begin()
        self._client = self.web.client()
        if not self._session:
            made = await self._client.post("/api/sessions", json={"project": "default"})
            assert made.status_code == 201, made.text
            self._session = made.json()["id"]
        self._watching = [
            asyncio.create_task(self._look()),
            asyncio.create_task(self._listen()),
        ]
        await asyncio.wait_for(self._hears.wait(), WAIT_S)

    async def replace(self) -> None:
        before = len(self.web.links())
        await super().replace()
        await eventually(lambda: len(self.web.links()) > before)

    async def close(self) -> None:
        self._hears.clear()
        for task in self._watching:
            task.cancel()
            with suppress(asyncio.CancelledError, httpx.HTTPError):
                await task
        self._watching.clear()
        if self._client:
            await self._client.aclose()

    async def say(self, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        uploads: list[str] = []
        if files:
            sent = await self._post("files", files=[("files", one) for one in files])
            uploads = [one["id"] for one in sent]
        await self._post("messages", json={"text": text, "files": uploads})

    async def command(self, words: str) -> None:
        name, _, argument = words.partition(" ")
        await self._post("commands", json={"name": name, "argument": argument})

    def texts(self) -> list[str]:
        asked = [f"{q['title']}\n{q['body']}\n{q['outcome']}" for q in self._asked()]
        said = [f"{_said(turn)}\n{turn['note']}" for turn in self._turns]
        return [*said, *asked, *self._notices.values()]

    def labels(self) -> list[str]:
        return [label for label, _, _ in self._buttons()]

    async def push(self, label: str) -> None:
        found = [one for one in self._buttons() if label in one[0]]
        _, where, body = next(one for one in found if one[1] == found[-1][1])
        await self._post(where, json=body)
        await self._refresh()

    async def tick(self, *labels: str) -> None:
        await self.offers(labels[0])
        [asked] = [one for one in self._asked() if one["status"] == "open"]
        chosen = [one["id"] for one in asked["options"] if one["label"] in labels]
        await self._post(f"questions/{asked['id']}", json={"chosen": chosen})

    def files(self) -> list[tuple[str, bytes]]:
        return list(self._files.values())

    @property
    def working(self) -> bool:
        return any(turn["status"] in ("queued", "running") for turn in self._turns)

    @property
    def refusals(self) -> list[str]:
        return []

    def _asked(self) -> list[dict[str, Any]]:
        inside = [q for turn in self._turns for q in turn["questions"]]
        known = {q["id"] for q in inside}
        return [*inside, *(q for q in self._questions if q["id"] not in known)]

    def _buttons(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Label, and what pressing it posts."""
        found: list[tuple[str, str, dict[str, Any]]] = []
        for turn in self._turns:
            for deed in turn["can"]:
                waits = turn["status"] == "queued"
                option = CANCEL if waits and deed == "stop" else deed
                label = own_option(option, ENGLISH).label
                found.append((label, f"turns/{turn['id']}/{deed}", {}))
        for asked in self._asked():
            if asked["status"] == "open":
                for option in asked["options"]:
                    where = f"questions/{asked['id']}"
                    found.append((option["label"], where, {"option": option["id"]}))
        return found

    async def _post(self, where: str, **what: Any) -> Any:
        assert self._client
        answer = await self._client.post(
            f"/api/sessions/{self._session}/{where}", **what
        )
        assert answer.status_code < 300, f"{where}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def _get(self, where: str) -> Any:
        assert self._client
        answer = await self._client.get(f"/api/sessions/{self._session}/{where}")
        return answer.json() if answer.status_code == 200 else None

    async def _look(self) -> None:
        while True:
            with suppress(httpx.HTTPError):
                await self._refresh()
            await asyncio.sleep(0.1)

    async def _refresh(self) -> None:
        if turns := await self._get("turns?limit=50"):
            self._turns = turns["turns"]
        questions = await self._get("questions")
        if questions is not None:
            self._questions = questions
        assert self._client
        for file in [*self._sent, *(f for turn in self._turns for f in turn["sent"])]:
            if file["id"] not in self._files:
                where = f"/api/sessions/{self._session}/files/{file['id']}"
                got = await self._client.get(where)
                self._files[file["id"]] = file["name"], got.content

    async def _listen(self) -> None:
        """Notices pass: they are in no list."""
        assert self._client
        where = f"/api/sessions/{self._session}/events"
        with suppress(httpx.HTTPError):
            async with self._client.stream("GET", where, timeout=None) as answer:
                async for line in answer.aiter_lines():
                    self._hears.set()
                    if line.startswith("data:"):
                        self._note(json.loads(line.removeprefix("data:")))

    def _note(self, event: dict[str, Any]) -> None:
        match event:
            case {"type": "CUSTOM", "name": "notice", "value": value}:
                self._notices[value["id"]] = value["text"]
            case {"type": "CUSTOM", "name": "file", "value": value}:
                self._sent.append(value)
            case _:
                pass


def _media_type(name: str) -> str:
    return guess_type(name)[0] or "application/octet-stream"


def _said(turn: dict[str, Any]) -> str:
    parts = turn["parts"]
    return "\n".join(part["text" if "text" in part else "title"] for part in parts)


@asynccontextmanager
async def surface(
    kind: str, root: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Surface]:
    """The program with that platform, not yet started; *environment* is added."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(FakeMessages())
        found: Surface
        match kind:
            case "telegram":
                telegram = await stack.enter_async_context(FakeTelegram())
                found = OnTelegram(Parley(root, telegram, api))
            case "slack":
                slack = await stack.enter_async_context(slack_as_described())
                found = OnSlack(SlackParley(root, slack, api))
            case _:
                found = on_web = OnWeb(WebParley(root, api))
                stack.push_async_callback(on_web.close)
        await stack.enter_async_context(living(found.parley, environment))
        yield found
        assert found.refusals == []
