"""Code as coloured markup: Pygments' classes, and lines where it is a diff. Pure."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from adapters.web.tags import Html, tag, together

_MOST = 30_000  # characters that are coloured; more would hold others up
_FORM = HtmlFormatter(nowrap=True, classprefix="h-")
_HUNK = re.compile(r"^@@ .*@@", re.MULTILINE)
_CLASSES = {"+": "added", "-": "removed", "@": "hunk"}


def code_block(text: str, language: str = "", *, copy_label: str) -> Html:
    """A block with its language and a button that copies it."""
    text = text.removesuffix("\n")
    copy = tag("button", copy_label, class_="copy", type="button")
    head = tag("div", tag("span", language or "text"), copy, class_="code-head")
    # It scrolls sideways: the keyboard has to reach it.
    body = tag("pre", tag("code", coloured(text, language)), tabindex="0")
    return tag("div", head, body, class_="code")


def coloured(text: str, language: str) -> Html:
    if language in {"diff", "patch", "udiff"}:
        return diff(text)
    lexer = _lexer(language) if len(text) <= _MOST else None
    if lexer is None:
        return together([text])
    return Html(highlight(text, lexer, _FORM).removesuffix("\n"))


def is_diff(text: str) -> bool:
    return _HUNK.search(text) is not None


def diff(text: str) -> Html:
    """Each line by what becomes of it; the signs stay, for who sees no colours."""
    return together(_lines(text))


def _lines(text: str) -> Iterator[Html]:
    for line in text.split("\n"):
        header = line.startswith(("+++", "---"))
        kind = "hunk" if header else _CLASSES.get(line[:1], "same")
        yield tag("span", f"{line}\n", class_=f"line {kind}")


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except (ClassNotFound, ValueError):
        return None
