"""One conversation's turns and agent: what sees to them, put together, and its mail.

Rule: one prompt in flight at a time; a turn an agent may have seen goes on from
evidence, never from hope.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from adapters.inbound import Address, MessageRef
from adapters.views import QuestionView
from bot.access import Access
from bot.beginning import Beginning
from bot.care import Care
from bot.endings import Endings
from bot.floor import Floor
from bot.hands import Hands
from bot.hearing import Hearing
from bot.link import Closed, Heard, NoSeat, Opened, RestWanted
from bot.preparing import Preparing
from bot.questions import Questions
from bot.reins import Reins, ReinsMail, StopOverdue
from bot.rejoining import Rejoining
from bot.running import Running
from bot.screens import turn_of_view
from bot.shared import Shared, Workspace
from bot.show import Show
from bot.turns import Turns
from bot.waiting import Waiting
from runner.base import Answer, Session
from store.records import ConversationRecord


@dataclass(frozen=True, slots=True)
class Do:
    """Something to be done in the conversation's own time, between two letters."""

    action: Callable[[], Awaitable[object]]


WorkMail: TypeAlias = ReinsMail | Do


class Work:
    def __init__(
        self,
        record: ConversationRecord,
        *,
        home: Address,
        shared: Shared,
        access: Access,
        post: Callable[[WorkMail], None],
        show: Show,
        adopt: Callable[[str, MessageRef], Awaitable[None]],
        tasks: asyncio.TaskGroup,
    ) -> None:
        self._shared = shared
        self._post = post
        self._floor = floor = Floor(record, show=show)

        def card(view: QuestionView) -> None:
            about = floor.find(turn_of_view(view.turn_id))
            show(view, home=about.address if about else None)

        self.questions = Questions(
            shared.store, record.id, access=access, show=card, adopt=adopt
        )
        endings = Endings(shared, access, self.questions, show=show)
        self._care = Care(
            shared,
            tasks,
            silent=lambda watch: self._hearing.silent(watch),
            lively=lambda kind: self._hearing.lively(kind),
            reached=lambda limit: self._hearing.reached(limit),
        )
        self._reins = Reins(shared, care=self._care, post=post, tasks=tasks)
        self._rejoining = Rejoining(floor, self._reins)
        self._hearing = Hearing(
            shared,
            floor,
            self._reins,
            rejoining=self._rejoining,
            home=home,
            care=self._care,
            questions=self.questions,
            hands=Hands(shared, show=show),
            endings=endings,
            do=self.do,
            tasks=tasks,
        )
        self.turns = Turns(
            shared,
            floor,
            self._reins,
            access=access,
            hearing=self._hearing,
            rejoining=self._rejoining,
        )
        self._beginning = Beginning(
            shared,
            floor,
            self._reins,
            questions=self.questions,
            endings=endings,
            rejoining=self._rejoining,
            preparing=Preparing(shared, tasks=tasks, do=self.do, show=show),
            do=self.do,
        )
        self.undone = False  # edits were taken back, and the agent does not know

    @property
    def record(self) -> ConversationRecord:
        return self._floor.record

    @property
    def workspace(self) -> Workspace:
        return self._shared.workspace_of(self.record)

    @property
    def live(self) -> Session | None:
        """The agent's session, if its process is up."""
        return self._reins.session

    @property
    def waiting(self) -> Waiting:
        return self._floor.waiting

    @property
    def current(self) -> Running | None:
        return self._floor.current

    @property
    def busy(self) -> bool:
        return bool(self._floor.visible)

    @property
    def at_rest(self) -> bool:
        """No turn runs or waits. An agent may be up."""
        return self._floor.free and not self._floor.waiting

    def do(self, action: Callable[[], Awaitable[object]]) -> None:
        """Have it done between two letters: only there may the turns be touched."""
        self._post(Do(action))

    # --- what people want of the agent ----------------------------------------

    async def answer(self, request_id: str, answer: Answer) -> None:
        await self._hearing.answer(request_id, answer)

    def switch(self, record: ConversationRecord) -> None:
        """Another agent session, or another workspace, from now on."""
        self._floor.record = record
        self.close()

    def changed(self, record: ConversationRecord, *, restart: bool) -> None:
        """Other settings. *restart*: its process learns of them when it starts."""
        self._floor.record = record
        if restart:
            self.refresh()

    def refresh(self) -> None:
        """The agent's process is not as it would be started now (`Reins.suits`)."""
        if self._floor.free:
            self.close()

    def close(self) -> None:
        """End the agent's process; the next turn starts it again."""
        self._reins.close()

    async def take_mode(self) -> None:
        """The agent that is up works in the conversation's mode. Raises `Refused`."""
        await self._reins.take_mode(self.record)

    def pause(self) -> None:
        """No turn begins until `go_on_again` was called as often."""
        self._beginning.pauses += 1

    async def go_on_again(self) -> None:
        self._beginning.pauses -= 1

    def session(self) -> asyncio.Future[Session]:
        """The agent's session, started if it rests; or the `RunnerError` it met."""
        return self._reins.wanted()

    async def prewarm(self) -> None:
        """Somebody will soon ask something."""
        if self._reins.shut and not self.busy and not self._beginning.pauses:
            await self._reins.open(self.record, prewarm=True)

    def suspend(self) -> None:
        """Parley is about to end: say so below what runs."""
        for running in self._floor.held:
            self._floor.note(running, "talk-restarting")
        self.publish()

    def publish(self) -> None:
        """Show whatever changed since the last time."""
        self._floor.publish()

    def publish_all(self) -> None:
        """There is a new screen."""
        self._floor.publish_all()

    # --- what happens ---------------------------------------------------------

    async def hear(self, mail: WorkMail) -> None:
        match mail:
            case Opened():
                self._reins.opened(mail)
                if not self._floor.free:
                    self._reins.busy()
            case NoSeat():
                if self.current:
                    tight = self._shared.pool.tight
                    key = "limits-no-memory" if tight else "talk-no-seat"
                    self._floor.note(self.current, key)
            case RestWanted():
                if self._floor.free:
                    self._reins.close()
                else:
                    self._reins.busy()  # it cannot leave now
            case Heard(event=event, dealt_with=dealt_with):
                await self._hearing.event(event)
                dealt_with()
            case Closed():
                self._reins.closed(mail)
                await self._hearing.closed(mail)
            case StopOverdue(running=running):
                if running in self._floor.held:
                    self._reins.close()
            case Do(action=action):
                await action()
            case _:
                assert_never(mail)

    async def go_on(self) -> None:
        """Do whatever there is to do now. Called after every letter."""
        await self._beginning.go_on()
