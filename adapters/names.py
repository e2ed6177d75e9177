"""Names that strangers choose, made safe to show and to write to disk. Pure."""

import re
import unicodedata

NAME_LIMIT = 80  # bytes; with a message id before it, a file name stays under 100
SUFFIX_LIMIT = 16
#: Devices on Windows, whatever the extension; the disk may be shared with one.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def one_line(text: str) -> str:
    """Without line breaks, invisible characters, and what turns text around."""
    return " ".join("".join(map(_visible, text)).split())


def file_name(name: str) -> str:
    """A file name of at most 80 bytes that means nothing to a shell's or disk's rules.

    Whatever comes in, a name comes out. Its extension is kept, and proves nothing.
    """
    name = unicodedata.normalize("NFC", name).encode("utf-8", "replace").decode()
    name = re.sub(r'[/\\:*?"<>|]+', "_", one_line(name)).strip(". ")
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name) or "file"


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp" | "Zs":
            return " "
        case "Cf" | "Cs" | "Co":  # bidirectional overrides, zero-width, half pairs
            return ""
        case _:
            return character


def _shortened(name: str) -> str:
    if len(name.encode()) <= NAME_LIMIT:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > SUFFIX_LIMIT:
        stem, dot, suffix = name, "", ""
    room = NAME_LIMIT - len((dot + suffix).encode())
    # "ignore" drops a character that the cut went through
    return stem.encode()[:room].decode(errors="ignore").strip(". ") + dot + suffix
