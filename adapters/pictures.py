"""How large a picture is, read from its first bytes. Pure."""

import struct
from collections.abc import Callable

HEAD = 1 << 19  # bytes: what cameras write before the size fits into that

Size = tuple[int, int]  # width and height in pixels


def dimensions(head: bytes) -> Size | None:
    """Of a PNG, JPEG or WebP; None if it is none of them, or broken."""
    readers: tuple[tuple[bytes, Callable[[bytes], Size | None]], ...] = (
        (b"\x89PNG\r\n\x1a\n", _png),
        (b"\xff\xd8", _jpeg),
        (b"RIFF", _webp),
    )
    try:
        for magic, read in readers:
            if head.startswith(magic):
                return read(head)
    except (struct.error, IndexError):
        pass  # it ends too early
    return None


def _png(head: bytes) -> Size | None:
    if head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", head, 16)
    return width, height


def _jpeg(head: bytes) -> Size | None:
    at = 2
    while head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        (length,) = struct.unpack_from(">H", head, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 2 + length
    return None


def _webp(head: bytes) -> Size | None:
    match head[8:16]:
        case b"WEBPVP8 ":
            width, height = struct.unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"WEBPVP8L":
            (bits,) = struct.unpack_from("<I", head, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"WEBPVP8X":
            return _three(head, 24) + 1, _three(head, 27) + 1
        case _:
            return None


def _three(head: bytes, at: int) -> int:
    return head[at] | head[at + 1] << 8 | head[at + 2] << 16
