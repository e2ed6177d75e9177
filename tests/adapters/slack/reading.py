"""What Slack sent, as the bot reads it."""

from adapters.inbound import Edited, Inbound, Kept, Text
from adapters.slack.heard import Message
from adapters.slack.inbound import read
from tests.adapters.slack.incoming import ME, Known, name_of


def inbound(row: Kept) -> Inbound:
    what = read(row, ME, name_of).what
    if isinstance(what, Message):
        return what.inbound(Known(), ())
    assert isinstance(what, Inbound)
    return what


def text(row: Kept) -> str:
    body = inbound(row).body
    assert isinstance(body, Text | Edited)
    return body.text
