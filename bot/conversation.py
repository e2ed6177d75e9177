"""One conversation: takes its mail in order, one letter at a time.

Rule: only `run` touches this state. Everybody else leaves mail with `post`.
"""

import asyncio
import uuid
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import TypeAlias

import structlog

from adapters.inbound import Address, Inbound
from adapters.language import ENGLISH
from adapters.views import Notice, View
from bot.access import Access
from bot.activity import UNDONE
from bot.chores import Chores
from bot.order import Order
from bot.private import make_private
from bot.receiving import Receiving
from bot.screens import address_of, address_record, turn_view_id
from bot.shared import Shared
from bot.work import Work, WorkMail
from runner.base import Session
from store.records import ConversationId, ConversationRecord

log = structlog.get_logger()

#: So many letters are taken before people see something new, however fast they come.
BATCH = 64


class Word(Enum):
    """What the dispatcher tells a conversation."""

    FORGET = "forget"  # end it, and its agent, for good
    LEAVE = "leave"  # nothing of it is here any more; it is not forgotten
    MOVED = "moved"  # it is shown at other addresses from now on
    EXPECT = "expect"  # somebody will soon ask something
    RETIRE = "retire"  # end it if there is nothing to do; it is opened again for mail


Mail: TypeAlias = Inbound | WorkMail | Word


class Conversation:
    """*move*: what comes from an address belongs to the conversation of that home.

    *alive*: the agent that an earlier run left there is still up.
    """

    def __init__(
        self,
        home: Address,
        *,
        shared: Shared,
        access: Access,
        move: Callable[[Address, Address], None],
        alive: bool,
    ) -> None:
        self._home = home
        self._alive = alive
        self._addresses = [home]
        self._access = access
        self._shared = shared
        self._move = move
        self._store = shared.store
        self._mail: asyncio.Queue[Mail] = asyncio.Queue()
        self._work: Work | None = None
        self._number: ConversationId | None = None  # None until `run` found it
        self._clock = asyncio.get_running_loop().time
        self._used_at = self._clock()
        self.over = asyncio.Event()  # `run` has ended

    def post(self, mail: Mail) -> None:
        """Never blocks: a busy agent must not hold up the chat platform."""
        self._mail.put_nowait(mail)

    @property
    def number(self) -> ConversationId | None:
        """None until `run` found it."""
        return self._number

    @property
    def unused_s(self) -> float:
        """How long ago it had its latest mail, or was opened."""
        return self._clock() - self._used_at

    @property
    def language(self) -> str:
        return self._work.record.language if self._work else ENGLISH

    @property
    def session(self) -> Session | None:
        """Its agent's, if that is up: to look at."""
        return self._work.live if self._work else None

    def suspend(self) -> None:
        """Parley is about to end; what is on disk goes on at the next start."""
        if self._work:
            self._work.suspend()

    def end(self) -> list[Inbound]:
        """When `run` has ended, however that was: what people did that it left."""
        feed = self._shared.feed
        letters = [self._mail.get_nowait() for _ in range(self._mail.qsize())]
        left = [letter for letter in letters if isinstance(letter, Inbound)]
        for inbound in left:
            feed.lost(inbound.events)
        if self._number is not None:
            feed.drop(self._number)
            self._shared.parking.leave(self._number)
        self.over.set()
        return left

    async def run(self) -> None:
        """Begin with what was unfinished; serve until cancelled or told to end."""
        record = await conversation_at(self._shared, self._home)
        self._number = record.id
        await self._learn_addresses(record.id)
        # Before the agent starts: it takes no notice of a folder that comes later.
        make_private(self._shared.folder(record.id))
        with structlog.contextvars.bound_contextvars(conversation=record.id):
            async with Chores() as tasks:
                self._work = work = Work(
                    record,
                    home=self._home,
                    shared=self._shared,
                    access=self._access,
                    post=self.post,
                    show=self.show,
                    adopt=partial(self._shared.screens.adopt, self._home),
                    tasks=tasks,
                )
                work.undone = await self._undone(record.id)
                await work.turns.take_up(
                    await self._store.unfinished_turns(record.id), alive=self._alive
                )
                await self._serve(work, tasks)

    async def _serve(self, work: Work, tasks: Chores) -> None:
        receiving = Receiving(self._shared, work)
        taken = 0
        while True:
            await work.go_on()
            if self._mail.empty() or taken % BATCH == 0:
                work.publish()
            letter = await self._mail.get()
            taken += 1
            self._used_at = self._clock()
            match letter:
                case Word.FORGET:
                    await self._forget(work)
                    return
                case Word.LEAVE:
                    work.close()
                    return
                case Word.RETIRE:
                    if self._spare(work, tasks):
                        return
                case Word.MOVED:
                    await self._learn_addresses(work.record.id)
                    work.publish_all()
                case Word.EXPECT:
                    await work.prewarm()
                case Inbound():
                    sender = letter.sender
                    self._access.met(f"{letter.platform}:{sender.id}", sender.name)
                    turn = await receiving.take(
                        letter, self._order(letter, work, tasks)
                    )
                    self._shared.feed.settled(
                        letter.events, None if turn is None else turn_view_id(turn)
                    )
                case _:
                    await work.hear(letter)

    def _spare(self, work: Work, tasks: Chores) -> bool:
        """Whether what is on disk is all there is, and nobody is about to write.

        An agent that is up is one of *tasks*. If so the conversation ends before
        anything else can happen: no mail is left in it.
        """
        quiet = self._mail.empty() and self._shared.feed.quiet(work.record.id)
        return quiet and tasks.done and work.at_rest

    async def _forget(self, work: Work) -> None:
        await work.turns.end_all()
        work.publish()
        work.close()
        await self._store.forget(work.record.id)

    async def _undone(self, number: ConversationId) -> bool:
        """Whether edits were taken back since the agent was last asked anything."""
        rows = await self._store.activity(number, limit=1)
        turns = await self._store.turns_of(number, before=None, limit=1)
        newest = turns[-1].queued_at if turns else 0.0
        return any(row.name == UNDONE and row.at > newest for row in rows)

    async def _learn_addresses(self, number: ConversationId) -> None:
        found = map(address_of, await self._store.addresses(number))
        others = [address for address in found if address != self._home]
        self._addresses = [self._home, *others]

    def _order(self, inbound: Inbound, work: Work, tasks: asyncio.TaskGroup) -> Order:
        return Order(
            inbound=inbound,
            language=self._shared.people.language(inbound),
            home=self._home,
            several=len(self._addresses) > 1,
            work=work,
            shared=self._shared,
            access=self._access,
            show=self.show,
            tasks=tasks,
            move=self._move,
        )

    # --- what Parley says -----------------------------------------------------

    def show(
        self, view: View, *, home: Address | None = None, asked_by: str = ""
    ) -> None:
        """On every screen, and to whoever watches: see `bot.show.Show`."""
        home = home or self._home
        addresses = self._addresses
        if isinstance(view, Notice) and view.only_for:
            addresses = [home]
        self._shared.screens.show(addresses, view, home=home, asked_by=asked_by)
        if self._number is not None:
            self._shared.feed.publish(self._number, view)


async def conversation_at(shared: Shared, address: Address) -> ConversationRecord:
    """The conversation that lives there, begun now if there is none."""
    return await shared.store.conversation_at(
        address_record(address),
        project=shared.workspace.name,
        agent=shared.runner.agent,
        session_id=str(uuid.uuid4()),
    )
