"""The conversations as a list, and the head of the one that is looked at. Pure."""

from collections.abc import Sequence

from adapters.language import say
from adapters.phrases import joined, model_name
from adapters.scrub import one_line
from adapters.web import safe
from adapters.web.tags import NOTHING, Html, tag
from adapters.web.times import moment
from adapters.web.values import Card

LIST = "conversations"
HEAD = "head"
_TITLE = 120
_PREVIEW = 160
_PLATFORMS = {"telegram": "Telegram", "slack": "Slack", "web": "Web"}


def list_html(cards: Sequence[Card], current: int | None, language: str) -> Html:
    rows = (_row(card, language, current=card.id == current) for card in cards)
    return safe.page(tag("ol", *rows, id=LIST))


def head_html(card: Card, language: str) -> Html:
    settings = card.settings
    places = dict.fromkeys((card.platform, *card.also_on))
    branch = one_line(card.branch, 80)
    facts = joined(
        " + ".join(map(platform_name, places)),
        settings.project,
        say(language, "web-branch", name=branch) if branch else "",
        model_name(one_line(settings.model, 60)),
    )
    title = tag("h1", title_of(card, language), class_="title")
    told = tag("p", facts, class_="facts")
    state = tag("span", _doing(card, language), class_=f"activity {card.activity}")
    return safe.page(tag("div", title, told, state, id=HEAD, class_="about"))


def platform_name(platform: str) -> str:
    return _PLATFORMS.get(platform, platform.capitalize())


def title_of(card: Card, language: str) -> str:
    return one_line(card.title, _TITLE) or say(language, "web-unnamed")


def _doing(card: Card, language: str) -> str:
    if card.activity == "idle":
        return ""
    return say(language, f"web-doing-{card.activity}")


def _row(card: Card, language: str, *, current: bool) -> Html:
    state = _doing(card, language)
    preview = one_line(card.preview, _PREVIEW)
    link = tag(
        "a",
        tag("span", title_of(card, language), class_="title"),
        tag("span", preview, class_="preview") if preview else NOTHING,
        tag(
            "span",
            tag("span", platform_name(card.platform), class_=f"on {card.platform}"),
            tag("span", state, class_=f"activity {card.activity}") if state else
            moment(card.updated_at, language),
            class_="below",
        ),
        href=f"/c/{card.id}",
        aria_current="page" if current else False,
    )  # fmt: skip
    return tag("li", link, id=f"c{card.id}")
