"""Files for people: taken from where the agent works, and from nowhere else.

Rule: what is sent is a copy, made from the very file that was checked.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.files import MB
from adapters.kinds import IMAGES, media_type
from adapters.language import ENGLISH, say
from adapters.names import file_name
from bot.taking import MAX_SIZE, Allowed, NotTaken, take, whole
from runner.base import HostTool
from runner.events import Phrase

_MAX_CAPTION = 1_000  # characters; Telegram shows 1,024

SEND_FILE = HostTool(
    name="send_file",
    description=(
        "Send a file to the person you are talking to, in the chat they read you in. "
        "Pictures are shown as pictures. Use it whenever they ask for a file, or when "
        "what you made is best looked at as one: they cannot see your disk. Only files "
        f"in the workspace can be sent, up to {MAX_SIZE // MB} MB each; pack several "
        "into an archive. It is sent at once, as it is now."
    ),
    schema={
        "type": "object",
        "properties": {
            "path": {
                "type": "string",
                "description": "The file: absolute, or relative to the workspace.",
            },
            "caption": {
                "type": "string",
                "description": "A line of plain text to show with it.",
            },
        },
        "required": ["path"],
        "additionalProperties": False,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToSend:
    """A copy of our own, on disk."""

    view_id: str
    path: Path
    name: str
    media_type: str
    size: int
    caption: str = ""

    @property
    def picture(self) -> bool:
        return self.media_type in IMAGES


@dataclass(frozen=True, slots=True)
class Refusal:
    phrase: Phrase

    @property
    def text(self) -> str:
        """For the agent."""
        return say(ENGLISH, self.phrase.key, **self.phrase.values)


async def send(
    arguments: Mapping[str, Any], *, view_id: str, allowed: Allowed, keep_in: Path
) -> FileToSend | Refusal:
    """Do what the agent asks with `SEND_FILE`, as far as we may.

    The same *view_id* again (`view_id_of`) gives the copy that was made the first time.
    """
    match arguments:
        case {"path": str(path)} if path.strip():
            caption = arguments.get("caption")
        case _:
            return Refusal(Phrase("work-file-no-path"))
    words = caption[:_MAX_CAPTION].strip() if isinstance(caption, str) else ""
    try:
        return await asyncio.to_thread(
            _send, path, words, view_id, allowed, keep_in / view_id
        )
    except NotTaken as error:
        return Refusal(error.phrase)
    except OSError as error:
        name = file_name(Path(path).name)
        detail = error.strerror or type(error).__name__
        return Refusal(Phrase("work-file-not-kept", {"name": name, "detail": detail}))


async def keep(
    text: str, *, name: str, view_id: str, keep_in: Path, caption: str = ""
) -> FileToSend:
    """A file of Parley's own: a long diff. *text* is not empty."""
    folder = keep_in / view_id
    await asyncio.to_thread(_write, text, name, folder)
    return _kept(folder / name, view_id, caption)


def view_id_of(turn_id: str, call_id: str) -> str:
    """The id of the view of a call: the same for the same call."""
    return "f" + hashlib.sha256(f"{turn_id}\0{call_id}".encode()).hexdigest()[:19]


def _send(
    path: str, caption: str, view_id: str, allowed: Allowed, folder: Path
) -> FileToSend:
    if not folder.is_dir():  # it is there as a whole, or not at all
        take(path, allowed, folder)
    return _kept(next(folder.iterdir()), view_id, caption)


def _write(text: str, name: str, folder: Path) -> None:
    if not folder.is_dir():
        with whole(folder) as new:
            (new / name).write_text(text, "utf-8", "replace")


def _kept(path: Path, view_id: str, caption: str) -> FileToSend:
    return FileToSend(
        view_id=view_id,
        path=path,
        name=path.name,
        media_type=media_type(path),
        size=path.stat().st_size,
        caption=caption,
    )
