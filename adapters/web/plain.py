"""Pages for those who are not in yet: plain words, no script. Pure."""

from starlette.datastructures import Headers

from adapters.web.assets import address
from adapters.web.tags import NOTHING, Html, tag, together

HTML = "text/html; charset=utf-8"
NEW_LINK = (
    "To get a new link, run `parley link` on the machine that Parley runs on, or start "
    "Parley again: it prints one."
)


def page(title: str, words: str, *, go_to: str = "") -> bytes:
    """*words*: sentences, commands in backticks. *go_to*: where to go on at once."""
    on = tag("meta", http_equiv="refresh", content=f"0; url={go_to}")
    link = tag("p", tag("a", "Go on", href=go_to))
    main = (tag("h1", title), tag("p", with_code(words)), link if go_to else NOTHING)
    return document(
        title, tag("main", *main, class_="plain"), head=on if go_to else NOTHING
    ).encode()


def document(title: str, body: Html, *, head: Html = NOTHING) -> Html:
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
    html = tag("html", tag("head", *heads), tag("body", body), lang="en")
    return together([Html("<!doctype html>"), html])


def from_outside(headers: Headers) -> bool:
    """Whether somebody followed a link of another site: no SameSite=Strict cookie
    comes along then. It does when a page of ours goes on to where they wanted to.
    """
    navigates = headers.get("sec-fetch-mode", "") == "navigate"
    return navigates and headers.get("sec-fetch-site") == "cross-site"


def stranger(headers: Headers, url: str) -> bytes:
    if from_outside(headers):
        return page("Parley", "One moment.", go_to=url)
    return page(
        "You are not signed in", f"Open the link that Parley printed. {NEW_LINK}"
    )


def spent() -> bytes:
    return page(
        "This link does not work any more",
        f"A link works once, for 15 minutes. {NEW_LINK}",
    )


def with_code(words: str) -> Html:
    """What is in backticks as code."""
    parts = enumerate(words.split("`"))
    return together(tag("code", part) if index % 2 else part for index, part in parts)
