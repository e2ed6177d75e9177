"""What Telegram accepts as a file, and how it shows it."""

import struct
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from tests.telegram_server_rules import Refused, bad
from tests.telegram_server_world import World

Uploads: TypeAlias = Mapping[str, tuple[str, bytes]]  # parameter → file name, data

UPLOAD_LIMIT = 50 << 20
PHOTO_LIMIT = 10 << 20


def upload(uploads: Uploads, name: str, limit: int) -> tuple[str, bytes]:
    """The file's name and its bytes."""
    if name not in uploads:
        raise bad(f"there is no {name} in the request")
    file_name, data = uploads[name]
    if not data:
        raise bad("file must be non-empty")
    if len(data) > limit:
        raise Refused("Request Entity Too Large", 413, fault=True)
    return file_name, data


def attached(media: Mapping[str, Any], uploads: Uploads) -> tuple[str, str, bytes]:
    """Kind, name and bytes of an `InputMedia` that is uploaded with its request."""
    kind, where = media["type"], str(media["media"])
    if kind not in {"photo", "document"} or not where.startswith("attach://"):
        raise bad(f"{kind} {where} is not modelled by the fake: teach it")
    name = where.removeprefix("attach://")
    if uploads.keys() != {name}:
        raise bad(f"{where} and the uploads {sorted(uploads)} do not match")
    limit = PHOTO_LIMIT if kind == "photo" else UPLOAD_LIMIT
    return kind, *upload(uploads, name, limit)


def document(world: World, name: str, data: bytes) -> dict[str, Any]:
    """As Telegram shows it."""
    file_id = world.store_file(name, data)
    file = {"file_id": file_id, "file_unique_id": "unique", "file_size": len(data)}
    return {"document": {**file, "file_name": name}}


def photo(world: World, name: str, data: bytes) -> dict[str, Any]:
    """As Telegram shows it. Only PNG and JPEG are known here."""
    width, height = next(_sizes(data), (0, 0))
    if not width or not height:
        raise bad("IMAGE_PROCESS_FAILED")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    file_id = world.store_file(name, data)
    file = {"file_id": file_id, "file_unique_id": "unique", "file_size": len(data)}
    return {"photo": [{**file, "width": width, "height": height}]}


def _sizes(data: bytes) -> Iterator[tuple[int, int]]:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 24:
        yield struct.unpack(">II", data[16:24])
    for marker in (b"\xff\xc0", b"\xff\xc2") * data.startswith(b"\xff\xd8\xff"):
        if (at := data.find(marker)) > 0:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            yield width, height
