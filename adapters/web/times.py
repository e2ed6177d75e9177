"""Moments as elements: readable as they are; the page makes them local. Pure."""

from datetime import UTC, datetime

from adapters.web.tags import Html, tag


def moment(at: float) -> Html:
    """When something was, epoch seconds."""
    when = datetime.fromtimestamp(at, UTC)
    words = when.strftime("%-d %b %Y, %H:%M UTC")
    return tag("time", words, datetime=when.isoformat(), class_="moment")


def ticking(since: float) -> Html:
    """How long something has been going on; the page counts."""
    when = datetime.fromtimestamp(since, UTC)
    words = when.strftime("since %H:%M UTC")
    return tag("time", words, datetime=when.isoformat(), class_="ticking")
