"""One conversation: takes its mail in order, one letter at a time.

Rule: only `run` touches this state. Everybody else leaves mail with `post`.
"""

import asyncio
import uuid
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Final, Literal, TypeAlias, assert_never

import structlog

from adapters.inbound import Address, Choice, Command, Deleted, Edited, Inbound, Text
from adapters.views import CANCEL, STOP, Notice, View
from bot.access import Access
from bot.codec import ASKED, TURN_VIEW, Asked
from bot.orders import carry_out
from bot.questions import Answered, NotYours, TryAgain
from bot.running import Running
from bot.screens import address_record, turn_of_view, turn_view_id
from bot.shared import Shared
from bot.work import Work, WorkMail
from store.records import ConversationId, ConversationRecord, TurnId

log = structlog.get_logger()

#: So many letters are taken before people see something new, however fast they come.
BATCH = 64
STARTED = "I have already started on that. Send the correction as a new message."


class _Order(Enum):
    FORGET = "forget"


#: Ends the conversation, and its agent, for good.
FORGET: Final = _Order.FORGET

Mail: TypeAlias = Inbound | WorkMail | Literal[_Order.FORGET]


class Conversation:
    def __init__(self, address: Address, *, shared: Shared, access: Access) -> None:
        self._address = address
        self._access = access
        self._shared = shared
        self._store = shared.store
        self._mail: asyncio.Queue[Mail] = asyncio.Queue()
        self._work: Work | None = None
        self._number: ConversationId | None = None  # None until `run` found it
        self.over = asyncio.Event()  # `run` has ended

    def post(self, mail: Mail) -> None:
        """Never blocks: a busy agent must not hold up the chat platform."""
        self._mail.put_nowait(mail)

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
        self.over.set()
        return left

    async def run(self) -> None:
        """Serve until cancelled or forgotten, beginning with what was unfinished."""
        record = await conversation_at(self._shared, self._address)
        self._number = record.id
        # Before the agent starts: it takes no notice of a folder that comes later.
        self._shared.folder(record.id).mkdir(mode=0o700, parents=True, exist_ok=True)
        with structlog.contextvars.bound_contextvars(conversation=record.id):
            async with asyncio.TaskGroup() as tasks:
                self._work = work = Work(
                    record,
                    home=address_record(self._address),
                    shared=self._shared,
                    access=self._access,
                    post=self.post,
                    show=self.show,
                    adopt=partial(self._shared.screens.adopt, self._address),
                    tasks=tasks,
                )
                for turn in await self._store.unfinished_turns(record.id):
                    await work.take_up(turn)
                await self._serve(record, work)

    async def _serve(self, record: ConversationRecord, work: Work) -> None:
        taken = 0
        while True:
            await work.go_on()
            if self._mail.empty() or taken % BATCH == 0:
                work.publish()
            letter = await self._mail.get()
            taken += 1
            if letter is FORGET:
                await self._forget(record, work)
                return
            if isinstance(letter, Inbound):
                turn = await self._inbound(letter, record, work)
                self._shared.feed.settled(
                    letter.events, None if turn is None else turn_view_id(turn)
                )
            else:
                await work.hear(letter)

    async def _forget(self, record: ConversationRecord, work: Work) -> None:
        await work.end_all()
        work.publish()
        work.close()
        await self._store.forget(record.id)

    # --- what people do -------------------------------------------------------

    async def _inbound(
        self, inbound: Inbound, record: ConversationRecord, work: Work
    ) -> TurnId | None:
        """Take it; the turn that it became, or became a part of."""
        match inbound.body:
            case Text() as text:
                # Its events are done with the turn they became.
                return await self._text(inbound, text, record, work)
            case Edited(text=text):
                await self._edited(inbound, text, work)
            case Deleted():
                if running := await self._about(inbound, work):
                    await work.end(running)
            case Command() as command:
                if words := await carry_out(
                    command,
                    inbound,
                    conversation=record.id,
                    work=work,
                    shared=self._shared,
                ):
                    self._say(inbound, words)
            case Choice() as choice:
                await self._choice(inbound, choice, record, work)
            case _:
                assert_never(inbound.body)
        await self._store.discard(inbound.platform, inbound.events)
        return None

    async def _text(
        self, inbound: Inbound, text: Text, record: ConversationRecord, work: Work
    ) -> TurnId | None:
        if problems := [file.problem for file in text.files if file.problem]:
            self._say(inbound, "\n\n".join(problems))
            if not text.text.strip() and len(problems) == len(text.files):
                await self._store.discard(inbound.platform, inbound.events)
                return None
        if text.follows and (joined := await self._join(inbound, text, work)):
            return joined
        if card := self._question_for(inbound, text, work):
            await self._choose(inbound, Choice(card, "", text.text), work)
            return None
        turn = await self._store.queue_turn(
            record.id,
            platform=inbound.platform,
            events=inbound.events,
            prompt=ASKED.dump(self._asked(inbound, text)),
            asked_by=inbound.sender.id,
            address=address_record(inbound.address),
            reply_to=inbound.message,
            prompt_uuid=str(uuid.uuid4()),
        )
        if turn is not None:
            work.take(turn)
        else:  # it is one already, from before a restart
            turn = await self._store.turn_of_event(inbound.platform, inbound.events[0])
        return turn.id if turn else None

    def _question_for(self, inbound: Inbound, text: Text, work: Work) -> str | None:
        """The card these words answer, if they are no prompt."""
        if text.files or text.follows or not text.text.strip():
            return None
        return work.questions.waits_for_words(inbound)

    async def _join(self, inbound: Inbound, text: Text, work: Work) -> TurnId | None:
        """Make it part of what it follows, unless the agent has acted on that."""
        record = await self._store.turn_of_event(inbound.platform, text.follows)
        running = work.find(record.id) if record else None
        if running is None or running.turn.acted:
            return None
        asked = replace(
            running.asked,
            text=f"{running.asked.text}\n\n{text.text}".strip(),
            files=(*running.asked.files, *text.files),
        )
        if not await running.amend(asked, inbound):
            return None
        await work.redo(running)
        return running.record.id

    async def _edited(self, inbound: Inbound, text: str, work: Work) -> None:
        running = await self._about(inbound, work)
        if running is None or running not in work.waiting:
            self._say(inbound, STARTED)
        elif await running.amend(replace(running.asked, text=text), inbound):
            await work.redo(running)

    async def _about(self, inbound: Inbound, work: Work) -> Running | None:
        """The turn, running or waiting, that this message asked for."""
        if inbound.message is None:
            return None
        record = await self._store.turn_of_message(
            address_record(inbound.address), inbound.message
        )
        return work.find(record.id) if record else None

    async def _choice(
        self, inbound: Inbound, choice: Choice, record: ConversationRecord, work: Work
    ) -> None:
        if choice.option_id in (STOP.id, CANCEL.id):
            turn = turn_of_view(choice.view_id)
            if running := work.find(turn):
                await work.end(running)
            else:
                await self._pressed_too_late(inbound, turn, record)
            return
        await self._choose(inbound, choice, work)

    async def _choose(self, inbound: Inbound, choice: Choice, work: Work) -> None:
        match await work.questions.choose(inbound, choice):
            case Answered(request_id=request_id, answer=answer):
                await work.answer(request_id, answer)
            case TryAgain(turn=turn):
                again = await self._store.requeue_turn(turn, forgive=True)
                if again is not None:
                    work.take(again)
            case NotYours(name=name):
                self._say(inbound, f"Only {name} can decide this.", private=True)
            case None:
                pass

    async def _pressed_too_late(
        self, inbound: Inbound, turn: TurnId, record: ConversationRecord
    ) -> None:
        """Take away a message that was sent just before a kill, and never recorded.

        The turn it shows is over, and what is known to show it has no buttons.
        """
        found = await self._store.turn(turn)
        if found is None or found.conversation_id != record.id:
            return
        if found.view:
            view = TURN_VIEW.load(found.view)
            if inbound.message:
                await self._shared.screens.adopt(
                    self._address, view.id, inbound.message
                )
            self.show(view)

    # --- what Parley says -----------------------------------------------------

    def _asked(self, inbound: Inbound, text: Text) -> Asked:
        return Asked(
            text=text.text,
            files=text.files,
            sender_id=inbound.sender.id,
            sender_name=inbound.sender.name,
            at=self._shared.clock(),
            output_schema=text.output_schema,
        )

    def _say(self, inbound: Inbound, text: str, *, private: bool = False) -> None:
        self.show(
            Notice(
                id=f"n{inbound.events[0]}",
                text=text,
                reply_to=inbound.message,
                only_for=inbound.sender.id if private or inbound.private else "",
            )
        )

    def show(self, view: View) -> None:
        """On every screen, and to whoever watches."""
        self._shared.screens.show((self._address,), view)
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
