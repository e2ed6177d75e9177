"""A file that was sent to people: a picture, or a card to fetch it by. Pure."""

from adapters.kinds import IMAGES
from adapters.language import say
from adapters.scrub import one_line
from adapters.views import FileView
from adapters.web.sizes import size
from adapters.web.tags import NOTHING, Html, tag

_NAME = 120
_CAPTION = 1000


def address(conversation: int, file: FileView) -> str:
    return f"/api/sessions/{conversation}/files/{file.id}"


def is_picture(file: FileView) -> bool:
    return file.media_type in IMAGES


def sent_html(conversation: int, file: FileView, language: str) -> Html:
    url = address(conversation, file)
    caption = one_line(file.caption, _CAPTION)
    draw = _picture if is_picture(file) else _card
    words = tag("figcaption", caption) if caption else NOTHING
    return tag("figure", draw(url, file, language), words, id=file.id, class_="sent")


def _picture(url: str, file: FileView, language: str) -> Html:
    name = one_line(file.name, _NAME)
    return tag(
        "a",
        tag("img", src=url, alt=one_line(file.caption, _NAME) or name, loading="lazy"),
        href=url, target="_blank", class_="picture",
        aria_label=say(language, "web-open", name=name),
    )  # fmt: skip


def _card(url: str, file: FileView, language: str) -> Html:
    name = one_line(file.name, _NAME)
    return tag(
        "a",
        tag("span", class_="i file"),
        tag("span", name, class_="title"),
        tag("small", size(file.size)),
        href=url, class_="file",
        aria_label=say(language, "web-download", name=name),
    )  # fmt: skip
