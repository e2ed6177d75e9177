"""Markup from Python values: whatever is not `Html` is escaped. Pure."""

from collections.abc import Iterable
from html import escape

VOID = frozenset({"input", "link", "meta", "br", "hr", "img"})


class Html(str):
    """Markup that may stand in a page as it is."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | bool) -> Html:
    """An element. `class_` is *class*, `data_turn` is *data-turn*; False: left out."""
    opened = "".join(
        f" {_name(key)}" if value is True else f' {_name(key)}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not False
    )
    if name in VOID:
        return Html(f"<{name}{opened}>")
    return Html(f"<{name}{opened}>{together(content)}</{name}>")


def together(content: Iterable[str]) -> Html:
    return Html("".join(map(_escaped, content)))


def _escaped(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


NOTHING = Html("")
