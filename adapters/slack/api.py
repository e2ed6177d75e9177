"""Slack's methods by name: what is asked goes out safely, what is raised is ours.

Rule: no ping leaves this file but the one a call asks for, and no token does at all.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.base import (
    AdapterError,
    Busy,
    LoggedOut,
    OnLimited,
    Rejected,
    unheard,
)
from adapters.inbound import Address
from adapters.lane import Urgency
from adapters.slack.buckets import Buckets
from adapters.slack.errors import refused, unanswered
from adapters.slack.mentions import neutralise
from adapters.slack.transfer import Transfer

API_BASE = "https://slack.com/api/"
TIMEOUT_S = 15.0

#: Slack's own ideas of what a text might mean are never asked for.
LITERALLY: Mapping[str, Mapping[str, Any]] = {
    "chat.postMessage": {
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    },
    "chat.postEphemeral": {"parse": "none", "link_names": False},
    "chat.update": {"parse": "none"},
}


@dataclass(frozen=True, slots=True)
class Me:
    """Who our token says we are."""

    team_id: str
    user_id: str
    bot_id: str
    team: str
    name: str


def ticks() -> float:
    return asyncio.get_running_loop().time()


class SlackApi:
    """An app's connection to one workspace. Open it with `async with`.

    Opening needs no network.
    """

    def __init__(
        self,
        token: str,
        api_base: str = API_BASE,
        *,
        timeout_s: float = TIMEOUT_S,
        now: Callable[[], float] = ticks,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_limited: OnLimited = unheard,
    ) -> None:
        self._token = token
        self._base = api_base
        self._timeout_s = timeout_s
        self._buckets = Buckets(now)
        self._sleep = sleep
        self._on_limited = on_limited
        self._client: AsyncWebClient | None = None
        self.refused = asyncio.Event()  # set while the token is not accepted

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=self._timeout_s)
        self._client = AsyncWebClient(
            self._token,
            self._base,
            timeout=int(self._timeout_s),
            session=aiohttp.ClientSession(timeout=timeout),
            retry_handlers=[],  # what a repetition means is for the caller to judge
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        session = self.client.session
        self._client = None
        if session:
            await session.close()

    @property
    def client(self) -> AsyncWebClient:
        """For Bolt and Socket Mode: one set of connections for all of us."""
        assert self._client, "it is not open"
        return self._client

    async def me(self) -> Me:
        answer = await self.call("auth.test")
        return Me(
            team_id=answer["team_id"],
            user_id=answer["user_id"],
            bot_id=answer["bot_id"],
            team=answer["team"],
            name=answer["user"],
        )

    async def call(
        self,
        method: str,
        *,
        urgency: Urgency = Urgency.EDIT,
        ping: str = "",
        **params: Any,
    ) -> dict[str, Any]:
        """Slack's answer. A parameter that is None is left out.

        Raises `Busy`, without a call, while *method* has been used too much lately.
        *ping* is the one user who may be mentioned.
        """
        channel = str(params.get("channel", ""))
        self._buckets.take(method, channel, urgency)
        try:
            return await self._ask(method, harmless(params, ping))
        except Busy as busy:
            self._buckets.hold(method, channel, busy.wait_s)
            self._on_limited(method, busy.wait_s)
            raise

    async def patiently(self, method: str, **params: Any) -> dict[str, Any]:
        """The same, when there is no hurry: waits while Slack is busy."""
        while True:
            try:
                return await self.call(method, **params)
            except Busy as busy:
                wait_s = busy.wait_s
            await self._sleep(wait_s)

    async def fill(self, name: str, content: Path | bytes, *, alt: str = "") -> str:
        """Bring a file to Slack; its id. Nobody sees it yet.

        *alt* is what is told to those who do not see pictures. Raises `OSError` if it
        cannot be read.
        """
        with await asyncio.to_thread(_opened, content) as body:
            size = body.seek(0, os.SEEK_END)
            body.seek(0)
            if not size:
                raise Rejected("files: it is empty")  # Slack takes none that is
            slot = await self.call(
                "files.getUploadURLExternal",
                urgency=Urgency.FINAL,
                filename=name,
                length=size,
                alt_txt=alt or None,
            )
            await Transfer(self.client).send(slot["upload_url"], body, size)
        return str(slot["file_id"])

    async def share(
        self, address: Address, file_id: str, title: str, *, comment: str = ""
    ) -> None:
        """Show a file in the thread, soon after this returns. Works once."""
        await self.call(
            "files.completeUploadExternal",
            urgency=Urgency.FINAL,
            files=[{"id": file_id, "title": title}],
            channel_id=address.chat,
            thread_ts=address.thread or None,
            initial_comment=comment or None,
        )

    async def download(self, url: str, target: Path, *, limit: int) -> int:
        """Save a file, whole or not at all; its size in bytes.

        Raises `FileTooBig` over *limit* bytes, before fetching if Slack tells.
        """
        return await Transfer(self.client).fetch(url, target, limit)

    async def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        asked = getattr(self.client, method.replace(".", "_"))
        error: AdapterError
        try:
            answer = await asked(**LITERALLY.get(method, {}), **params)
        except SlackApiError as refusal:
            error = _read(method, refusal)
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            error = unanswered(method, failure)
        else:
            self.refused.clear()
            return dict(answer.data)
        if isinstance(error, LoggedOut):
            self.refused.set()
        # Raised out here it has no context, which would hold the request's headers.
        raise error


def harmless(value: Any, ping: str) -> Any:
    """The same without live mentions, whatever it is made of."""
    match value:
        case str():
            return neutralise(value, ping)
        case Mapping():
            return {key: harmless(inner, ping) for key, inner in value.items()}
        case list() | tuple():
            return [harmless(inner, ping) for inner in value]
        case _:
            return value


def _opened(content: Path | bytes) -> BinaryIO:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _read(method: str, refusal: SlackApiError) -> AdapterError:
    """Where the answer was no JSON at all, its status is all there is to go by."""
    response: Any = refusal.response
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    return refused(
        method, status, data if isinstance(data, dict) else {}, response.headers
    )
