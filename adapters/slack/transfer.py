"""The bytes of files, to Slack and from it.

Rule: our token goes to Slack's own hosts only, wherever a redirect may lead.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.base import AdapterError, Rejected
from adapters.files import FileTooBig
from adapters.slack.errors import Refused, refused, unanswered

T = TypeVar("T")

SILENCE_S = 30.0  # between two pieces of a file
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=SILENCE_S)
#: Silence is counted from the last byte we send, so something has to end the sending.
SENDING = aiohttp.ClientTimeout(total=900, sock_connect=15, sock_read=SILENCE_S)
MAX_REDIRECTS = 5
CHUNK = 1 << 16
LOGIN_PAGE = b"<!doctype"


class Transfer:
    """Over the connections, and with the token, of *client*."""

    def __init__(self, client: AsyncWebClient) -> None:
        assert client.session
        self._session = client.session
        self._proxy = client.proxy
        self._token = client.token
        self._home = URL(client.base_url).origin()

    async def send(self, url: str, body: BinaryIO, size: int) -> None:
        """Fill the slot that Slack gave us for a file of *size* bytes."""
        await _answered("upload", self._send(url, body, size))

    async def fetch(self, url: str, target: Path, limit: int) -> int:
        """Save what is at *url*, whole or not at all; its size in bytes."""
        part = target.with_name(f"{target.name}.part")
        try:
            size = await _answered("download", self._fetch(URL(url), part, limit))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return size

    async def _send(self, url: str, body: BinaryIO, size: int) -> None:
        async with self._session.post(
            url,
            data=_pieces(body),  # the file itself would tell Slack its name on our disk
            headers={
                "Content-Length": str(size),
                "Content-Type": "application/octet-stream",
            },
            timeout=SENDING,
            proxy=self._proxy,
        ) as answer:
            if answer.status != 200:
                raise refused("upload", answer.status, {}, answer.headers)

    async def _fetch(self, url: URL, part: Path, limit: int) -> int:
        if not self._is_slack(url):
            raise Rejected("download: not a file of Slack's")
        async with self._get(url) as answer:
            if (answer.content_length or 0) > limit:
                raise FileTooBig(f"{answer.content_length} bytes")
            pieces = answer.content.iter_chunked(CHUNK)
            first = await anext(pieces, b"")
            if _is_login_page(answer, first):
                raise Refused("missing_scope", "download: Slack asked us to log in")
            return await _save(first, pieces, part, limit)

    @asynccontextmanager
    async def _get(self, url: URL) -> AsyncIterator[aiohttp.ClientResponse]:
        for _ in range(MAX_REDIRECTS):
            trusted = self._is_slack(url)
            async with self._session.get(
                url,
                headers={"Authorization": f"Bearer {self._token}"} if trusted else {},
                allow_redirects=False,  # it would take the token along
                timeout=TIMEOUT,
                proxy=self._proxy,
            ) as answer:
                if answer.status == 200:
                    yield answer
                    return
                url = _redirected(answer)
        raise Rejected("download: too many redirects")

    def _is_slack(self, url: URL) -> bool:
        if url.origin() == self._home:
            return True
        host = url.host or ""
        return url.scheme == "https" and host.endswith(
            (".slack.com", ".slack-edge.com")
        )


def _redirected(answer: aiohttp.ClientResponse) -> URL:
    """Where to look instead. Raises if it is no redirect."""
    if answer.status in {301, 302, 303, 307, 308} and "Location" in answer.headers:
        return answer.url.join(URL(answer.headers["Location"]))
    if 400 <= answer.status < 500 and answer.status != 429:
        raise Rejected(f"download: HTTP status {answer.status}")
    raise refused("download", answer.status, {}, answer.headers)


def _is_login_page(answer: aiohttp.ClientResponse, first: bytes) -> bool:
    """Slack answers 200 and a page to a token that may not read files."""
    page = first.lstrip()[: len(LOGIN_PAGE)].lower() == LOGIN_PAGE
    sent_as_file = answer.headers.get("Content-Disposition", "").startswith("attach")
    return page and answer.content_type == "text/html" and not sent_as_file


async def _pieces(body: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(body.read, CHUNK):
        yield piece


async def _save(
    first: bytes, pieces: AsyncIterator[bytes], part: Path, limit: int
) -> int:
    size = len(first)
    with await asyncio.to_thread(part.open, "wb") as out:
        out.write(first)
        async for piece in pieces:
            size += len(piece)
            if size > limit:
                break
            out.write(piece)
        await asyncio.to_thread(_settle, out)
    if size > limit:
        raise FileTooBig(f"more than {limit} bytes")
    return size


def _settle(out: BinaryIO) -> None:
    """Bring it to the disk itself: the message it came with will be, too."""
    out.flush()
    os.fsync(out.fileno())


async def _answered(what: str, doing: Awaitable[T]) -> T:
    error: AdapterError
    try:
        return await doing
    except (aiohttp.ClientError, TimeoutError) as failure:
        error = unanswered(what, failure)
    raise error
