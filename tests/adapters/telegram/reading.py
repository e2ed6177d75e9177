"""Updates as the bot reads them."""

from typing import Any

from adapters.inbound import Kept
from adapters.telegram.inbound import Message, Read, read
from tests.adapters.telegram.incoming import parse_button, said


def understood(row: Kept) -> Read:
    return read(row, parse_button)


def heard(row: Kept) -> Message:
    what = understood(row)
    assert isinstance(what, Message)
    return what


def text_of(**fields: Any) -> str:
    return heard(said(7, **fields)).text
