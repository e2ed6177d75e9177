"""What the page says before any conversation: what to do, what is missing. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from adapters.language import say
from adapters.web import safe
from adapters.web.conversations import platform_name
from adapters.web.prose import prose
from adapters.web.tags import NOTHING, Html, tag
from adapters.web.values import Surface

_IDEAS = ("web-idea-folder", "web-idea-test", "web-idea-script")
#: Words that the demo agent knows, whatever the language.
_DEMO_IDEAS = ("tour", "question", "edit", "long", "install")


def welcome_html(
    agent: Mapping[str, str], surfaces: Sequence[Surface], language: str
) -> Html:
    if agent.get("demo"):
        known = list(_DEMO_IDEAS)
    else:
        known = [say(language, key) for key in _IDEAS]
    ideas = (
        tag("button", idea, type="button", class_="idea js", data_idea=idea)
        for idea in known
    )
    return safe.page(
        tag(
            "div",
            tag("h1", say(language, "web-welcome")),
            tag("p", say(language, "web-welcome-about")),
            tag("div", *ideas, class_="ideas"),
            _agent(agent, language),
            *_platforms(surfaces, language),
            class_="welcome",
        )
    )


def _agent(agent: Mapping[str, str], language: str) -> Html:
    if why := agent.get("demo"):
        about = say(language, "web-demo-about", why=why)
        return tag("section", *prose(about), class_="hint said")
    if agent.get("name"):
        return NOTHING
    return tag("section", say(language, "web-nobody"), class_="hint said")


def _platforms(surfaces: Sequence[Surface], language: str) -> Iterator[Html]:
    for surface in surfaces:
        if not _advice(surface):
            continue
        name = platform_name(surface.platform)
        key = "web-needs-a-look" if surface.on else "web-connect"
        state = say(language, key, platform=name)
        yield tag(
            "details",
            tag("summary", tag("span", class_=f"on {surface.platform}"), state),
            tag("div", *prose(_advice(surface), language=language), class_="said"),
            class_="hint",
        )


def _advice(surface: Surface) -> str:
    reason = surface.health.reason if surface.health else ""
    return "\n\n".join(filter(None, (reason, surface.advice)))
