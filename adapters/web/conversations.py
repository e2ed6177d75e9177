"""The conversations as a list, and the head of the one that is looked at. Pure."""

from collections.abc import Sequence
from typing import assert_never

from adapters.phrases import joined, model_name
from adapters.scrub import one_line
from adapters.web import safe
from adapters.web.port import Activity, Card
from adapters.web.tags import NOTHING, Html, tag
from adapters.web.times import moment

LIST = "conversations"
HEAD = "head"
_TITLE = 120
_PREVIEW = 160
_PLATFORMS = {"telegram": "Telegram", "slack": "Slack", "web": "Web"}


def list_html(cards: Sequence[Card], current: int | None) -> Html:
    rows = (_row(card, current=card.id == current) for card in cards)
    return safe.page(tag("ol", *rows, id=LIST))


def head_html(card: Card) -> Html:
    settings = card.settings
    facts = joined(
        platform_name(card.platform),
        settings.project,
        model_name(one_line(settings.model, 60)),
    )
    title = tag("h1", _title(card), class_="title")
    told = tag("p", facts, class_="facts")
    state = tag("span", activity(card.activity), class_=f"activity {card.activity}")
    return safe.page(tag("div", title, told, state, id=HEAD, class_="about"))


def platform_name(platform: str) -> str:
    return _PLATFORMS.get(platform, platform.capitalize())


def activity(activity: Activity) -> str:
    match activity:
        case "idle":
            return ""
        case "queued":
            return "Queued"
        case "running":
            return "Working"
        case "waiting":
            return "Waiting for you"
        case _:
            assert_never(activity)


def _row(card: Card, *, current: bool) -> Html:
    state = activity(card.activity)
    preview = one_line(card.preview, _PREVIEW)
    link = tag(
        "a",
        tag("span", _title(card), class_="title"),
        tag("span", preview, class_="preview") if preview else NOTHING,
        tag(
            "span",
            tag("span", platform_name(card.platform), class_=f"on {card.platform}"),
            tag("span", state, class_=f"activity {card.activity}") if state else
            moment(card.updated_at),
            class_="below",
        ),
        href=f"/c/{card.id}",
        aria_current="page" if current else False,
    )  # fmt: skip
    return tag("li", link, id=f"c{card.id}")


def _title(card: Card) -> str:
    return one_line(card.title, _TITLE) or f"Conversation {card.id}"
