"""Which language somebody reads: what they chose, else what their browser says."""

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection

from adapters.language import languages, nearest
from adapters.web.port import Desk

_MOST = 500  # characters of a header that are looked at


def accepted(header: str) -> str:
    """The language of ours that comes first in *Accept-Language*; "": none does."""
    weighed = sorted(_weighed(header[:_MOST]), key=lambda each: -each[0])
    plain = (tag.partition("-")[0].strip().lower() for _, tag in weighed)
    return next((tag for tag in plain if tag in languages()), "")


def heard(connection: HTTPConnection) -> str:
    return accepted(connection.headers.get("accept-language", ""))


#: What goes with all that somebody does over HTTP.
Tongue: TypeAlias = Annotated[str, Depends(heard)]


async def language_of(connection: HTTPConnection, desk: Desk) -> str:
    return nearest(await desk.language() or heard(connection))


def _weighed(header: str) -> Iterator[tuple[float, str]]:
    for each in header.split(","):
        tag, weighs, weight = each.partition(";q=")
        try:
            yield float(weight) if weighs else 1.0, tag
        except ValueError:
            continue
