"""Images and files that come inside a message, as data: URLs."""

import asyncio
import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from adapters.files import MB, Files, FileTooBig, Media, Source
from adapters.inbound import Address, Attachment
from adapters.kinds import image_type
from adapters.language import ENGLISH
from adapters.web.openai_shapes import ContentPart, Message, Refused
from adapters.web.port import Desk

LIMIT = 20 * MB
SOURCE = Source("request", LIMIT)
DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.=+-]+)*),", re.ASCII)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file out of a message; not saved yet."""

    name: str  # as claimed
    media_type: str
    content: bytes


def enclosed(message: Message) -> Iterator[Enclosed]:
    """Raises `Refused` for what cannot be given to an agent."""
    parts = message.content if isinstance(message.content, list) else []
    for place, part in enumerate(parts):
        match part:
            case ContentPart(type="text"):
                pass
            case ContentPart(type="image_url", image_url=image) if image:
                yield _image(image.url, place)
            case ContentPart(type="file", file=file) if file and file.file_data:
                media_type, content = _decoded(file.file_data)
                yield Enclosed(file.filename, media_type, content)
            case _:
                raise Refused(
                    f"A content part of type {part.type!r} cannot be given to the "
                    "agent: text, image_url and file with file_data can.",
                    param="messages",
                )


async def save(
    desk: Desk, conversation: int, files: Sequence[Enclosed], mark: str
) -> tuple[Attachment, ...]:
    """Into the conversation's inbox. *mark*: the same for the same message."""

    async def inbox(_: Address) -> Path:
        return await desk.inbox(conversation)

    held = {str(place): file.content for place, file in enumerate(files)}
    into = Files(inbox, _Held(held), source=SOURCE, sleep=asyncio.sleep)
    address = Address("web", str(conversation))
    saved = []
    for place, file in enumerate(files):
        media = Media(str(place), file.name, file.media_type, len(file.content))
        attachment = await into.save(media, address, f"{mark}-{place}", ENGLISH)
        if attachment.problem:
            raise Refused(attachment.problem, param="messages")
        saved.append(attachment)
    return tuple(saved)


@dataclass(frozen=True, slots=True)
class _Held:
    """Files that need no fetching: they came with the request."""

    contents: Mapping[str, bytes]

    async def download(self, file_id: str, target: Path, /, *, limit: int) -> int:
        content = self.contents[file_id]
        if len(content) > limit:
            raise FileTooBig("over the limit")
        return await asyncio.to_thread(target.write_bytes, content)


def _image(url: str, place: int) -> Enclosed:
    _, content = _decoded(url)
    kind = image_type(content)
    if not kind:
        words = "An image has to be a PNG, JPEG, GIF or WebP; this is none."
        raise Refused(words, param="messages")
    return Enclosed(f"image-{place}.{kind.partition('/')[2]}", kind, content)


def _decoded(url: str) -> tuple[str, bytes]:
    head = DATA_URL.match(url)
    if head is None:
        raise Refused(
            "Files and images have to come inside the request, as data: URLs: nothing "
            "is fetched from other servers.",
            param="messages",
        )
    data = url[head.end() :]
    if len(data) > LIMIT * 4 // 3 + 4:
        raise Refused(
            f"A file is too big: a request may bring at most {LIMIT // MB} MB.",
            status=413,
            param="messages",
        )
    media_type = head[1] or "text/plain"
    if not head[2].endswith(";base64"):
        return media_type, unquote_to_bytes(data)
    try:
        return media_type, base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("A data: URL is not base64.", param="messages") from error
