"""What agents print, made fit for people: no terminal codes, no hidden tricks. Pure."""

import re

_ANSI = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\|$)"  # titles, hyperlinks
    r"|[ -/]*[0-~])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Overrides and isolates can make a command read as another (CVE-2021-42574).
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def scrub(text: str) -> str:
    """*text* without what no messenger shows, or shows as something it is not."""
    if text.isascii() and text.isprintable():
        return text
    text = _ANSI.sub("", text)
    text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    text = _SURROGATE.sub("\ufffd", _BIDI.sub("", text))
    return text.expandtabs(4)


def one_line(text: str, limit: int) -> str:
    """At most *limit* characters of *text*, all on one line."""
    line = " ".join(scrub(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
