import struct

import pytest

from adapters.pictures import dimensions

JPEG = (
    b"\xff\xd8"
    b"\xff\xe1\x00\x08Exif\0\0"
    b"\xff\xff\xdb\x00\x04\0\0"
    b"\xff\xc2\x00\x0b\x08\x00\x78\x00\xa0\x01\x01\x11\x00"
)


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 160, 120),
        JPEG,
        b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\xa0\x00\x78\x00",
        b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 159 | 119 << 14),
        b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x9f\0\0\x77\0\0",
    ],
    ids=["png", "jpeg", "webp", "lossless webp", "extended webp"],
)
def test_the_size_is_read_from_the_first_bytes_and_from_no_fewer(head: bytes) -> None:
    assert dimensions(head) == (160, 120)
    assert all(dimensions(head[:cut]) is None for cut in range(len(head) - 5))


def test_what_is_no_picture_has_no_size() -> None:
    for head in (b"", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8\0\0", b"RIFF", b"%PDF"):
        assert dimensions(head) is None
