"""One turn on its way through the ledger: taken up, submitted, consumed, final."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from adapters.inbound import Address, MessageRef
from adapters.language import say
from adapters.views import TurnStatus, TurnView
from bot.bookkeeping import Books
from bot.codec import ASKED, TURN_VIEW, Asked
from bot.metrics import Metrics
from bot.prompts import prompt_for, resuming
from bot.screens import address_of, known_elsewhere, turn_view_id
from bot.turn import Turn
from runner.base import Evidence, Prompt
from runner.events import RunnerEvent, TurnFinished
from store.records import TurnId, TurnRecord
from store.store import Store

#: Charged attempts before a person is asked.
ATTEMPTS = 3
Verdict = Literal["submit", "answered", "ask"]


class Running:
    """Owned by one conversation, like everything it holds."""

    def __init__(
        self,
        record: TurnRecord,
        *,
        store: Store,
        metrics: Metrics,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._clock = clock
        self._branch = ""
        self.books = Books(record, store=store, metrics=metrics, clock=clock)
        self.record = record
        self.retried = 0  # how often a failure has had it begun again
        self.tree = record.tree  # the workspace as it was before; None: not known
        self.asked: Asked = ASKED.load(record.prompt)
        self.prompt = prompt_for(
            self.asked, uuid=record.prompt_uuid, platform=record.origin
        )
        self.turn = self._fresh(status=TurnStatus.QUEUED)
        self.sent: str | None = None  # uuid of the prompt the agent has, or gets now
        self.weighed = False  # the evidence of earlier attempts was looked at
        self.redoing = False  # being interrupted in order to begin again
        self._cut_starts = 0  # agents that were killed before they could be asked
        self.stopped = False  # final for people; the agent has yet to say it ended
        self.at_work = False  # an earlier run left its agent at it, to be taken up

    @property
    def address(self) -> Address:
        return address_of(self.record.address)

    @property
    def reply_to(self) -> MessageRef | None:
        return MessageRef(self.record.reply_to) if self.record.reply_to else None

    @property
    def language(self) -> str:
        return self.asked.language

    @property
    def asked_by(self) -> str:
        """As people on another platform read it."""
        return known_elsewhere(self.asked.sender_name, self.record.origin)

    @property
    def person(self) -> tuple[str, str]:
        """Who asked: the platform, and their id there."""
        return self.record.origin, self.record.asked_by

    @property
    def steered(self) -> bool:
        """Whether its words are to reach the agent within another turn."""
        return self.record.joined_to is not None

    @property
    def attempted(self) -> bool:
        """Whether an agent may have seen it: only evidence tells how to go on."""
        return bool(self.record.prompt_uuids)

    @property
    def working_s(self) -> float:
        return self._clock() - (self.turn.view().started_at or self._clock())

    def queued_view(self, position: int, *, behind: bool) -> TurnView:
        """*behind* a turn that it may join, or replace."""
        return replace(
            self.turn.view(), prompt=self.asked.text, position=position, behind=behind
        )

    def begin(self, branch: str = "") -> None:
        """Its turn has come. *branch*: see `TurnView`."""
        self._branch = branch
        self.turn = self._fresh()

    def go_on(self, branch: str) -> None:
        """An earlier run had it begun, and its agent is alive."""
        self._branch = branch
        self.books.spoke = True  # perhaps; and long ago
        self.at_work = True
        self.turn = self._fresh(self.record.submitted_at)

    def given(self) -> Prompt:
        """What the agent was given last, which knows it by its uuid alone."""
        self.prompt = replace(self.prompt, uuid=self.record.prompt_uuids[-1])
        return self.prompt

    def restart(self) -> None:
        """The agent does not have the prompt any more; begin again in the same view."""
        started_at = self.turn.view().started_at
        self.turn = self._fresh(started_at)
        self.sent = None
        self.weighed = self.redoing = False

    def may_start_again(self) -> bool:
        """Count an agent that was killed while it started; False: often enough."""
        self._cut_starts += 1
        return self._cut_starts < ATTEMPTS

    async def amend(
        self, asked: Asked, *, platform: str, events: Sequence[str]
    ) -> bool:
        """Replace the prompt, as long as the agent has done nothing with it.

        The ledger starts it anew under another uuid: what the agent may have read of
        the old words is context, not an attempt.
        """
        record = await self._store.amend_turn(
            self.record.id,
            prompt=ASKED.dump(asked),
            prompt_uuid=str(uuid.uuid4()),
            platform=platform,
            events=events,
        )
        if record is None:
            return False
        self.record, self.asked = record, asked
        self.prompt = prompt_for(asked, uuid=record.prompt_uuid, platform=record.origin)
        return True

    async def submit(self, session_id: str) -> Prompt:
        """Commit that the agent gets the prompt now; then write it."""
        self.record = await self._store.submit_turn(
            self.record.id, prompt_uuid=self.prompt.uuid, session_id=session_id
        )
        self.sent = self.prompt.uuid
        return self.prompt

    async def steer(self, into: TurnId, session_id: str) -> Prompt:
        """Commit that the agent gets the words within that turn; then write them."""
        self.record = await self._store.steer_turn(
            self.record.id,
            into=into,
            prompt_uuid=self.prompt.uuid,
            session_id=session_id,
        )
        self.turn.set_out(note=say(self.language, "talk-steering"))
        return self.prompt

    def steer_again(self) -> Prompt:
        """An earlier run has committed it, and its agent is alive."""
        self.turn.set_out(note=say(self.language, "talk-steering"))
        return self.given()

    def told(self) -> None:
        """The agent has read the words, and goes on with the turn it is in."""
        self.turn.set_out(note=say(self.language, "talk-steered"))

    async def joined(self) -> None:
        """They were part of that turn, for good."""
        self.turn.join(now=self._clock(), note=say(self.language, "talk-steered"))
        await self._store.join_turn(
            self.record.id, view=TURN_VIEW.dump(self.turn.view())
        )

    async def settle_steering(self, evidence: Evidence) -> None:
        """The agent died before it said that it read them: its record knows.

        If it never got the words, they have to run by themselves.
        """
        if evidence.last is not None:
            await self.joined()
        else:
            await self.released()
            self.begin()

    async def released(self) -> None:
        """The agent never got the words that were to be steered in."""
        if record := await self._store.release_turn(self.record.id):
            self.record = record
        self.prompt = replace(self.prompt, uuid=str(uuid.uuid4()))
        self.weighed = True  # it is known what became of them: nothing
        self.turn = self._fresh(status=TurnStatus.QUEUED)

    async def hold(self, note: str) -> bool:
        """It goes on later, from evidence; the attempt is not charged.

        False if it is final by now.
        """
        record = await self._store.hold_turn(self.record.id)
        if record is None:
            return False
        self.record = record
        self.sent, self.weighed = None, False
        self.turn = self._fresh(status=TurnStatus.QUEUED)
        self.turn.note(note)
        return True

    async def consumed(self) -> None:
        await self._store.consume_turn(self.record.id)

    def weigh(self, evidence: Evidence, answered: Mapping[str, str]) -> Verdict:
        """What to do with a turn whose agent died, by what the agent recorded.

        *answered*: what people have said to its questions; perhaps it never heard.
        """
        self.weighed = True
        for event in evidence.events:
            self.books.trail.hear(event)
            self.turn.apply(event, now=self._clock())
        if evidence.answered:
            return "answered"
        if self.record.attempts >= ATTEMPTS:
            return "ask"
        if evidence.last is not None:
            self.prompt = resuming(str(uuid.uuid4()), answered)
            self.turn.note(say(self.language, "talk-looking"))
            if not answered:  # what it had asked is not cut off, but answered now
                self.turn.cut()
        return "submit"

    def hear(self, event: RunnerEvent) -> None:
        """Something of the turn while it goes on."""
        self.books.hear(event, asked_at=self.asked.at)
        self.turn.apply(event, now=self._clock())

    async def cut_off(self, note: str) -> None:
        """It met a limit of ours; the agent has yet to end it."""
        self.turn.fail(note, now=self._clock(), limited=True)
        self.stopped = True
        await self.books.close(self.record, self.turn)

    async def finish(self, event: TurnFinished) -> None:
        """Take the agent's last word, and commit how the turn ended."""
        self.hear(event)
        await self.books.close(
            self.record, self.turn, usage=event.usage, structured=event.structured
        )

    async def stop(self, note: str = "", *, by: str = "") -> None:
        """A person's wish, kept before the agent hears of it. *by*: "platform:id"."""
        self.turn.stop(now=self._clock(), note=note)
        self.stopped = True
        await self.books.close(self.record, self.turn, stopped_by=by)

    async def fail(self, note: str) -> None:
        self.turn.fail(note, now=self._clock())
        await self.books.close(self.record, self.turn)

    def _fresh(
        self,
        started_at: float | None = None,
        status: TurnStatus = TurnStatus.RUNNING,
    ) -> Turn:
        if status is TurnStatus.RUNNING:
            started_at = started_at or self._clock()
        return Turn(
            turn_view_id(self.record.id),
            prompt=self.asked.text,
            reply_to=self.reply_to,
            for_id=self.record.for_id,
            language=self.asked.language,
            branch=self._branch,
            started_at=started_at,
            status=status,
        )
