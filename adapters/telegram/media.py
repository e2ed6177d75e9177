"""Which file a message carries, as Telegram describes it. Pure.

Rule: nothing in here is to be trusted; names and types are what the sender claims.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from adapters.files import Media

Raw: TypeAlias = Mapping[str, Any]  # a JSON object of the Bot API


#: Where a file can be, with the name and type it has if none is given. Order matters:
#: a GIF comes as an animation and, for old clients, as a document as well.
KINDS = (
    ("animation", "animation.mp4", "video/mp4"),
    ("document", "file", "application/octet-stream"),
    ("audio", "audio.mp3", "audio/mpeg"),
    ("video", "video.mp4", "video/mp4"),
    ("video_note", "video-note.mp4", "video/mp4"),
    ("voice", "voice.ogg", "audio/ogg"),
)


#: What a voice note or a song may be instead of what its kind mostly is.
SUFFIXES = {
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
}


def media_of(message: Raw) -> Media | None:
    """The file of a message; None if it has none. Raises if it makes no sense."""
    for kind, name, media_type in KINDS:
        if kind in message:
            return _described(message[kind], name, media_type)
    if sticker := message.get("sticker"):
        return _sticker(sticker)
    photo = message.get("photo") or message.get("live_photo", {}).get("photo")
    if photo:  # sizes of one picture, the largest last
        return _described(photo[-1], "photo.jpg", "image/jpeg")
    return None


def _sticker(sticker: Raw) -> Media:
    if sticker.get("is_animated"):
        return _described(sticker, "sticker.tgs", "application/x-tgsticker")
    if sticker.get("is_video"):
        return _described(sticker, "sticker.webm", "video/webm")
    return _described(sticker, "sticker.webp", "image/webp")


def _described(file: Raw, name: str, media_type: str) -> Media:
    claimed = str(file.get("mime_type") or media_type)
    suffix = SUFFIXES.get(claimed)
    if suffix and media_type in SUFFIXES:
        name = name.rpartition(".")[0] + suffix
    return Media(
        str(file["file_id"]),
        str(file.get("file_name") or name),
        claimed,
        int(file.get("file_size") or 0),
    )
