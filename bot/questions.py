"""What of one conversation waits for a person to decide.

Rule: a decision is a row before it is a button, only whoever is asked (or an admin)
makes it, and the first one wins.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import structlog

from adapters.inbound import Choice, Inbound, MessageRef
from adapters.views import DETAILS, QuestionStatus, QuestionView
from bot.access import Access
from bot.cards import (
    AGAIN,
    closed_card,
    decision,
    permission_answer,
    permission_card,
    question_card,
    retry_card,
    ticked,
)
from bot.codec import ASKED, QUESTION
from bot.screens import turn_of_view
from runner.base import Allow, Answer
from runner.events import PermissionRequested, QuestionsAsked
from store.records import ConversationId, DecisionRecord, TurnId, TurnRecord
from store.store import Store

log = structlog.get_logger()

#: The `request_id` of a question that is Parley's own, not the agent's.
OWN = ""
OVER = "No longer needed"


@dataclass(frozen=True, slots=True)
class Answered:
    """The agent can go on."""

    request_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class TryAgain:
    """A turn that was given up is wanted after all."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class NotYours:
    """Somebody else has to decide: *name*."""

    name: str


Outcome: TypeAlias = Answered | TryAgain | NotYours


@dataclass(slots=True)
class _Round:
    """Questions the agent asks at once, and people answer one after the other.

    So only one waits for words, and a phone rings for one at a time.
    """

    event: QuestionsAsked
    turn: TurnRecord
    answers: dict[str, str] = field(default_factory=dict)

    def next_card(self) -> QuestionView | None:
        """None: all are answered."""
        questions = self.event.questions
        for nth, question in enumerate(questions, start=1):
            if question.text not in self.answers:
                return question_card(question, self.turn, nth=nth, of=len(questions))
        return None


class Questions:
    def __init__(
        self,
        store: Store,
        conversation: ConversationId,
        *,
        access: Access,
        show: Callable[[QuestionView], None],
        adopt: Callable[[str, MessageRef], Awaitable[None]],
    ) -> None:
        self._store = store
        self._conversation = conversation
        self._access = access
        self._show = show
        self._adopt = adopt
        self._open: dict[str, tuple[str, QuestionView]] = {}  # view id → request id, …
        self._rounds: dict[str, _Round] = {}  # by request id

    # --- what is asked --------------------------------------------------------

    async def permission(self, event: PermissionRequested, turn: TurnRecord) -> None:
        await self._ask(event.request_id, turn.id, permission_card(event, turn))

    async def agent_asks(self, event: QuestionsAsked, turn: TurnRecord) -> None:
        self._rounds[event.request_id] = asking = _Round(event, turn)
        await self._go_on(asking)

    async def whether_to_retry(self, turn: TurnRecord) -> None:
        await self._ask(OWN, turn.id, retry_card(turn))

    async def withdraw(
        self, request_ids: Sequence[str] | None = None, *, why: str = OVER
    ) -> None:
        """Nobody needs to answer these (None: any of the agent's) any more."""
        for view_id, (request_id, view) in list(self._open.items()):
            if request_id == OWN or (request_ids and request_id not in request_ids):
                continue
            del self._open[view_id]
            self._rounds.pop(request_id, None)
            if await self._store.withdraw(view_id):
                closed = replace(view, status=QuestionStatus.WITHDRAWN, outcome=why)
                self._show(closed)

    # --- what people say to it ------------------------------------------------

    def waits_for_words(self, inbound: Inbound) -> str | None:
        """The card, if there is one, that words of this person would answer."""
        return next(
            (
                view_id
                for view_id, (_, view) in self._open.items()  # the oldest first
                if view.free_text and self._may_decide(view, inbound)
            ),
            None,
        )

    async def choose(self, inbound: Inbound, choice: Choice) -> Outcome | None:
        """Take a press, or words; None: it decides nothing yet, or came too late.

        What decides is done with when this returns: its events, too.
        """
        request_id, view = await self._find(choice.view_id, inbound.message)
        if view is None:
            return None
        if choice.option_id == DETAILS.id:
            self._change(request_id, replace(view, details_shown=True))
            return None
        if not self._may_decide(view, inbound):
            return NotYours(await self._name_of_asked(view))
        if changed := ticked(view, choice.option_id):
            self._change(request_id, changed)
            return None
        decided = decision(view, choice)
        if decided is None:
            log.warning("question.option_unknown", view=view.id)
            return None
        record = await self._decide(view, decided, inbound)
        return await self._outcome(request_id, record) if record else None

    async def answered(self, turn: TurnId) -> dict[str, str]:
        """What people have answered to the agent's own questions so far."""
        cards = [
            (QUESTION.load(record.question), record.words)
            for record in await self._store.decided(turn)
        ]
        return {card.body: words for card, words in cards if card.free_text}

    # --- how it is kept -------------------------------------------------------

    async def _ask(self, request_id: str, turn: TurnId, view: QuestionView) -> None:
        await self._store.ask(
            view.id,
            turn_id=turn,
            conversation_id=self._conversation,
            request_id=request_id,
            question=QUESTION.dump(view),
        )
        self._change(request_id, view)

    def _change(self, request_id: str, view: QuestionView) -> None:
        self._open[view.id] = (request_id, view)
        self._show(view)

    async def _decide(
        self, view: QuestionView, decided: tuple[str, str], inbound: Inbound
    ) -> DecisionRecord | None:
        option, words = decided
        platform, sender = inbound.platform, inbound.sender
        record = await self._store.decide(
            view.id,
            option=option,
            words=words,
            by=f"{platform}:{sender.id} {sender.name}",
            platform=platform,
            events=inbound.events,
        )
        self._open.pop(view.id, None)
        if record is not None:  # else it was decided a moment ago, elsewhere
            self._show(closed_card(record))
        return record

    async def _outcome(self, request_id: str, record: DecisionRecord) -> Outcome | None:
        if request_id == OWN:
            return TryAgain(record.turn_id) if record.option == AGAIN.id else None
        asking = self._rounds.get(request_id)
        if asking is None:
            return Answered(request_id, permission_answer(record))
        asking.answers[QUESTION.load(record.question).body] = record.words
        return await self._go_on(asking)

    async def _go_on(self, asking: _Round) -> Answered | None:
        """Ask the next question, if there is one left."""
        request_id = asking.event.request_id
        if card := asking.next_card():
            await self._ask(request_id, asking.turn.id, card)
            return None
        del self._rounds[request_id]
        return Answered(request_id, Allow(answers=asking.answers))

    def _may_decide(self, view: QuestionView, inbound: Inbound) -> bool:
        platform, person = inbound.platform, inbound.sender.id
        return view.for_id in ("", person) or self._access.is_admin(platform, person)

    async def _name_of_asked(self, view: QuestionView) -> str:
        turn = await self._store.turn(turn_of_view(view.turn_id))
        assert turn is not None  # the question's row refers to it
        return ASKED.load(turn.prompt).sender_name

    async def _find(
        self, view_id: str, message: MessageRef | None
    ) -> tuple[str, QuestionView | None]:
        """An open card; a closed one is drawn again, so that its buttons go."""
        if found := self._open.get(view_id):
            return found
        record = await self._store.decision(view_id)
        if record is None or record.conversation_id != self._conversation:
            log.warning("question.unknown", view=view_id)
            return OWN, None
        if record.open and record.request_id == OWN:
            return OWN, QUESTION.load(record.question)
        if record.open:  # of an agent that is gone
            record = await self._store.withdraw(view_id) or record
        if message is not None:
            await self._adopt(view_id, message)
        self._show(closed_card(record))
        return OWN, None
