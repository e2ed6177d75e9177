"""What kind of file something is. Of images, only the bytes are believed."""

import re
from mimetypes import guess_type
from pathlib import Path

#: What these begin with. An agent shows images to its model, which refuses impostors.
IMAGES = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
UNKNOWN = "application/octet-stream"
_HEAD = 16  # bytes, enough for each of them


def image_type(content: bytes) -> str:
    """By how it begins; "": it is no image."""
    begins = (kind for kind, magic in IMAGES.items() if magic.match(content))
    return next(begins, "")


def media_type(path: Path, claimed: str = "") -> str:
    """*claimed*: what somebody said; "": what its name says."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    said = claimed or guess_type(path.name)[0] or UNKNOWN
    return image_type(head) or (UNKNOWN if said in IMAGES else said)
