"""Files of ours on their way to Telegram, while everything else goes on.

Rule: a file is an edit of a message that is there, so whatever is repeated, it is one
message. https://core.telegram.org/bots/api#editmessagemedia
"""

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import structlog
from telegram import InputFile, InputMediaDocument, InputMediaPhoto

from adapters.base import AdapterError, Ambiguous, Busy, Rejected, Unavailable
from adapters.lane import back_off
from adapters.pictures import HEAD, dimensions
from adapters.telegram.calls import Calls
from adapters.telegram.piece import Piece, Upload

log = structlog.get_logger()

AT_ONCE = 2
MAX_FAILURES = 5  # that Telegram may have had a part in
LOOK_AGAIN_S = 0.3
ANSWER_S = 120.0  # Telegram keeps us waiting while it works on a large file
_MOST_AROUND = 10_000  # pixels: width and height of a photo together
_MOST_RATIO = 20

_Message: TypeAlias = tuple[str, int]  # chat and message id


class Uploads:
    """Sends a few at once. What is begun goes on while others look for its end."""

    def __init__(self, api: Calls) -> None:
        self._api = api
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._sending: dict[_Message, asyncio.Task[AdapterError | None]] = {}
        self._failures: dict[_Message, int] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._tasks = None

    def begin(self, chat: str, message_id: int, piece: Piece) -> bool:
        """Make the message the file of *piece*; False if that has begun already."""
        if self._tasks is None:
            raise Busy(LOOK_AGAIN_S)
        message = (chat, message_id)
        if message in self._sending:
            return False
        sending = self._send(chat, message_id, piece)
        self._sending[message] = self._tasks.create_task(sending)
        return True

    def end(self, chat: str, message_id: int) -> None:
        """Raises `Busy` while it goes on, or must be tried again; and refusals."""
        message = (chat, message_id)
        if not self._sending[message].done():
            raise Busy(LOOK_AGAIN_S)
        match self._sending.pop(message).result():
            case Unavailable() | Ambiguous() as error:
                self._failed(message, error)
            case refusal:
                self._failures.pop(message, None)
                if refusal:
                    raise refusal

    def _failed(self, message: _Message, error: AdapterError) -> None:
        """The file alone has to wait: nothing else depends on its connection."""
        failures = self._failures[message] = self._failures.get(message, 0) + 1
        log.warning("upload.failed", failures=failures, reason=str(error))
        if failures >= MAX_FAILURES and isinstance(error, Ambiguous):
            del self._failures[message]
            raise Rejected(f"{failures} failures: {error}") from error
        raise Busy(back_off(failures)) from error

    async def _send(
        self, chat: str, message_id: int, piece: Piece
    ) -> AdapterError | None:
        """What it failed with."""
        assert piece.upload
        async with self._slots:
            try:
                await self._edit(chat, message_id, piece.upload, piece.text)
            except AdapterError as error:
                return error
            except OSError as error:
                return Rejected(f"the file cannot be read: {error}")
            except Exception as error:  # noqa: BLE001 - it must not end the others
                return Rejected(repr(error))
        return None

    async def _edit(
        self, chat: str, message_id: int, upload: Upload, caption: str
    ) -> None:
        path = Path(upload.path)
        picture = upload.picture and await asyncio.to_thread(_fits, path)
        kind = InputMediaPhoto if picture else InputMediaDocument
        with await asyncio.to_thread(_opened, upload) as file:
            content = InputFile(
                file, filename=upload.name, attach=True, read_file_handle=False
            )
            media: Any = kind(content, caption=caption or None)
            await self._api.call(
                "editMessageMedia",
                timeout_s=ANSWER_S,
                chat_id=int(chat),
                message_id=message_id,
                media=media,
            )


def _opened(upload: Upload) -> BinaryIO:
    if upload.content:
        return BytesIO(upload.content.encode("utf-8", "replace"))
    return Path(upload.path).open("rb")


def _fits(path: Path) -> bool:
    """Whether Telegram would take it as a photo."""
    with path.open("rb") as file:
        size = dimensions(file.read(HEAD))
    if size is None or min(size) == 0:
        return False
    return sum(size) <= _MOST_AROUND and max(size) <= _MOST_RATIO * min(size)
