"""What the agent says and does, and what becomes of the turn that it is at."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from adapters.inbound import Address
from adapters.language import say
from bot.cards import RESTARTED
from bot.care import Care
from bot.codec import ASKED, Asked
from bot.endings import Endings
from bot.errors import explain_error, in_words
from bot.floor import Floor
from bot.hands import Hands
from bot.link import Closed
from bot.menus import WATCH
from bot.meter import Reached
from bot.outcomes import Answered, Outcome
from bot.questions import Questions
from bot.reins import Reins
from bot.rejoining import Rejoining
from bot.running import Running
from bot.screens import address_record
from bot.shared import Shared
from bot.watchdog import Watch, WatchKind
from runner.base import Answer
from runner.errors import AgentKilled, SessionGone
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    PlanProposed,
    PromptJoined,
    QuestionsAsked,
    Retold,
    RunnerEvent,
    ToolCalled,
    TurnFinished,
    TurnStarted,
)
from store.records import TurnState


class Hearing:
    """*home*: where turns nobody asked for are shown. *do*: see `Work.do`."""

    def __init__(
        self,
        shared: Shared,
        floor: Floor,
        reins: Reins,
        *,
        home: Address,
        care: Care,
        questions: Questions,
        hands: Hands,
        endings: Endings,
        rejoining: Rejoining,
        do: Callable[[Callable[[], Awaitable[None]]], None],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._shared = shared
        self._floor = floor
        self._reins = reins
        self._home = home
        self._care = care
        self._questions = questions
        self._hands = hands
        self._endings = endings
        self._rejoining = rejoining
        self._do = do
        self._tasks = tasks

    async def event(self, event: RunnerEvent) -> None:
        self._care.heard(event)
        match event:
            case Retold(events=events):
                for told in events:
                    await self.event(told)
            case TurnStarted(turn=None, key=key):
                await self._begin_unasked(key)
            case TurnStarted(turn=str(prompt_uuid)):
                await self._started(prompt_uuid)
            case PromptJoined(turn=prompt_uuid):
                if read := self._floor.steering.read(prompt_uuid):
                    read.told()
                    self._floor.changed(read)
            case TurnFinished(turn=None):
                await self._end_unasked(event)
            case TurnFinished():
                await self._finished(event)
            case _:
                await self._within(event)

    async def closed(self, mail: Closed) -> None:
        """The process is gone."""
        floor, error = self._floor, mail.error
        at_work = floor.current is not None and floor.current.at_work
        await self._rejoining.closed()
        await self._questions.withdraw(why=RESTARTED)
        for steered in reversed(floor.steering.take_all()):
            floor.waiting.put_first(steered)
        if floor.unasked:
            if not floor.unasked.stopped:
                words = say(floor.unasked.language, "talk-agent-ended")
                await floor.unasked.fail(words)
            await self._end_unasked(None)
        current = floor.current
        if current is None or (at_work and not current.stopped):
            return  # nothing was heard of it: its agent's record tells
        floor.changed(current)
        again = isinstance(error, AgentKilled) and current.may_start_again()
        if error is not None and not current.stopped and not again:
            await current.fail(explain_error(error, current.language))
            if isinstance(error, SessionGone):
                await self._endings.ask_about_memory(current)
        if current.turn.status.final:
            floor.release()
        elif current.sent:
            current.restart()

    async def interrupt(self, running: Running) -> None:
        """It is final: the agent has to end it, too."""
        self._floor.changed(running)
        await self._questions.withdraw()
        if running.at_work:
            self._reins.close()  # instead of taking it up
        elif running is self._floor.current and not running.sent:
            self._floor.release()
        else:
            await self._reins.interrupt(running)

    async def answer(self, request_id: str, answer: Answer) -> None:
        """Tell the agent what people have decided."""
        if self._reins.session is None:
            return
        await self._reins.answer(request_id, answer)
        self._care.answered(request_id)
        if speaking := self._floor.speaking:
            speaking.turn.answered(request_id)
            self._floor.changed(speaking)

    async def settle_read(self) -> None:
        """What the agent has read so far was part of the turn that ends."""
        for read in self._floor.steering.take_read():
            await read.joined()
            self._floor.changed(read)

    # --- a turn ---------------------------------------------------------------

    async def _started(self, prompt_uuid: str) -> None:
        floor = self._floor
        if floor.current is None and (own := floor.steering.take(prompt_uuid)):
            self._promote(own)
        if floor.current and floor.current.sent == prompt_uuid:
            floor.speaking = floor.current
            await floor.current.consumed()

    async def _within(self, event: RunnerEvent) -> None:
        """Something within a turn."""
        running = self._floor.speaking or self._floor.current
        if running is None or running.at_work:
            return  # of one that is taken up, all is told when that is done
        await running.books.trail.follow(event, self._tasks)
        if running.stopped:
            return
        turn, language = running.record, running.language
        conversation = self._floor.record
        decided: Outcome | None = None
        match event:
            case PermissionRequested():
                decided = await self._questions.permission(
                    event, turn, language=language, project=conversation.project
                )
            case QuestionsAsked():
                decided = await self._questions.agent_asks(
                    event, turn, language=language
                )
            case PlanProposed():
                decided = await self._questions.plan(event, turn, language=language)
            case ToolCalled() if session := self._reins.session:
                work = self._hands.use(event, running, session, conversation)
                self._tasks.create_task(work)
            case PermissionWithdrawn(request_id=request_id):
                await self._questions.withdraw([request_id])
            case _:
                pass  # only to be shown
        running.hear(event)
        self._floor.changed(running)
        if isinstance(decided, Answered):  # before a restart
            await self.answer(decided.request_id, decided.answer)

    async def _finished(self, event: TurnFinished) -> None:
        floor, current = self._floor, self._floor.current
        if dropped := floor.steering.take(event.turn):
            await dropped.released()
            floor.waiting.put_first(dropped)
            return
        if current is None or event.turn != current.sent:
            return
        if event.cause == "crash":
            return  # `Closed` follows; then the evidence decides
        await self._questions.withdraw()
        if current.redoing:
            current.restart()
            floor.changed(current)
        elif current.stopped:
            await current.books.charge(event)
        else:
            await self._conclude(current, event)
        self._care.ended()
        await self.settle_read()
        if floor.current is current and current.turn.status.final:
            floor.release()
        if floor.current is None and (first := floor.steering.take_first()):
            self._promote(first)

    async def _conclude(self, current: Running, event: TurnFinished) -> None:
        """Finish it; or, if it has to wait, put it back where it was."""
        pause_s = await self._endings.postponed(current, event)
        if pause_s is None:
            await current.finish(event)
            done = current.books.done(current.record)
            self._tasks.create_task(self._shared.store.note_activity(done))
            self._floor.changed(current)
            if not current.turn.ended_well:
                self._floor.publish()  # before anybody is asked about it
                await self._endings.after(current, event)
            return
        loop = asyncio.get_running_loop()
        self._floor.not_before = loop.time() + pause_s
        loop.call_later(pause_s, self._do, nothing)
        self._floor.put_back(current)

    def _promote(self, running: Running) -> None:
        self._floor.promote(running)
        self._reins.look_after(running, self._floor.record)

    # --- a turn that nobody asked for -----------------------------------------

    async def _begin_unasked(self, key: str) -> None:
        current = self._floor.current
        language = current.language if current else self._floor.record.language
        record = await self._shared.store.begin_unasked_turn(
            self._floor.record.id,
            prompt=ASKED.dump(Asked("", language=language, wary=self._reins.wary)),
            prompt_uuid=key,
            session_id=self._floor.record.session_id,
            address=address_record(self._home),
        )
        running = Running(
            record,
            store=self._shared.store,
            metrics=self._shared.metrics,
            clock=self._shared.clock,
        )
        running.begin()
        running.stopped = record.state.final  # and is told again after a restart
        self._rejoining.told(running)
        self._floor.unasked = self._floor.speaking = running
        self._reins.busy()
        if record.state is TurnState.CANCELLED:
            await self._reins.interrupt(running)

    async def _end_unasked(self, event: TurnFinished | None) -> None:
        unasked = self._floor.unasked
        if unasked is None:
            return
        if event and not unasked.stopped:
            await unasked.finish(event)
        if unasked.turn.status.final:
            self._floor.changed(unasked)
        self._floor.unasked = self._floor.speaking = None

    # --- silence and limits ---------------------------------------------------

    def silent(self, watch: Watch) -> None:
        self._shared.metrics.watched(watch.kind)
        self._do(partial(self._ask_about_silence, watch))

    def lively(self, _kind: WatchKind) -> None:
        self._do(partial(self._questions.withdraw_own, WATCH))

    def reached(self, limit: Reached) -> None:
        self._shared.metrics.limit_reached(limit.limit)
        self._do(partial(self._cut_off, limit))

    async def _ask_about_silence(self, watch: Watch) -> None:
        if (current := self._floor.current) and not current.stopped:
            language = current.language
            words = in_words(watch.words, language)
            await self._questions.watch(words, current.record, language=language)

    async def _cut_off(self, limit: Reached) -> None:
        current = self._floor.current
        if current is None or current.stopped:
            return
        await current.cut_off(in_words(limit.words, current.language))
        await self.interrupt(current)
        await self._endings.offer_more(current, limit)


async def nothing() -> None:
    """The letter itself is enough: what can go on does."""
