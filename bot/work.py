"""The turns of one conversation: those that wait, the one that runs, its agent.

Rule: one prompt in flight at a time; a turn an agent may have seen goes on from
evidence, never from hope.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias, assert_never

import structlog

from adapters.inbound import MessageRef
from adapters.views import View
from bot.access import Access
from bot.cards import RESTARTED
from bot.codec import ASKED, Asked
from bot.link import Closed, Heard, Link, LinkMail, NoSeat, Opened, RestWanted
from bot.questions import Questions
from bot.running import Running
from bot.shared import Shared
from bot.waiting import Waiting
from runner.base import AgentKilled, Answer, RunnerError
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    QuestionsAsked,
    RunnerEvent,
    TurnFinished,
    TurnStarted,
)
from store.records import AddressRecord, ConversationRecord, TurnId, TurnRecord

log = structlog.get_logger()


class StopOverdue:
    """The agent was interrupted and has not ended its turn."""

    def __init__(self, running: Running) -> None:
        self.running = running


WorkMail: TypeAlias = LinkMail | StopOverdue


class Work:
    def __init__(
        self,
        record: ConversationRecord,
        *,
        home: AddressRecord,
        shared: Shared,
        access: Access,
        post: Callable[[WorkMail], None],
        show: Callable[[View], None],
        adopt: Callable[[str, MessageRef], Awaitable[None]],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._record = record
        self._home = home  # where turns nobody asked for are shown
        self._shared = shared
        self._post = post
        self._show = show
        self._link = Link(
            runner=shared.runner,
            pool=shared.pool,
            post=post,
            tasks=tasks,
            idle_s=shared.idle_s,
        )
        self.questions = Questions(
            shared.store, record.id, access=access, show=show, adopt=adopt
        )
        self.waiting = Waiting()
        self.current: Running | None = None
        self._schema = ""  # that the agent's process answers by
        self._unasked: Running | None = None  # a turn the agent began by itself
        self._speaking: Running | None = None  # whose events come in now
        self._dirty: dict[Running, None] = {}  # shown in the order they changed

    @property
    def model(self) -> str:
        return self._shared.spec(self._record).model

    @property
    def workspace(self) -> Path:
        return self._shared.workspace_of(self._record).path

    @property
    def warm(self) -> bool:
        return self._link.session is not None

    # --- what people want -----------------------------------------------------

    def take(self, record: TurnRecord) -> None:
        """A turn of the ledger that is not final: it waits, or runs at once."""
        self.waiting.add(self._running(record))

    async def take_up(self, record: TurnRecord) -> None:
        """The same, of an earlier run."""
        if not record.unasked:
            self.take(record)
            return
        running = self._running(record)
        await running.fail("Parley restarted while the agent was reporting this.")
        self._changed(running)

    @property
    def visible(self) -> list[Running]:
        """The turns people see running or waiting, in order."""
        held = (self._unasked, self.current)
        return [*(r for r in held if r and not r.stopped), *self.waiting]

    def find(self, turn: TurnId) -> Running | None:
        return next((r for r in self.visible if r.record.id == turn), None)

    async def end(self, running: Running) -> None:
        """Stop the turn that runs, or cancel one that waits."""
        if running in (self.current, self._unasked):
            await self._stop(running)
        elif running in self.waiting:
            self.waiting.remove(running)
            await running.stop("Taken out of the queue.")
            self._changed(running)

    async def end_all(self) -> int:
        """Cancel what waits and stop what runs; how many that were."""
        ending = self.visible
        for running in reversed(ending):
            await self.end(running)
        return len(ending)

    async def redo(self, running: Running) -> None:
        """Its prompt has changed: if the agent has the old one, it begins again."""
        if running.sent and (session := self._link.session):
            running.redoing = True
            await session.interrupt()
        self.waiting.changed = True

    def switch(self, record: ConversationRecord) -> None:
        """Another agent session from now on."""
        self._record = record
        self.close()

    def close(self) -> None:
        """End the agent's process; the next turn starts it again."""
        self._link.close()

    async def answer(self, request_id: str, answer: Answer) -> None:
        session = self._link.session
        if session is None:
            return
        await session.answer(request_id, answer)
        if self._speaking:
            self._speaking.turn.answered(request_id)
            self._changed(self._speaking)

    def suspend(self) -> None:
        """Parley is about to end: say so below what runs."""
        for running in filter(None, (self.current, self._unasked)):
            running.turn.note("Parley is restarting; this goes on by itself.")
            self._changed(running)
        self.publish()

    # --- what the agent does --------------------------------------------------

    async def hear(self, mail: WorkMail) -> None:
        match mail:
            case Opened():
                self._link.opened(mail)
            case NoSeat():
                if self.current:
                    self.current.turn.note("All agents are busy; this waits for one.")
                    self._changed(self.current)
            case RestWanted():
                if self.current is None and self._unasked is None:
                    self._link.close()
            case Heard(event=event):
                await self._event(event)
            case Closed(error=error):
                await self._closed(error)
            case StopOverdue(running=running):
                if running in (self.current, self._unasked):
                    self._link.close()
            case _:
                assert_never(mail)

    async def go_on(self) -> None:
        """Do whatever there is to do now. Called after every letter."""
        while self._unasked is None and not self._link.closing:
            if self.current is None and self.waiting:
                self._begin(self.waiting.next())
            current = self.current
            if current is None or current.sent or current.stopped:
                break
            if not await self._advance(current):
                return
        if self.current is None and self._unasked is None:
            self._link.idle()

    def publish(self) -> None:
        """Show whatever changed since the last time."""
        for running in self._dirty:
            self._show(running.turn.view())
        self._dirty.clear()
        for view in self.waiting.news():
            self._show(view)

    def _running(self, record: TurnRecord) -> Running:
        return Running(
            record,
            store=self._shared.store,
            metrics=self._shared.metrics,
            clock=self._shared.clock,
        )

    def _changed(self, running: Running) -> None:
        self._dirty[running] = None

    def _begin(self, running: Running) -> None:
        self.current = running
        running.begin()
        self._link.busy()
        self._changed(running)

    async def _advance(self, current: Running) -> bool:
        """Bring the prompt to the agent; False: the next letter tells how to go on.

        An agent that may know it already is not asked: its record is.
        """
        if current.attempted and not current.weighed:
            if self._link.shut:
                await self._weigh(current)
                return True
            self._link.close()  # nobody may write the record while we read it
            return False
        spec = self._shared.spec(self._record, current.asked.output_schema)
        if session := self._link.session:
            if spec.output_schema != self._schema:
                self._link.close()  # it is resumed with the other one
                return False
            await session.prompt(await current.submit(self._record.session_id))
            return True
        if self._link.shut:
            if not self._record.project:
                spec.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._schema = spec.output_schema
            self._link.open(spec)
        return False

    async def _weigh(self, current: Running) -> None:
        evidence = await self._shared.runner.evidence(
            self._shared.spec(self._record), current.record.prompt_uuids
        )
        answered = await self.questions.answered(current.record.id)
        verdict = current.weigh(evidence, answered)
        log.info(
            "turn.weighed",
            turn=current.record.id,
            attempts=current.record.attempts,
            verdict=verdict,
        )
        self._changed(current)
        match verdict:
            case "submit":
                pass
            case "answered":
                await current.finish(
                    TurnFinished(turn=current.prompt.uuid, stop_reason="end_turn")
                )
                self._release()
            case "ask":
                await current.fail("Interrupted again and again; I stopped trying.")
                await self.questions.whether_to_retry(current.record)
                self._release()
            case _:
                assert_never(verdict)

    async def _event(self, event: RunnerEvent) -> None:
        match event:
            case TurnStarted(turn=None):
                await self._begin_unasked()
            case TurnStarted(turn=prompt_uuid):
                if self.current and self.current.sent == prompt_uuid:
                    self._speaking = self.current
                    await self.current.consumed()
            case TurnFinished(turn=None):
                await self._end_unasked(event)
            case TurnFinished():
                await self._finished(event)
            case _:
                await self._heard(event)

    async def _heard(self, event: RunnerEvent) -> None:
        """Something within a turn."""
        running = self._speaking or self.current
        if running is None or running.stopped:
            return
        match event:
            case PermissionRequested():
                await self.questions.permission(event, running.record)
            case QuestionsAsked():
                await self.questions.agent_asks(event, running.record)
            case PermissionWithdrawn(request_id=request_id):
                await self.questions.withdraw([request_id])
            case _:
                pass  # only to be shown
        running.hear(event)
        self._changed(running)

    async def _finished(self, event: TurnFinished) -> None:
        current = self.current
        if current is None or event.turn != current.sent:
            return
        if event.cause == "crash":
            return  # `Closed` follows; then the evidence decides
        await self.questions.withdraw()
        if current.redoing:
            current.restart()
        elif not current.stopped:
            await current.finish(event)
        self._changed(current)
        if current.turn.status.final:
            self._release()

    def _release(self) -> None:
        if self._speaking is self.current:
            self._speaking = None
        self.current = None

    async def _stop(self, running: Running) -> None:
        await running.stop()
        self._changed(running)
        await self.questions.withdraw()
        if running is self.current and not running.sent:
            self._release()
        elif session := self._link.session:
            await session.interrupt()
            asyncio.get_running_loop().call_later(
                self._shared.patience_s, self._post, StopOverdue(running)
            )

    async def _closed(self, error: RunnerError | None) -> None:
        self._link.closed()
        await self.questions.withdraw(why=RESTARTED)
        if self._unasked:
            if not self._unasked.stopped:
                await self._unasked.fail("The agent's process ended.")
            await self._end_unasked(None)
        current = self.current
        if current is None:
            return
        self._changed(current)
        again = isinstance(error, AgentKilled) and current.may_start_again()
        if error is not None and not current.stopped and not again:
            await current.fail(str(error))
        if current.turn.status.final:
            self._release()
        elif current.sent:
            current.restart()

    async def _begin_unasked(self) -> None:
        record = await self._shared.store.begin_unasked_turn(
            self._record.id,
            prompt=ASKED.dump(Asked("")),
            prompt_uuid=str(uuid.uuid4()),
            address=self._home,
        )
        running = self._running(record)
        running.begin()
        self._unasked = self._speaking = running
        self._link.busy()

    async def _end_unasked(self, event: TurnFinished | None) -> None:
        if self._unasked is None:
            return
        if event and not self._unasked.stopped:
            await self._unasked.finish(event)
        self._changed(self._unasked)
        self._unasked = self._speaking = None
