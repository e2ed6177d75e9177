"""What of one conversation waits for a person to decide.

Rule: a decision is a row before it is a button, only who may make it makes it, and the
first one wins.
"""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from adapters.inbound import Choice, Inbound, MessageRef
from adapters.views import DETAILS, SKIP, QuestionView
from bot.access import Access
from bot.cards import (
    OVER,
    REPLACED,
    Asker,
    Card,
    asker_of_turn,
    card_of,
    closed_card,
    decision,
    for_others,
    person_of,
    pressed,
)
from bot.codec import ASKED
from bot.deck import Deck
from bot.menus import ORDER, RETRY, WATCH, Menu, menu_card, retry_card, watch_card
from bot.outcomes import Answered, NotYours, Outcome, TryAgain, own_outcome
from bot.requests import (
    Round,
    answer_of,
    answer_to_question,
    answered_before,
    permission_card,
    plan_card,
    unanswered,
)
from runner.base import Allow
from runner.events import PermissionRequested, PlanProposed, QuestionsAsked
from store.decisions import OWN
from store.records import (
    ConversationId,
    DecisionRecord,
    DecisionState,
    TurnId,
    TurnRecord,
)
from store.store import Store

log = structlog.get_logger()


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
        self._access = access
        self._show = show
        self._adopt = adopt
        self._deck = Deck(store, conversation, show)
        self._rounds: dict[str, Round] = {}  # by request id
        self._taken: set[str] = set()  # own cards that were decided in this run

    # --- what is asked --------------------------------------------------------

    async def permission(
        self,
        event: PermissionRequested,
        turn: TurnRecord,
        *,
        project: str,
        language: str,
    ) -> Outcome | None:
        """*project*: whose rules an "Always" adds to; "": none is offered.

        The outcome of this and the next two is there at once if people decided it
        before, and the agent perhaps never heard.
        """
        asker = asker_of_turn(turn)
        card = permission_card(
            event,
            asker,
            decider=self._access.decide,
            project=project,
            language=language,
            wary=ASKED.load(turn.prompt).wary,
        )
        return await self._ask(card, asker)

    async def plan(
        self, event: PlanProposed, turn: TurnRecord, *, language: str
    ) -> Outcome | None:
        asker = asker_of_turn(turn)
        card = plan_card(event, asker, decider=self._access.decide, language=language)
        return await self._ask(card, asker)

    async def agent_asks(
        self, event: QuestionsAsked, turn: TurnRecord, *, language: str
    ) -> Outcome | None:
        asking = Round(event, asker_of_turn(turn), language)
        self._rounds[event.request_id] = asking
        return await self._go_on(asking)

    async def whether_to_retry(self, turn: TurnRecord, *, language: str) -> None:
        await self.withdraw_own(RETRY, turn.id, why=REPLACED)
        asker = asker_of_turn(turn)
        card = retry_card(asker, attempts=turn.attempts, language=language)
        await self._ask(card, asker)

    async def watch(self, words: str, turn: TurnRecord, *, language: str) -> None:
        """*words*: what was seen of the turn that runs."""
        await self.withdraw_own(WATCH, turn.id, why=REPLACED)
        asker = asker_of_turn(turn)
        await self._ask(watch_card(asker, words=words, language=language), asker)

    async def menu(self, menu: Menu) -> None:
        card = menu_card(menu)
        await self._deck.load()
        for other in self._deck.cards:
            if _takes_its_place(card, other):
                same = card.view.title == other.view.title
                await self._deck.withdraw(other, REPLACED if same else OVER)
        await self._ask(card, menu.asker)

    async def outdate(self, command: str) -> None:
        """It was given by name: whatever menu offers it tells of how things were."""
        await self._deck.load()
        for card in self._deck.cards:
            offered = {name for name, _ in card.meaning.orders.values()}
            if card.request_id == OWN + ORDER and command in offered:
                await self._deck.withdraw(card, OVER)

    async def withdraw(
        self, request_ids: Sequence[str] | None = None, *, why: str = OVER
    ) -> None:
        """Nobody needs to answer these (None: any of the agent's) any more."""
        await self._deck.load()
        for card in self._deck.cards:
            if card.own or (request_ids and card.request_id not in request_ids):
                continue
            self._rounds.pop(card.request_id, None)
            await self._deck.withdraw(card, why)

    async def withdraw_own(
        self, kind: str, turn: TurnId | None = None, *, why: str = OVER
    ) -> None:
        """Nobody needs to decide Parley's own of this kind (None: on any turn)."""
        await self._deck.load()
        for card in self._deck.cards:
            if card.request_id == OWN + kind and turn in (None, card.turn):
                await self._deck.withdraw(card, why)

    # --- what people say to it ------------------------------------------------

    def waits_for_words(self, inbound: Inbound) -> str | None:
        """The card, if there is one, that words of this person would answer.

        The one that asked for them last; else the oldest.
        """
        cards = [
            card
            for card in self._deck.cards
            if card.view.free_text and self._may_decide(card, inbound)
        ]
        asking = [card for card in cards if card.wants_words]
        chosen = asking[-1:] or cards[:1]
        return chosen[0].view.id if chosen else None

    async def choose(self, inbound: Inbound, choice: Choice) -> Outcome | None:
        """Take a press, or words; None: it decides nothing yet, or came too late.

        What decides an agent's card is done with when this returns: its events, too.
        A press on one of Parley's own is done with when its outcome is: if a kill comes
        in between, the same press has the same outcome again.
        """
        await self._deck.load()
        card = self._deck.find(choice.view_id)
        if card is None:
            return await self._too_late(inbound, choice)
        if choice.option_id != DETAILS and not self._may_decide(card, inbound):
            return self._not_yours(card)
        if changed := pressed(card, choice):
            self._deck.change(changed)
            return None
        decided = decision(card, choice)
        if decided is None:
            log.warning("question.option_unknown", view=card.view.id)
            return None
        record = await self._deck.decide(card, decided, inbound)
        if record is None:
            return await self._too_late(inbound, choice)
        self._taken.add(record.id)
        return await self._outcome(record)

    async def answered(self, turn: TurnId) -> dict[str, str]:
        """What people have answered to the agent in words so far, by what it asked."""
        told: dict[str, str] = {}
        for record in await self._store.decided(turn):
            if known := answered_before(record):
                asked, words = known
                told[asked] = f"{told[asked]}\n{words}" if asked in told else words
        return told

    # --- what comes of it -----------------------------------------------------

    async def _outcome(self, record: DecisionRecord) -> Outcome | None:
        request_id = record.request_id
        if request_id.startswith(OWN):
            return own_outcome(record)
        if request_id not in self._deck.requested:
            return None  # it is told of again, and finds this answer
        asking = self._rounds.get(request_id)
        if asking is None:
            return Answered(request_id, answer_of(record))
        if record.option == SKIP:
            del self._rounds[request_id]
            return Answered(request_id, unanswered(asking.answers))
        asking.answers[card_of(record).view.body] = answer_to_question(record)
        return await self._go_on(asking)

    async def _ask(self, card: Card, asker: Asker) -> Outcome | None:
        record = await self._deck.ask(self._addressed(card, asker))
        if record.state is DecisionState.DECIDED:
            return await self._outcome(record)
        return None

    async def _go_on(self, asking: Round) -> Outcome | None:
        """Ask the next question, if there is one left."""
        if card := asking.next_card():
            return await self._ask(card, asking.asker)
        request_id = asking.event.request_id
        del self._rounds[request_id]
        return Answered(request_id, Allow(answers=asking.answers))

    async def _too_late(self, inbound: Inbound, choice: Choice) -> Outcome | None:
        """A card that is closed is drawn again, so that its buttons go."""
        record = await self._deck.closed(choice.view_id)
        if record is None:
            return None
        if inbound.message is not None:
            await self._adopt(record.id, inbound.message)
        self._show(closed_card(record))
        return await self._once_more(record, inbound, choice)

    async def _once_more(
        self, record: DecisionRecord, inbound: Inbound, choice: Choice
    ) -> Outcome | None:
        """The outcome of a press that an earlier run took, and did not see through."""
        taken = (record.option, record.words)
        if (
            record.id in self._taken
            or not record.request_id.startswith(OWN)
            or (record.decided_by or "").partition(" ")[0] != person_of(inbound)
            or decision(card_of(record), choice) != taken
        ):
            return None
        self._taken.add(record.id)
        outcome = own_outcome(record)
        if record.request_id == OWN + RETRY and isinstance(outcome, TryAgain):
            turn = await self._store.turn(outcome.turn)
            return outcome if turn and turn.state.final else None  # or it goes on
        return outcome

    # --- who decides ----------------------------------------------------------

    def _addressed(self, card: Card, asker: Asker) -> Card:
        """It says who decides, if whoever caused it may not."""
        access, decider = self._access, card.meaning.decider
        if access.may_decide(asker.person, asker.person, decider=decider):
            return card
        return for_others(
            card,
            names=access.deciders(decider),
            for_id=access.sole_decider(decider, asker.platform),
        )

    def _may_decide(self, card: Card, inbound: Inbound) -> bool:
        meaning = card.meaning
        return self._access.may_decide(
            person_of(inbound), meaning.asked, decider=meaning.decider
        )

    def _not_yours(self, card: Card) -> NotYours:
        meaning = card.meaning
        if meaning.decider == "asker":
            return NotYours(meaning.asked_name, "asker")
        return NotYours(self._access.deciders(meaning.decider), meaning.decider)


def _takes_its_place(new: Card, old: Card) -> bool:
    """One menu for each person, and one about each turn."""
    asks = (new.request_id, new.meaning.asked, new.turn)
    return asks == (old.request_id, old.meaning.asked, old.turn)
