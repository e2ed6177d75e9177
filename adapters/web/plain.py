"""Pages for those who are not in yet: plain words, no script. Pure."""

from functools import partial

from starlette.datastructures import Headers

from adapters.language import ENGLISH, say
from adapters.web.assets import address
from adapters.web.tags import NOTHING, Html, tag, together

HTML = "text/html; charset=utf-8"


def page(title: str, words: str, language: str, *, go_to: str = "") -> bytes:
    """*words*: sentences, commands in backticks. *go_to*: where to go on at once."""
    on = tag("meta", http_equiv="refresh", content=f"0; url={go_to}")
    link = tag("p", tag("a", say(language, "web-enter-on"), href=go_to))
    main = (tag("h1", title), tag("p", with_code(words)), link if go_to else NOTHING)
    return document(
        title,
        tag("main", *main, class_="plain"),
        head=on if go_to else NOTHING,
        language=language,
    ).encode()


def document(
    title: str, body: Html, *, head: Html = NOTHING, language: str = ENGLISH
) -> Html:
    """A page without the chat round it."""
    heads = (
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        head,
        tag("title", f"{title} · Parley"),
        tag("link", rel="icon", href=address("icon.svg"), type="image/svg+xml"),
        tag("link", rel="stylesheet", href=address("look.css")),
        tag("link", rel="stylesheet", href=address("plain.css")),
    )
    html = tag("html", tag("head", *heads), tag("body", body), lang=language)
    return together([Html("<!doctype html>"), html])


def from_outside(headers: Headers) -> bool:
    """Whether somebody followed a link of another site: no SameSite=Strict cookie
    comes along then. It does when a page of ours goes on to where they wanted to.
    """
    navigates = headers.get("sec-fetch-mode", "") == "navigate"
    return navigates and headers.get("sec-fetch-site") == "cross-site"


def stranger(headers: Headers, url: str, language: str) -> bytes:
    words = partial(say, language)
    if from_outside(headers):
        return page("Parley", words("web-enter-moment"), language, go_to=url)
    return page(words("web-enter-stranger"), words("web-enter-how"), language)


def spent(language: str) -> bytes:
    words = partial(say, language)
    return page(words("web-enter-spent"), words("web-enter-once"), language)


def with_code(words: str) -> Html:
    """What is in backticks as code."""
    parts = enumerate(words.split("`"))
    return together(tag("code", part) if index % 2 else part for index, part in parts)
