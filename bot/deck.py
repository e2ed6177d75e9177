"""The open cards of one conversation, each with its row.

Rule: a card is a row before anybody sees it, and closed by compare-and-set.
"""

from collections.abc import Callable
from dataclasses import replace

import structlog

from adapters.inbound import Inbound, Text
from adapters.language import say
from adapters.views import QuestionStatus, QuestionView
from bot.cards import MEANING, Card, card_of, closed_card, person_of
from bot.codec import QUESTION
from store.records import ConversationId, DecisionRecord
from store.store import Store

log = structlog.get_logger()


class Deck:
    def __init__(
        self,
        store: Store,
        conversation: ConversationId,
        show: Callable[[QuestionView], None],
    ) -> None:
        self._store = store
        self._conversation = conversation
        self._show = show
        self._open: dict[str, Card] = {}  # by view id
        self._loaded = False
        #: Requests that the agent has made of this run, or told it of again.
        self.requested: set[str] = set()

    @property
    def cards(self) -> list[Card]:
        """The oldest first."""
        return list(self._open.values())

    def find(self, view_id: str) -> Card | None:
        return self._open.get(view_id)

    async def load(self) -> None:
        """Cards of an earlier run are open still: ours, and a living agent's."""
        if self._loaded:
            return
        for record in await self._store.open_decisions(self._conversation):
            self._open.setdefault(record.id, card_of(record))
        self._loaded = True

    async def ask(self, card: Card) -> DecisionRecord:
        """It is shown, unless it was asked before and is closed."""
        self.requested.add(card.request_id)
        record = await self._store.ask(
            card.view.id,
            turn_id=card.turn,
            conversation_id=self._conversation,
            request_id=card.request_id,
            question=QUESTION.dump(card.view),
            meaning=MEANING.dump(card.meaning),
        )
        if record.open:
            self.change(card)
        return record

    def change(self, card: Card) -> None:
        """It looks different; its row stays as it is."""
        self._open[card.view.id] = card
        self._show(card.shown)

    async def withdraw(self, card: Card, why: str) -> None:
        del self._open[card.view.id]
        if await self._store.withdraw(card.view.id, why):
            outcome = say(card.view.language, why)
            withdrawn = QuestionStatus.WITHDRAWN
            self._show(replace(card.view, status=withdrawn, outcome=outcome))

    async def decide(
        self, card: Card, decided: tuple[str, str], inbound: Inbound
    ) -> DecisionRecord | None:
        """None: it was closed a moment ago, elsewhere."""
        option, words = decided
        rule = card.meaning.rules.get(option)
        # Words would be a message if they came again: they are done with here.
        settled = not card.own or isinstance(inbound.body, Text)
        record = await self._store.decide(
            card.view.id,
            option=option,
            words=words,
            by=f"{person_of(inbound)} {inbound.sender.name}",
            platform=inbound.platform,
            events=inbound.events if settled else (),
            rules=(rule,) if rule else (),
            project=card.meaning.project,
        )
        self._open.pop(card.view.id, None)
        if record is not None:
            self._show(closed_card(record))
        return record

    async def closed(self, view_id: str) -> DecisionRecord | None:
        """The row of a card that is not open here; None: there is none."""
        record = await self._store.decision(view_id)
        if record is None or record.conversation_id != self._conversation:
            log.warning("question.unknown", view=view_id)
            return None
        return record
