"""python-telegram-bot as an HTTP client that raises our errors and knows no types."""

import json
import logging
import ssl
from dataclasses import dataclass
from typing import Any

import httpx
from telegram import Bot
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from adapters.base import AdapterError, Ambiguous
from adapters.telegram.errors import BadText, refused, unanswered

KEEP_ALIVE_S = 30.0  # httpx has 5: most messages would begin with a TLS handshake

for _name in ("httpx", "httpcore", "telegram"):  # they log URLs, and what people say
    logging.getLogger(_name).setLevel(logging.WARNING)


class Failed(TelegramError):
    """Carries one of our errors through the library, which lets its own kind pass."""

    def __init__(self, error: AdapterError) -> None:
        super().__init__(str(error))
        self.error = error


class _Request(HTTPXRequest):
    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        try:
            status, payload = await super().do_request(*args, **options)
        except UnicodeError:
            raise Failed(BadText("half a surrogate pair in the text")) from None
        except NetworkError as error:
            cause = error.__cause__
            raise Failed(unanswered(cause or error)) from None
        if status >= httpx.codes.MULTIPLE_CHOICES:
            raise Failed(_refusal(status, payload))
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The library's own logs whatever it cannot read."""
        answer = _object(payload)
        if "result" not in answer:
            raise Failed(Ambiguous("an answer that is not Telegram's"))
        return answer


def _refusal(status: int, payload: bytes) -> AdapterError:
    answer = _object(payload)
    description = str(answer.get("description") or f"HTTP status {status}")
    parameters = answer.get("parameters")
    return refused(
        status, description, parameters if isinstance(parameters, dict) else {}
    )


def _object(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """In seconds, for each step of a request."""

    read_s: float = 30.0
    connect_s: float = 10.0
    upload_s: float = 120.0


class Wire:
    """Connections to one bot's API: for updates, for calls, for files."""

    def __init__(self, token: str, api_base: str, timeouts: Timeouts) -> None:
        self._files_url = f"{api_base}/file/bot{token}"
        trust = httpx.create_ssl_context()  # costly enough to be shared
        self._requests = (_request(timeouts, trust), _request(timeouts, trust))
        self._files = httpx.AsyncClient(
            timeout=httpx.Timeout(timeouts.read_s, connect=timeouts.connect_s),
            verify=trust,
        )
        self._bot = Bot(
            token,
            base_url=f"{api_base}/bot",
            base_file_url=f"{api_base}/file/bot",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    async def call(
        self, method: str, params: dict[str, Any], timeout_s: float | None
    ) -> Any:
        """The raw result. Raises `Failed`, or another `TelegramError`."""
        # The library warns of methods it has functions for. It drops the underscore.
        return await self._bot.do_api_request(
            f"{method}_",
            api_kwargs=params,
            read_timeout=_Request.DEFAULT_NONE if timeout_s is None else timeout_s,
        )

    def file(self, path: str) -> Any:
        """A context manager that gives the file's `httpx.Response`, not yet read."""
        return self._files.stream("GET", f"{self._files_url}/{path}")

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()
        await self._files.aclose()


def _request(timeouts: Timeouts, trust: ssl.SSLContext) -> _Request:
    return _Request(
        read_timeout=timeouts.read_s,
        write_timeout=timeouts.read_s,
        connect_timeout=timeouts.connect_s,
        pool_timeout=timeouts.connect_s,
        media_write_timeout=timeouts.upload_s,
        httpx_kwargs={
            "limits": httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
            "verify": trust,
        },
    )
