"""What the scripts of the page say, as data on it. Pure."""

import json
from functools import cache

from adapters.language import say

#: Ends of keys `web-js-…`, and what is put into each by the page.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "copy": (),
    "copied": (),
    "offline": (),
    "lost": (),
    "signed-out": (),
    "error": ("status",),
    "sending": (),
    "not-sent": ("why",),
    "again": (),
    "take-back": (),
    "upload": ("name",),
    "remove": ("name",),
    "connection": (),
    "removed": (),
    "not-uploaded": (),
    "not-searched": (),
    "nothing-found": (),
    "not-loaded": (),
    "seconds": ("seconds",),
    "minutes": ("minutes", "seconds"),
    "hours": ("hours", "minutes"),
}


@cache
def for_scripts(language: str) -> str:
    """By key, as JSON; `{name}` stands for what the page puts in."""
    words = {
        key: say(language, f"web-js-{key}", **{name: f"{{{name}}}" for name in names})
        for key, names in SCRIPTS.items()
    }
    return json.dumps(words, ensure_ascii=False)
