"""The OpenAI endpoints over a fake desk, on a real socket, with OpenAI's own client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from openai import AsyncOpenAI

from adapters.views import QuestionStatus, QuestionView
from adapters.web import openai_api, problems
from tests.adapters.web.desk import FakeDesk, Heard
from tests.adapters.web.serving import serving, until


@dataclass
class Front:
    desk: FakeDesk
    url: str
    client: AsyncOpenAI
    http: httpx.AsyncClient

    def said(self) -> list[Heard]:
        return [heard for heard in self.desk.heard if heard.what == "say"]

    async def heard(self, count: int) -> Heard:
        """The prompt that makes it *count*, once it is there."""
        await until(lambda: len(self.said()) >= count)
        return self.said()[count - 1]

    async def watched(self) -> None:
        """Somebody follows the conversation now."""
        await until(lambda: bool(self.desk.watches))

    def ended(self, conversation: int, **changes: Any) -> None:
        """What the ledger knows of the newest turn besides its view."""
        newest = self.desk.entries[conversation][-1]
        self.desk.entries[conversation][-1] = replace(newest, **changes)

    async def ask(self, *messages: Any, **more: Any) -> Any:
        """An answer, or a stream of one."""
        model = more.pop("model", "site")
        return await self.client.chat.completions.create(
            model=model, messages=list(messages), **more
        )

    async def content(self, *messages: Any) -> str:
        answer = await self.ask(*messages)
        text: str = answer.choices[0].message.content
        return text


@asynccontextmanager
async def front(
    folder: Path, *, answer: str | None = None, desk: FakeDesk | None = None
) -> AsyncIterator[Front]:
    desk = desk or FakeDesk(folder, answer=answer)
    app = FastAPI()
    problems.install(app)
    app.include_router(openai_api.router(desk, keep_alive_s=1))
    async with (
        serving(app) as server,
        AsyncOpenAI(base_url=f"{server.url}/v1", api_key="t", max_retries=0) as client,
        httpx.AsyncClient(base_url=server.url, timeout=10, verify=False) as http,
    ):
        yield Front(desk, server.url, client, http)


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def assistant(text: str) -> Any:
    return {"role": "assistant", "content": text}


def system(text: str) -> Any:
    return {"role": "system", "content": text}


def question(turn: str, **changes: Any) -> QuestionView:
    asked = QuestionView(
        id="q1", turn_id=turn, title="Run a command?", body="`rm -rf build`"
    )
    return replace(asked, **changes)


def decided(asked: QuestionView) -> QuestionView:
    return replace(asked, status=QuestionStatus.DECIDED, outcome="Allowed once by Ada")
