"""One conversation: takes its mail in order, one letter at a time.

Rule: only `run` touches this state. Everybody else leaves mail with `post`.
"""

import asyncio
import uuid
from dataclasses import replace
from functools import partial
from typing import TypeAlias, assert_never

import structlog

from adapters.inbound import Address, Choice, Command, Deleted, Edited, Inbound, Text
from adapters.views import CANCEL, STOP, Notice, View
from bot.access import Access
from bot.codec import ASKED, TURN_VIEW, Asked
from bot.commands import Status, help_text, status_text, unknown
from bot.questions import Answered, NotYours, TryAgain
from bot.running import Running
from bot.screens import address_record, turn_of_view
from bot.shared import Shared
from bot.work import Work, WorkMail
from store.records import ConversationRecord, TurnId

log = structlog.get_logger()

#: So many letters are taken before people see something new, however fast they come.
BATCH = 64
STARTED = "I have already started on that. Send the correction as a new message."

Mail: TypeAlias = Inbound | WorkMail


class Conversation:
    def __init__(self, address: Address, *, shared: Shared, access: Access) -> None:
        self._address = address
        self._access = access
        self._shared = shared
        self._store = shared.store
        self._mail: asyncio.Queue[Mail] = asyncio.Queue()
        self._work: Work | None = None

    def post(self, mail: Mail) -> None:
        """Never blocks: a busy agent must not hold up the chat platform."""
        self._mail.put_nowait(mail)

    def suspend(self) -> None:
        """Parley is about to end; what is on disk goes on at the next start."""
        if self._work:
            self._work.suspend()

    async def run(self) -> None:
        """Serve until cancelled, beginning with what an earlier run left unfinished."""
        record = await conversation_at(self._shared, self._address)
        with structlog.contextvars.bound_contextvars(conversation=record.id):
            async with asyncio.TaskGroup() as tasks:
                self._work = work = Work(
                    record,
                    home=address_record(self._address),
                    shared=self._shared,
                    access=self._access,
                    post=self.post,
                    show=self._show,
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
            if isinstance(letter, Inbound):
                await self._inbound(letter, record, work)
            else:
                await work.hear(letter)

    # --- what people do -------------------------------------------------------

    async def _inbound(
        self, inbound: Inbound, record: ConversationRecord, work: Work
    ) -> None:
        match inbound.body:
            case Text() as text:
                await self._text(inbound, text, record, work)
                return  # its events are done with the turn they became
            case Edited(text=text):
                await self._edited(inbound, text, work)
            case Deleted():
                if running := await self._about(inbound, work):
                    await work.end(running)
            case Command() as command:
                await self._command(inbound, command, record, work)
            case Choice() as choice:
                await self._choice(inbound, choice, record, work)
            case _:
                assert_never(inbound.body)
        await self._store.discard(inbound.address.platform, inbound.events)

    async def _text(
        self, inbound: Inbound, text: Text, record: ConversationRecord, work: Work
    ) -> None:
        if problems := [file.problem for file in text.files if file.problem]:
            self._say(inbound, "\n\n".join(problems))
            if not text.text.strip() and len(problems) == len(text.files):
                await self._store.discard(inbound.address.platform, inbound.events)
                return
        if text.follows and await self._join(inbound, text, work):
            return
        if card := self._question_for(inbound, text, work):
            await self._choose(inbound, Choice(card, "", text.text), work)
            return
        turn = await self._store.queue_turn(
            record.id,
            platform=inbound.address.platform,
            events=inbound.events,
            prompt=ASKED.dump(self._asked(inbound, text)),
            asked_by=inbound.sender.id,
            address=address_record(inbound.address),
            reply_to=inbound.message,
            prompt_uuid=str(uuid.uuid4()),
        )
        if turn is not None:  # else it is one already, from before a restart
            work.take(turn)

    def _question_for(self, inbound: Inbound, text: Text, work: Work) -> str | None:
        """The card these words answer, if they are no prompt."""
        if text.files or text.follows or not text.text.strip():
            return None
        return work.questions.waits_for_words(inbound)

    async def _join(self, inbound: Inbound, text: Text, work: Work) -> bool:
        """Make it part of what it follows, unless the agent has acted on that."""
        record = await self._store.turn_of_event(inbound.address.platform, text.follows)
        running = work.find(record.id) if record else None
        if running is None or running.turn.acted:
            return False
        asked = replace(
            running.asked,
            text=f"{running.asked.text}\n\n{text.text}".strip(),
            files=(*running.asked.files, *text.files),
        )
        if not await running.amend(asked, inbound.events):
            return False
        await work.redo(running)
        return True

    async def _edited(self, inbound: Inbound, text: str, work: Work) -> None:
        running = await self._about(inbound, work)
        if running is None or running not in work.waiting:
            self._say(inbound, STARTED)
        elif await running.amend(replace(running.asked, text=text), inbound.events):
            await work.redo(running)

    async def _about(self, inbound: Inbound, work: Work) -> Running | None:
        """The turn, running or waiting, that this message asked for."""
        if inbound.message is None:
            return None
        record = await self._store.turn_of_message(
            address_record(inbound.address), inbound.message
        )
        return work.find(record.id) if record else None

    async def _command(
        self, inbound: Inbound, command: Command, record: ConversationRecord, work: Work
    ) -> None:
        match command.name:
            case "stop":
                if not await work.end_all():
                    self._say(inbound, "Nothing is running.")
            case "new":
                await work.end_all()
                work.switch(
                    await self._store.begin_session(
                        record.id,
                        str(uuid.uuid4()),
                        platform=inbound.address.platform,
                        events=inbound.events,
                    )
                )
                self._say(inbound, "A new conversation: nothing before this is known.")
            case "status":
                self._say(inbound, status_text(await self._status(work)))
            case "help" | "start":
                self._say(inbound, help_text(inbound.address.platform))
            case _:
                self._say(inbound, unknown(command))

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
            self._show(view)

    # --- what Parley says -----------------------------------------------------

    def _asked(self, inbound: Inbound, text: Text) -> Asked:
        return Asked(
            text=text.text,
            files=text.files,
            sender_id=inbound.sender.id,
            sender_name=inbound.sender.name,
            at=self._shared.clock(),
        )

    async def _status(self, work: Work) -> Status:
        totals = await self._store.totals()
        current = work.current
        return Status(
            agent=self._shared.runner.agent,
            model=work.model,
            workspace=str(self._shared.workspace.path),
            warm=work.warm,
            working_s=current.working_s if current else None,
            waiting=len(work.waiting),
            agents=self._shared.pool.taken,
            limit=self._shared.pool.limit,
            turns_today=totals.turns_today,
            cost_today_usd=totals.cost_today_usd,
            parked=totals.parked,
            health=self._shared.screens.health(),
        )

    def _say(self, inbound: Inbound, text: str, *, private: bool = False) -> None:
        self._show(
            Notice(
                id=f"n{inbound.events[0]}",
                text=text,
                reply_to=inbound.message,
                only_for=inbound.sender.id if private or inbound.private else "",
            )
        )

    def _show(self, view: View) -> None:
        self._shared.screens.show((self._address,), view)


async def conversation_at(shared: Shared, address: Address) -> ConversationRecord:
    """The conversation that lives there, begun now if there is none."""
    return await shared.store.conversation_at(
        address_record(address),
        project=shared.workspace.name,
        agent=shared.runner.agent,
        session_id=str(uuid.uuid4()),
    )
