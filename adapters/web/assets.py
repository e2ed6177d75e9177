"""Our style sheet and scripts, under an address that changes with their content."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi import HTTPException, Response

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


@cache
def _files() -> Mapping[str, bytes]:
    """All there is to serve; nothing else has a name here."""
    files = sorted(_FOLDER.iterdir())
    return {file.name: file.read_bytes() for file in files if file.suffix in _TYPES}


@cache
def _digest() -> str:
    """One for all: scripts import each other by names beside their own."""
    parts = (name.encode() + b"\0" + body for name, body in _files().items())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def address(name: str) -> str:
    return f"/static/{_digest()}/{name}"


async def serve(digest: str, name: str) -> Response:
    """A file of that very content; an old page gets none that does not fit it."""
    body = _files().get(name)
    if body is None or digest != _digest():
        raise HTTPException(404)
    media_type = _TYPES[Path(name).suffix]
    return Response(body, media_type=media_type, headers={"Cache-Control": _FOR_EVER})
