"""Rows of the store as the web surface lists them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from adapters.inbound import MessageRef
from adapters.scrub import one_line
from adapters.views import FileView, QuestionView, Said, TurnStatus, TurnView, View
from adapters.web.port import OWNER
from adapters.web.values import Activity, Card, Entry, Found, Settings
from bot.codec import ASKED, TURN_VIEW, Asked
from bot.screens import platform_name, turn_view_id
from store.records import (
    AddressRecord,
    CardRecord,
    FoundRecord,
    TurnRecord,
    TurnState,
)

STATUSES = {
    TurnState.QUEUED: TurnStatus.QUEUED,
    TurnState.SUBMITTED: TurnStatus.RUNNING,
    TurnState.CONSUMED: TurnStatus.RUNNING,
    TurnState.JOINED: TurnStatus.DONE,
    TurnState.ANSWERED: TurnStatus.DONE,
    TurnState.DELIVERED: TurnStatus.DONE,
    TurnState.FAILED: TurnStatus.FAILED,
    TurnState.CANCELLED: TurnStatus.CANCELLED,
}

WEB = "web"
_TITLE = 60  # characters
_PREVIEW = 120
_AROUND = 80  # on either side of a word that was found
_MARKUP = re.compile(r"^```.*$|[`*]+|^#{1,6} +|^> ?", re.MULTILINE)


def card_of(
    record: CardRecord,
    settings: Settings,
    activity: Activity,
    *,
    homes: Sequence[AddressRecord] = (),
    parked_until: float | None = None,
) -> Card:
    """*homes*: all its addresses, if there are several."""
    return Card(
        id=record.conversation.id,
        title=settings.name or one_line(record.first_prompt, _TITLE),
        platform=record.home.platform,
        activity=activity,
        updated_at=record.changed_at,
        preview=one_line(_MARKUP.sub("", record.newest_answer), _PREVIEW),
        settings=settings,
        session_id=record.conversation.session_id,
        created_at=record.conversation.created_at,
        branch=record.conversation.branch,
        also_on=tuple(one.platform for one in homes if one != record.home),
        parked_until=parked_until,
    )


def entry_of(
    record: TurnRecord,
    shown: View | None,
    *,
    home: str,
    questions: Sequence[QuestionView],
    sent: Sequence[FileView],
) -> Entry:
    """*shown*: the newest view, if it is open; what is final is in the row.

    *home*: the platform that its conversation was begun on.
    """
    asked = ASKED.load(record.prompt)
    if record.state.final or not isinstance(shown, TurnView):
        shown = TURN_VIEW.load(record.view) if record.view else _rebuilt(record)
    return Entry(
        view=replace(shown, prompt=asked.text),
        asked_by=_who(record, asked, home),
        yours=record.origin == WEB and asked.sender_id == OWNER,
        asked_at=record.queued_at,
        files=asked.files,
        sent=tuple(sent),
        questions=tuple(questions),
        answer=record.answer or "",
        structured=record.structured or "",
        tokens=record.tokens,
        limited=shown.limited,
    )


def _who(record: TurnRecord, asked: Asked, home: str) -> str:
    name = asked.sender_name
    elsewhere = record.origin not in ("", WEB, home)
    return f"{name} ({platform_name(record.origin)})" if elsewhere else name


def found_of(record: FoundRecord, words: Sequence[str], title: str) -> Found:
    return Found(
        conversation=record.conversation_id,
        turn=turn_view_id(record.turn_id),
        title=title,
        excerpt=_excerpt(record, words),
        at=record.queued_at,
    )


def _rebuilt(record: TurnRecord) -> TurnView:
    """As much of a view as the row still tells."""
    return TurnView(
        id=turn_view_id(record.id),
        status=STATUSES[record.state],
        parts=(Said(record.answer),) if record.answer else (),
        reply_to=MessageRef(record.reply_to) if record.reply_to else None,
        for_id=record.for_id,
        started_at=record.submitted_at,
        ended_at=record.finished_at,
        cost_usd=record.cost_usd,
    )


def _excerpt(record: FoundRecord, words: Sequence[str]) -> str:
    """Around the first of the words; of the answer, if it has any."""
    places = (
        (text, text.lower().find(word.lower()), len(word))
        for text in (record.answer, record.prompt)
        for word in words
    )
    text, at, length = next(
        (place for place in places if place[1] >= 0), (record.prompt, 0, 0)
    )
    begin, end = max(0, at - _AROUND), at + length + _AROUND
    cut = text[begin:end]
    around = one_line(_MARKUP.sub("", cut), len(cut) + 1)
    return f"{'…' * (begin > 0)}{around}{'…' * (end < len(text))}"
