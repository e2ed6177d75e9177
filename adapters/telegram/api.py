"""Telegram's methods by name: what is asked goes out, what is raised is ours.

Rule: nothing that leaves this file holds the token, not even inside an exception.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import quote

import httpx
from telegram.error import TelegramError
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from adapters.base import AdapterError, Ambiguous, Rejected, Unavailable
from adapters.files import FileTooBig
from adapters.telegram.errors import NotModified, refused, unanswered
from adapters.telegram.wire import Failed, Timeouts, Wire

#: Doing these twice is the same as doing them once.
REPEATABLE = (
    "edit",
    "delete",
    "get",
    "set",
    "answerCallbackQuery",
    "sendChatAction",
)
ATTEMPTS = 3
GRACE_S = 15.0  # how late the answer to a long poll may be
HIDDEN = "‹hidden›"


class TelegramApi:
    """A bot's connection. Open it with `async with`; that needs no network."""

    def __init__(
        self,
        token: str,
        api_base: str,
        *,
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - it is frozen
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._token = token
        self._base = api_base.rstrip("/")
        self._timeouts = timeouts
        self._sleep = sleep
        self._wire = self._connect()
        self._old_wire: Wire | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for wire in filter(None, (self._wire, self._old_wire)):
            await wire.close()

    async def call(
        self, method: str, *, timeout_s: float | None = None, **params: Any
    ) -> Any:
        """The result, as in Telegram's JSON. A parameter that is None is left out.

        To send a file, pass a `telegram.InputFile` made from bytes. True if an edit
        changes nothing. *timeout_s* is how long to wait for the answer.
        """
        passing: tuple[type[AdapterError], ...] = (Unavailable,)
        if method.startswith(REPEATABLE):
            passing = (Unavailable, Ambiguous)
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(passing),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.5, max=5),
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._once, method, params, timeout_s)

    async def updates(
        self, offset: int | None, *, timeout_s: int, allowed: Sequence[str]
    ) -> list[Any]:
        """What comes within *timeout_s*; confirms all before *offset*. Does not retry.

        Updates are JSON objects, as far as Telegram keeps to its own rules.
        """
        params = {"timeout": timeout_s, "offset": offset, "allowed_updates": allowed}
        result = await self._once("getUpdates", params, timeout_s + GRACE_S)
        return result if isinstance(result, list) else [result]

    async def download(self, file_id: str, target: Path, *, limit: int) -> int:
        """Save a file, whole or not at all; its size in bytes.

        Raises `FileTooBig` over *limit* bytes, before fetching if Telegram tells.
        """
        file = await self.call("getFile", file_id=file_id)
        if file.get("file_size", 0) > limit:
            raise FileTooBig(f"{file['file_size']} bytes")
        part = target.with_name(f"{target.name}.part")
        try:
            size = await self._fetch(file["file_path"], part, limit)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return size

    async def reconnect(self) -> None:
        """Use new connections from now on: the old ones may be dead.

        Calls on the old ones may still be answered; the next reconnect ends them.
        """
        oldest = self._old_wire
        self._old_wire, self._wire = self._wire, self._connect()
        if oldest:
            await oldest.close()

    def _connect(self) -> Wire:
        return Wire(self._token, self._base, self._timeouts)

    async def _once(
        self, method: str, params: dict[str, Any], timeout_s: float | None
    ) -> Any:
        try:
            return await self._wire.call(method, params, timeout_s)
        except Failed as failed:
            error = failed.error
        except TelegramError as unknown:
            error = Ambiguous(str(unknown))
        if isinstance(error, NotModified):
            return True
        # Raised out here it has no context, in which httpx would keep the whole URL.
        raise self._told(method, error)

    async def _fetch(self, path: str, part: Path, limit: int) -> int:
        try:
            return await self._stream(path, part, limit)
        except httpx.HTTPError as failure:
            error = unanswered(failure)
        raise self._told("download", error)

    async def _stream(self, path: str, part: Path, limit: int) -> int:
        size = 0
        async with self._wire.file(quote(path)) as answer:
            if answer.status_code != httpx.codes.OK:
                raise _no_file(answer.status_code)
            with await asyncio.to_thread(part.open, "wb") as out:
                async for chunk in answer.aiter_bytes():
                    size += len(chunk)
                    if size > limit:
                        raise FileTooBig(f"more than {limit} bytes")
                    out.write(chunk)
                await asyncio.to_thread(_settle, out)
        return size

    def _told(self, method: str, error: AdapterError) -> AdapterError:
        """The same error, saying what failed, without the token."""
        secret = self._token.rpartition(":")[2]
        error.args = (f"{method}: {error}".replace(secret, HIDDEN),)
        return error


def _no_file(status: int) -> AdapterError:
    if status == httpx.codes.NOT_FOUND:
        return Rejected("download: the file is not there any more")
    return refused(status, f"download: HTTP status {status}", {})


def _settle(out: BinaryIO) -> None:
    """Bring it to the disk itself: the message it came with will be, too."""
    out.flush()
    os.fsync(out.fileno())
