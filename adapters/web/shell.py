"""The whole page around what is in it: list, head, composer, search. Pure.

Rule: it can be read without its scripts; what needs them is hidden until they run.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from adapters.language import languages, say
from adapters.web.assets import address
from adapters.web.tags import NOTHING, Html, tag, together
from adapters.web.values import Project
from adapters.web.words import for_scripts

SCRIPT_NEEDED = "js"  # the class of what does nothing without the scripts


def document(title: str, *content: Html, language: str, **facts: str) -> Html:
    """*facts* are what the scripts need to know, on the body."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{title} · Parley" if title else "Parley"),
        tag("link", rel="icon", href=address("icon.svg"), type="image/svg+xml"),
        *(
            tag("link", rel="stylesheet", href=address(f"{name}.css"))
            for name in ("look", "layout", "turns", "cards", "code", "icons")
        ),
        tag("script", src=address("theme.js")),
        tag("script", src=address("page.js"), type="module"),
    )
    body = tag("body", *content, **facts, data_words=for_scripts(language))
    html = tag("html", head, body, lang=language)
    return together([Html("<!doctype html>"), html])


def sidebar(
    conversations: Html, *, older: str, agent: Mapping[str, str], language: str
) -> Html:
    """*older*: where the next ones of the list are; "" if there are none."""
    words = partial(say, language)
    brand = tag("a", tag("span", class_="mark"), "Parley", href="/", class_="brand")
    new = tag("a", tag("span", class_="i plus"), words("web-new"), href="/", id="new")
    more = tag("a", words("web-older"), href=older, id="more-conversations")
    label = words("web-conversations")
    nav = tag("nav", conversations, more if older else NOTHING, aria_label=label)
    name = " ".join(filter(None, (agent.get("name", ""), agent.get("version", ""))))
    demo = tag("span", words("web-demo"), class_="chip")
    foot = tag(
        "footer",
        tag("span", name or words("web-no-agent"), class_="agent"),
        demo if agent.get("demo") else NOTHING,
        _languages(language),
        _button("theme", words("web-theme"), "i moon"),
    )
    close = tag(
        "a", tag("span", class_="i close"), href="#main", class_="icon drawer",
        aria_label=words("web-close-list"),
    )  # fmt: skip
    find = _button("find", words("web-find"), "i search")
    header = tag("header", brand, find, close)
    return tag("aside", header, new, nav, foot, id="side", aria_label="Parley")


def _languages(language: str) -> Html:
    names = (
        tag("option", say(each, "language-name"), value=each, lang=each,
            selected=each == language)
        for each in languages()
    )  # fmt: skip
    label = say(language, "web-language")
    return tag("select", *names, id="language", aria_label=label, class_=SCRIPT_NEEDED)


def main(
    *content: Html, language: str, head: Html = NOTHING, actions: Html = NOTHING
) -> Html:
    menu = tag(
        "a", tag("span", class_="i menu"), href="#side", class_="icon drawer",
        aria_label=say(language, "web-show-list"),
    )  # fmt: skip
    skip = tag("p", id="state", role="status", class_="banner", hidden=True)
    top = tag("header", menu, head, actions, class_="top")
    said = tag("div", id="spoken", class_="unseen", aria_live="polite")
    return tag(
        "main", top, skip, *content, said, id="main", tabindex="-1",
        data_drop=say(language, "web-drop"),
    )  # fmt: skip


def delete_button(conversation: int, language: str) -> Html:
    return tag(
        "button", tag("span", class_="i bin"), type="button", class_="icon js",
        id="delete", aria_label=say(language, "web-delete"),
        data_delete=f"/api/sessions/{conversation}",
    )  # fmt: skip


def composer(language: str, projects: Sequence[Project] = ()) -> Html:
    """*projects*: to choose from, where a new conversation begins."""
    choice = _project_choice(projects, language) if projects else NOTHING
    add = say(language, "web-add-files")
    words = tag(
        "textarea", id="words", name="text", rows="1",
        placeholder=say(language, "web-write"), aria_label=say(language, "web-message"),
        enterkeyhint="send", aria_autocomplete="list", aria_controls="palette",
    )  # fmt: skip
    attach = tag(
        "label",
        tag("span", class_="i clip"),
        tag("input", type="file", multiple=True, id="files", aria_label=add),
        class_="icon attach",
        title=add,
    )
    stop = tag(
        "button", tag("span", class_="i stop"), type="button", id="stop", hidden=True,
        aria_label=say(language, "web-stop"), class_="icon round",
    )  # fmt: skip
    send = tag(
        "button", tag("span", class_="i send"), type="submit", id="send",
        aria_label=say(language, "web-send"), class_="icon round accent",
    )  # fmt: skip
    row = tag("div", attach, words, stop, send, class_="row")
    keys = say(language, "web-keys")
    attached = say(language, "web-files-to-send")
    commands = say(language, "web-commands")
    return tag(
        "form",
        tag("ul", id="palette", role="listbox", aria_label=commands, hidden=True),
        tag("ul", id="attached", class_="files", aria_label=attached),
        row,
        tag("div", choice, tag("span", keys, class_="keys"), class_="under"),
        id="composer",
        class_=SCRIPT_NEEDED,
    )


def search(language: str) -> Html:
    """Finds commands, and places in the history."""
    words = partial(say, language)
    field = tag(
        "input", type="search", id="query", placeholder=words("web-search-in"),
        aria_label=words("web-search"), autocomplete="off",
    )  # fmt: skip
    close = _button("close-search", words("web-close"), "i close")
    offers = tag("ol", id="offers", aria_label=words("web-commands"))
    results = tag("ol", id="found", aria_label=words("web-found"))
    none = tag("p", id="none", role="status")
    return tag(
        "dialog", tag("div", field, close, class_="row"), none,
        tag("div", offers, results, class_="places"),
        id="search", aria_label=words("web-search"),
    )  # fmt: skip


def confirm(language: str) -> Html:
    """Asks before something goes for good."""
    words = partial(say, language)
    return tag(
        "dialog",
        tag("h2", words("web-delete-title"), id="confirm-title"),
        tag("p", words("web-delete-means")),
        tag(
            "form",
            tag("button", words("web-keep"), value="", class_="option"),
            tag("button", words("web-delete-yes"), value="yes", class_="option danger"),
            method="dialog", class_="options",
        ),
        id="confirm",
        aria_labelledby="confirm-title",
    )  # fmt: skip


def _project_choice(projects: Sequence[Project], language: str) -> Html:
    none = tag("option", say(language, "web-own-folder"), value="")
    named = (tag("option", one.name, value=one.name) for one in projects)
    select = tag("select", none, *named, id="project", name="project")
    return tag("label", say(language, "web-works-in"), " ", select, class_="project")


def _button(id_: str, label: str, icon: str) -> Html:
    return tag(
        "button", tag("span", class_=icon), type="button", id=id_, title=label,
        aria_label=label, class_=f"icon {SCRIPT_NEEDED}",
    )  # fmt: skip
