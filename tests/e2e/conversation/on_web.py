"""A conversation on the web, as a client of the API sees it."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpx

from adapters.language import ENGLISH
from adapters.views import CANCEL, own_option
from tests.e2e.conversation.surface import WAIT_S, Surface
from tests.e2e.parley import WebParley, eventually


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


def _said(turn: dict[str, Any]) -> str:
    parts = turn["parts"]
    return "\n".join(part["text" if "text" in part else "title"] for part in parts)
