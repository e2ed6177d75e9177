"""The cards of one conversation that wait for a person.

Rule: a decision is a row before it is a button, and the first one wins.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from adapters.inbound import Choice, MessageRef, Sender
from adapters.views import Option, QuestionStatus, QuestionView
from bot.codec import QUESTION
from bot.screens import question_view_id
from runner.events import PermissionRequested
from store.records import ConversationId, DecisionRecord, TurnId
from store.store import Store

log = structlog.get_logger()

ONCE = Option("once", "✅ Allow once", "good")
SESSION = Option("session", "♻️ Allow for this session")
EDITS = Option("session", "♻️ Allow edits for this session")
DENY = Option("deny", "❌ Deny", "danger")
AGAIN = Option("again", "🔁 Try again", "good")
LEAVE = Option("leave", "Leave it")
DETAILS = "details"
#: The `request_id` of a question that is Parley's own, not the agent's.
OWN = ""

OUTCOMES = {
    ONCE.id: "Allowed once",
    SESSION.id: "Allowed for this session",
    DENY.id: "Denied",
    AGAIN.id: "Trying again",
    LEAVE.id: "Left as it is",
}
RESTARTED = "Parley restarted; the agent asks again if it still needs this"
OVER = "No longer needed"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a press means; *request_id* is `OWN` for Parley's own questions."""

    request_id: str
    option: Literal["once", "session", "deny", "again", "leave"]
    by: str
    turn: TurnId


def closed_view(record: DecisionRecord) -> QuestionView:
    """The card of a question that is not open any more."""
    view = QUESTION.load(record.question)
    if record.option is None:
        return replace(view, status=QuestionStatus.WITHDRAWN, outcome=RESTARTED)
    who = (record.decided_by or "").partition(" ")[2]
    return replace(
        view,
        status=QuestionStatus.DECIDED,
        outcome=f"{OUTCOMES[record.option]} by {who}",
        refused=record.option in (DENY.id, LEAVE.id),
    )


class Questions:
    def __init__(
        self,
        store: Store,
        conversation: ConversationId,
        show: Callable[[QuestionView], None],
        adopt: Callable[[str, MessageRef], Awaitable[None]],
    ) -> None:
        self._adopt = adopt
        self._store = store
        self._conversation = conversation
        self._show = show
        self._open: dict[str, tuple[str, QuestionView]] = {}  # view id → request id, …

    async def permission(
        self, event: PermissionRequested, turn: TurnId, reply_to: MessageRef | None
    ) -> None:
        body = f"{event.body}\n\n{event.reason}".strip()
        session = EDITS if event.kind == "edit" else SESSION
        options = (ONCE, session, DENY) if event.can_remember else (ONCE, DENY)
        await self._ask(
            event.request_id,
            turn,
            QuestionView(
                id=question_view_id(secrets.token_hex(8)),
                turn_id=f"t{turn}",
                title=event.title,
                body=body,
                details=event.details,
                options=options,
                reply_to=reply_to,
            ),
        )

    async def whether_to_retry(
        self, turn: TurnId, attempts: int, reply_to: MessageRef | None
    ) -> None:
        await self._ask(
            OWN,
            turn,
            QuestionView(
                id=question_view_id(secrets.token_hex(8)),
                turn_id=f"t{turn}",
                title="Try this once more?",
                body=f"The agent was interrupted {attempts} times while it worked on "
                "this. Perhaps the work itself is what ends it.",
                options=(AGAIN, LEAVE),
                reply_to=reply_to,
            ),
        )

    async def choose(
        self, choice: Choice, sender: Sender, where: str, message: MessageRef | None
    ) -> Decided | None:
        """Take a press on *message*; None if it decides nothing (details, too late)."""
        request_id, view = await self._find(choice.view_id, message)
        if view is None:
            return None
        if choice.option_id == DETAILS:
            view = replace(view, details_shown=True)
            self._open[view.id] = (request_id, view)
            self._show(view)
            return None
        if choice.option_id not in {option.id for option in view.options}:
            log.warning("question.option_unknown", view=view.id)
            return None
        record = await self._store.decide(
            view.id, option=choice.option_id, by=f"{where}:{sender.id} {sender.name}"
        )
        self._open.pop(view.id, None)
        if record is None:  # decided a moment ago, elsewhere
            return None
        self._show(closed_view(record))
        return Decided(
            request_id, _known(choice.option_id), sender.name, record.turn_id
        )

    async def withdraw(
        self, request_ids: Sequence[str] | None = None, *, why: str = OVER
    ) -> None:
        """Nobody needs to answer these (None: any of the agent's) any more."""
        for view_id, (request_id, view) in list(self._open.items()):
            if request_id == OWN or (request_ids and request_id not in request_ids):
                continue
            del self._open[view_id]
            if await self._store.withdraw(view_id):
                closed = replace(view, status=QuestionStatus.WITHDRAWN, outcome=why)
                self._show(closed)

    async def _ask(self, request_id: str, turn: TurnId, view: QuestionView) -> None:
        await self._store.ask(
            view.id,
            turn_id=turn,
            conversation_id=self._conversation,
            request_id=request_id,
            question=QUESTION.dump(view),
        )
        self._open[view.id] = (request_id, view)
        self._show(view)

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
        if not record.open:
            if message is not None:
                await self._adopt(view_id, message)
            self._show(closed_view(record))
        return OWN, None


def _known(option: str) -> Literal["once", "session", "deny", "again", "leave"]:
    match option:
        case "once" | "session" | "deny" | "again" | "leave":
            return option
        case _:
            raise AssertionError(option)  # `choose` let through only what was offered
