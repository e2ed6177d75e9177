"""A conversation's turns and questions, from rows and from what is shown now.

Rule: what is shown is looked at before the rows are read, which may end it, and after.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.views import FileView, QuestionView, View
from adapters.web.values import Entry
from bot.cards import closed_card
from bot.codec import QUESTION
from bot.feed import Feed
from bot.hands import file_view
from bot.past import entry_of
from bot.screens import turn_of_view, turn_view_id
from store.records import (
    CardRecord,
    ConversationId,
    DecisionRecord,
    TurnId,
    TurnRecord,
)
from store.store import Store


class History:
    def __init__(self, store: Store, feed: Feed) -> None:
        self._store = store
        self._feed = feed

    async def page(
        self, known: CardRecord, *, before: str | None, limit: int
    ) -> list[Entry]:
        """The newest turns before *before* (a view id), oldest first."""
        conversation = known.conversation.id
        views = dict(self._feed.open(conversation))
        records = await self._store.turns_of(
            conversation,
            before=None if before is None else turn_of_view(before),
            limit=limit,
        )
        return await self._entries(known, records, views)

    async def entry(self, known: CardRecord, turn: str) -> Entry | None:
        """None: it is no turn of this conversation."""
        conversation = known.conversation.id
        views = dict(self._feed.open(conversation))
        record = await self._store.turn(turn_of_view(turn))
        if record is None or record.conversation_id != conversation:
            return None
        [entry] = await self._entries(known, [record], views)
        return entry

    async def questions(self, conversation: ConversationId) -> list[QuestionView]:
        """Those that wait for an answer."""
        return [
            _question(record, self._feed.question(conversation, record.id))
            for record in await self._store.open_decisions(conversation)
        ]

    async def _entries(
        self, known: CardRecord, records: Sequence[TurnRecord], views: dict[str, View]
    ) -> list[Entry]:
        """*views*: those that were open when the rows were read."""
        turns = [record.id for record in records]
        asked = await self._store.decisions_of(turns)
        sent = await self._store.files_of(turns)
        views |= self._feed.open(known.conversation.id)
        with_it: defaultdict[TurnId | None, _WithIt] = defaultdict(_WithIt)
        for decision in asked:
            card = _question(decision, views.get(decision.id))
            with_it[decision.turn_id].questions.append(card)
        for file in sent:
            with_it[file.turn_id].sent.append(file_view(file))
        return [
            entry_of(
                record,
                views.get(turn_view_id(record.id)),
                home=known.home.platform,
                questions=with_it[record.id].questions,
                sent=with_it[record.id].sent,
            )
            for record in records
        ]


@dataclass(frozen=True, slots=True)
class _WithIt:
    """What a turn has brought, beside what was said and done."""

    questions: list[QuestionView] = field(default_factory=list)
    sent: list[FileView] = field(default_factory=list)


def _question(record: DecisionRecord, shown: View | None) -> QuestionView:
    """*shown*: as it looks now, with what is ticked; None: it is as it began."""
    if record.open:
        begun = QUESTION.load(record.question)
        return shown if isinstance(shown, QuestionView) else begun
    return closed_card(record)
