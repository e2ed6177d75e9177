"""Moments as elements: readable as they are; the page makes them local. Pure."""

from datetime import UTC, datetime

from babel.dates import format_date

from adapters.web.tags import Html, tag


def moment(at: float, language: str) -> Html:
    """When something was, epoch seconds."""
    when = datetime.fromtimestamp(at, UTC)
    words = f"{format_date(when, locale=language)} {when:%H:%M} UTC"
    return tag("time", words, datetime=when.isoformat(), class_="moment")


def ticking(since: float) -> Html:
    """How long something has been going on; the page counts."""
    when = datetime.fromtimestamp(since, UTC)
    words = when.strftime("%H:%M UTC")
    return tag("time", words, datetime=when.isoformat(), class_="ticking")
