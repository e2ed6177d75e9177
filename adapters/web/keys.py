"""Idempotency keys: what was asked twice is done once, and answered the same."""

from secrets import token_hex
from typing import Annotated, TypeAlias

from fastapi import Header

GivenKey: TypeAlias = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Send it again with the same key, and nothing is done twice: the "
        "answer is what it was. Without one, each request is another.",
    ),
]


def key(route: str, place: object, given: str | None) -> str:
    """The desk's key. *given* means nothing outside its route and *place*."""
    return f"{route}:{place}:{given or token_hex(16)}"
