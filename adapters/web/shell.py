"""The whole page around what is in it: list, head, composer, search. Pure.

Rule: it can be read without its scripts; what needs them is hidden until they run.
"""

from collections.abc import Mapping, Sequence

from adapters.web.assets import address
from adapters.web.port import Project
from adapters.web.tags import NOTHING, Html, tag, together

SCRIPT_NEEDED = "js"  # the class of what does nothing without the scripts


def document(title: str, *content: Html, **facts: str) -> Html:
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
    body = tag("body", *content, **facts)
    return together([Html("<!doctype html>"), tag("html", head, body, lang="en")])


def sidebar(conversations: Html, *, older: str, agent: Mapping[str, str]) -> Html:
    """*older*: where the next ones of the list are; "" if there are none."""
    brand = tag("a", tag("span", class_="mark"), "Parley", href="/", class_="brand")
    new = tag("a", tag("span", class_="i plus"), "New conversation", href="/", id="new")
    more = tag("a", "Older conversations", href=older, id="more-conversations")
    nav = tag(
        "nav", conversations, more if older else NOTHING, aria_label="Conversations"
    )
    name = " ".join(filter(None, (agent.get("name", ""), agent.get("version", ""))))
    demo = tag("span", "Demo", class_="chip") if agent.get("demo") else NOTHING
    foot = tag(
        "footer",
        tag("span", name or "No agent", class_="agent"),
        demo,
        _button("theme", "Change the colours", "i moon"),
    )
    close = tag(
        "a", tag("span", class_="i close"), href="#main", class_="icon drawer",
        aria_label="Close the list",
    )  # fmt: skip
    header = tag("header", brand, _button("find", "Search (Ctrl K)", "i search"), close)
    return tag("aside", header, new, nav, foot, id="side", aria_label="Parley")


def main(*content: Html, head: Html = NOTHING, actions: Html = NOTHING) -> Html:
    menu = tag(
        "a", tag("span", class_="i menu"), href="#side", class_="icon drawer",
        aria_label="Show the list",
    )  # fmt: skip
    skip = tag("p", id="state", role="status", class_="banner", hidden=True)
    top = tag("header", menu, head, actions, class_="top")
    said = tag("div", id="spoken", class_="unseen", aria_live="polite")
    return tag("main", top, skip, *content, said, id="main", tabindex="-1")


def delete_button(conversation: int) -> Html:
    return tag(
        "button", tag("span", class_="i bin"), type="button", class_="icon js",
        id="delete", aria_label="Delete this conversation",
        data_delete=f"/api/sessions/{conversation}",
    )  # fmt: skip


def composer(projects: Sequence[Project] = ()) -> Html:
    """*projects*: to choose from, where a new conversation begins."""
    choice = _project_choice(projects) if projects else NOTHING
    words = tag(
        "textarea", id="words", name="text", rows="1", placeholder="Write a message",
        aria_label="Message", enterkeyhint="send",
    )  # fmt: skip
    attach = tag(
        "label",
        tag("span", class_="i clip"),
        tag("input", type="file", multiple=True, id="files", aria_label="Add files"),
        class_="icon attach",
        title="Add files",
    )
    stop = tag(
        "button", tag("span", class_="i stop"), type="button", id="stop", hidden=True,
        aria_label="Stop", class_="icon round",
    )  # fmt: skip
    send = tag(
        "button", tag("span", class_="i send"), type="submit", id="send",
        aria_label="Send", class_="icon round accent",
    )  # fmt: skip
    row = tag("div", attach, words, stop, send, class_="row")
    keys = "Enter sends · Shift + Enter for a new line"
    return tag(
        "form",
        tag("ul", id="attached", class_="files", aria_label="Files to send"),
        row,
        tag("div", choice, tag("span", keys, class_="keys"), class_="under"),
        id="composer",
        class_=SCRIPT_NEEDED,
    )


def search() -> Html:
    field = tag(
        "input", type="search", id="query", placeholder="Search in all conversations",
        aria_label="Search", autocomplete="off",
    )  # fmt: skip
    close = _button("close-search", "Close", "i close")
    results = tag("ol", id="found", aria_label="Found")
    none = tag("p", id="none", role="status")
    return tag(
        "dialog", tag("div", field, close, class_="row"), none, results, id="search",
        aria_label="Search",
    )  # fmt: skip


def confirm() -> Html:
    """Asks before something goes for good."""
    return tag(
        "dialog",
        tag("h2", "Delete this conversation?", id="confirm-title"),
        tag("p", "Its history goes, and the folder that is its own. "
                 "A project's files stay."),
        tag(
            "form",
            tag("button", "Keep it", value="", class_="option"),
            tag("button", "Delete", value="yes", class_="option danger"),
            method="dialog", class_="options",
        ),
        id="confirm",
        aria_labelledby="confirm-title",
    )  # fmt: skip


def _project_choice(projects: Sequence[Project]) -> Html:
    none = tag("option", "a folder of its own", value="")
    named = (tag("option", one.name, value=one.name) for one in projects)
    select = tag("select", none, *named, id="project", name="project")
    return tag("label", "Works in ", select, class_="project")


def _button(id_: str, label: str, icon: str) -> Html:
    return tag(
        "button", tag("span", class_=icon), type="button", id=id_, title=label,
        aria_label=label, class_=f"icon {SCRIPT_NEEDED}",
    )  # fmt: skip
