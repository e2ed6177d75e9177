"""What the page says before any conversation: what to do, what is missing. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.web import safe
from adapters.web.conversations import platform_name
from adapters.web.port import Surface
from adapters.web.prose import prose
from adapters.web.tags import NOTHING, Html, tag

_DEMO = """\
This is a **demo agent**: it shows what Parley does, and does no work. It knows a few \
words, those above among them.

{why} Start Parley again to get the real one.
"""
_NONE = (
    "No coding agent was found. Install Claude Code, log in, and start Parley again."
)
_IDEAS = (
    "What is in this folder?",
    "Find the slowest test and say why it is slow",
    "Write a script that renames photos by their date",
)
_DEMO_IDEAS = ("tour", "question", "edit", "long", "install")


def welcome_html(agent: Mapping[str, str], surfaces: Sequence[Surface]) -> Html:
    about = tag(
        "p",
        "Write to your coding agent as to a colleague at the keyboard. It works on "
        "your machine, shows each step, and asks before it does what you may not want.",
    )
    ideas = (
        tag("button", idea, type="button", class_="idea js", data_idea=idea)
        for idea in (_DEMO_IDEAS if agent.get("demo") else _IDEAS)
    )
    return safe.page(
        tag(
            "div",
            tag("h1", "What shall we do?"),
            about,
            tag("div", *ideas, class_="ideas"),
            _agent(agent),
            *_platforms(surfaces),
            class_="welcome",
        )
    )


def _agent(agent: Mapping[str, str]) -> Html:
    if why := agent.get("demo"):
        return tag("section", *prose(_DEMO.format(why=why)), class_="hint said")
    return NOTHING if agent.get("name") else tag("section", _NONE, class_="hint said")


def _platforms(surfaces: Sequence[Surface]) -> Iterator[Html]:
    for surface in surfaces:
        reason = surface.health.reason if surface.health else ""
        if not surface.advice and not reason:
            continue
        name = platform_name(surface.platform)
        state = f"{name} needs a look" if surface.on else f"Connect {name}"
        yield tag(
            "details",
            tag("summary", tag("span", class_=f"on {surface.platform}"), state),
            tag("div", *prose("\n\n".join(filter(None, (reason, surface.advice)))),
                class_="said"),
            class_="hint",
        )  # fmt: skip
