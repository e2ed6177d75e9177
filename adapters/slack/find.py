"""Finds a message of ours that was sent, while nobody was told whether it arrived."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog

from adapters.inbound import Address, MessageRef
from adapters.slack.api import Me
from adapters.slack.errors import Refused
from adapters.slack.message import Piece
from adapters.slack.page import Calls, Page
from adapters.slack.sheet import FILE_REF, Sheet, data_of
from adapters.views import TurnView, View

log = structlog.get_logger()

PER_PAGE = 200


async def find(
    api: Calls, me: Me, page: Page, view: View, part: str, *, file: Piece | None = None
) -> MessageRef | None:
    """The ref of that part of *view*; None if it is not there.

    *file*: the piece whose file the part is, if it is one.
    """
    after = view.reply_to or MessageRef(page.address.thread)
    wanted = page.metadata(part)["event_payload"]
    stream = None
    try:
        async for message in _messages(api, page.address, after):
            if not _ours(message, me):
                continue
            if file:
                if _holds(message, file):
                    return FILE_REF
            elif _payload(message) == wanted:
                return MessageRef(message["ts"])
            elif _may_be_stream(message, after, page.sheet):
                stream = MessageRef(message["ts"])
    except Refused as refusal:
        log.warning("slack.cannot_look", reason=str(refusal))
    return stream if isinstance(view, TurnView) else None


async def _messages(
    api: Calls, address: Address, after: str
) -> AsyncIterator[Mapping[str, Any]]:
    method = "conversations.replies" if address.thread else "conversations.history"
    cursor = None
    while True:
        answer = await api.call(
            method,
            channel=address.chat,
            ts=address.thread or None,
            oldest=after or None,
            inclusive=False,
            include_all_metadata=True,
            limit=PER_PAGE,
            cursor=cursor,
        )
        for message in answer["messages"]:
            yield message
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _ours(message: Mapping[str, Any], me: Me) -> bool:
    return message.get("user") == me.user_id or message.get("bot_id") == me.bot_id


def _payload(message: Mapping[str, Any]) -> Any:
    return (message.get("metadata") or {}).get("event_payload")


def _holds(message: Mapping[str, Any], piece: Piece) -> bool:
    """Files of other turns have the same name, but hardly the same length."""
    length = len(data_of(piece))
    return any(
        piece.rest_name in {file.get("name"), file.get("title")}
        and file.get("size", length) == length
        for file in message.get("files") or ()
    )


def _may_be_stream(message: Mapping[str, Any], after: str, sheet: Sheet) -> bool:
    """Until it ends, a stream carries nothing by which it could be told."""
    known = {shown.ref for shown in sheet.shown.values()}
    bare = not message.get("metadata") and not message.get("files")
    return bare and float(message["ts"]) > float(after) and message["ts"] not in known
