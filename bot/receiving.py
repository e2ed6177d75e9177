"""What people do in a conversation: words, corrections, buttons, commands.

Rule: the events of each are done with what it became, in the same commit or after it.
"""

import uuid
from dataclasses import replace
from typing import assert_never

from adapters.inbound import Choice, Command, Deleted, Edited, Inbound, Text
from adapters.views import CANCEL, INSTEAD, STEER, STOP
from bot.audit import digested
from bot.cards import person_of
from bot.codec import ASKED, TURN_VIEW, Asked
from bot.errors import in_words
from bot.order import Order
from bot.orders import carry_out
from bot.outcomes import Answered, NotYours, Ordered, Stopped, TryAgain, Waited
from bot.prompts import UNDONE
from bot.rates import too_fast
from bot.running import Running
from bot.screens import address_of, address_record, known_elsewhere, turn_of_view
from bot.shared import Shared
from bot.work import Work
from store.records import TurnId


class Receiving:
    def __init__(self, shared: Shared, work: Work) -> None:
        self._shared = shared
        self._store = shared.store
        self._work = work

    async def take(self, inbound: Inbound, order: Order) -> TurnId | None:
        """The turn that it became, or became a part of. *order*: how to answer it."""
        match inbound.body:
            case Text() as text:
                return await self._text(inbound, text, order)
            case Edited() as edited:
                await self._edited(inbound, edited, order)
            case Command() | Choice() if await self._carried_out(inbound):
                order.tell("order-carried-out")
            case Deleted():
                if running := await self._about(inbound):
                    await self._work.turns.end(running, by=person_of(inbound))
            case Command() as command:
                return await self._carry_out(order, command)
            case Choice() as choice:
                return await self._choice(inbound, choice, order)
            case _:
                assert_never(inbound.body)
        await order.settle()
        return None

    # --- words ----------------------------------------------------------------

    async def _text(self, inbound: Inbound, text: Text, order: Order) -> TurnId | None:
        if problems := [file.problem for file in text.files if file.problem]:
            order.say("\n\n".join(problems))
            if not text.text.strip() and len(problems) == len(text.files):
                await order.settle()
                return None
        text = replace(text, files=await digested(text.files))
        if text.follows and (joined := await self._join(inbound, text)):
            return joined
        if card := self._question_for(inbound, text):
            return await self._choose(Choice(card, "", text.text), order)
        if await self._too_fast(inbound, order):
            await order.settle()
            return None
        return await self._ask(inbound, text, order)

    async def _ask(self, inbound: Inbound, text: Text, order: Order) -> TurnId | None:
        turn = await self._store.queue_turn(
            self._work.record.id,
            platform=inbound.platform,
            events=inbound.events,
            prompt=ASKED.dump(self._asked(inbound, text, order.language)),
            asked_by=inbound.sender.id,
            address=address_record(inbound.address),
            reply_to=inbound.message,
            prompt_uuid=str(uuid.uuid4()),
        )
        if turn is not None:
            self._work.turns.take(turn)
        else:  # it is one already, from before a restart
            turn = await self._store.turn_of_event(inbound.platform, inbound.events[0])
        return turn.id if turn else None

    def _asked(self, inbound: Inbound, text: Text, language: str) -> Asked:
        undone, self._work.undone = self._work.undone, False
        return Asked(
            text=text.text,
            files=text.files,
            sender_id=inbound.sender.id,
            sender_name=inbound.sender.name,
            at=self._shared.clock(),
            output_schema=text.output_schema,
            language=language,
            note=UNDONE if undone else "",
            wary=self._wary(text),
        )

    def _wary(self, body: Text | Edited) -> bool:
        return body.foreign and not self._work.workspace.trust_shared

    async def _too_fast(self, inbound: Inbound, order: Order) -> bool:
        """Whether it is refused; says why."""
        rates = self._shared.rates
        if order.by_admin or not rates.per_minute:
            return False
        person = self._shared.people.key(*order.person)
        wait_s = rates.wait_s(person)
        if not wait_s:
            return False
        if await self._store.turn_of_event(inbound.platform, inbound.events[0]):
            return False  # it was let in before a restart
        self._shared.metrics.too_fast(inbound.platform)
        if rates.tell(person):
            order.say(in_words(too_fast(wait_s, rates.per_minute), order.language))
        return True

    def _question_for(self, inbound: Inbound, text: Text) -> str | None:
        """The card these words answer, if they are no prompt."""
        if text.files or text.follows or not text.text.strip() or self._wary(text):
            return None
        return self._work.questions.waits_for_words(inbound)

    async def _join(self, inbound: Inbound, text: Text) -> TurnId | None:
        """Make it part of what it follows, unless the agent has acted on that."""
        record = await self._store.turn_of_event(inbound.platform, text.follows)
        running = self._work.turns.find(record.id) if record else None
        if running is None or running.turn.acted:
            return None
        asked = replace(
            running.asked,
            text=f"{running.asked.text}\n\n{text.text}".strip(),
            files=(*running.asked.files, *text.files),
            wary=running.asked.wary or self._wary(text),
        )
        if not await _amend(running, asked, inbound):
            return None
        await self._work.turns.redo(running)
        return running.record.id

    async def _edited(self, inbound: Inbound, edited: Edited, order: Order) -> None:
        running = await self._about(inbound)
        if running is None or running not in self._work.waiting:
            order.tell("talk-started")
            return
        wary = running.asked.wary or self._wary(edited)
        asked = replace(running.asked, text=edited.text, wary=wary)
        if await _amend(running, asked, inbound):
            await self._work.turns.redo(running)

    async def _about(self, inbound: Inbound) -> Running | None:
        """The turn, running or waiting, that this message asked for."""
        if inbound.message is None:
            return None
        record = await self._store.turn_of_message(
            address_record(inbound.address), inbound.message
        )
        return self._work.turns.find(record.id) if record else None

    # --- buttons and commands -------------------------------------------------

    async def _carried_out(self, inbound: Inbound) -> bool:
        """By an earlier run, which had no time to say so."""
        return await self._store.carried_out(inbound.platform, inbound.events)

    async def _choice(
        self, inbound: Inbound, choice: Choice, order: Order
    ) -> TurnId | None:
        work = self._work
        if choice.option_id not in (STOP, CANCEL, STEER, INSTEAD):
            return await self._choose(choice, order)
        turn = turn_of_view(choice.view_id)
        running = work.turns.find(turn)
        if running is None:
            await self._pressed_too_late(inbound, turn, order)
        elif choice.option_id == STEER:
            if not await work.turns.steer(running):
                apart = work.turns.keeps_apart(running)
                order.tell("talk-kept-apart" if apart else "talk-no-steering")
        elif choice.option_id == INSTEAD:
            await work.turns.instead(running, by=person_of(inbound))
        else:
            await work.turns.end(running, by=person_of(inbound))
        await order.settle()
        return None

    async def _choose(self, choice: Choice, order: Order) -> TurnId | None:
        work = self._work
        match await work.questions.choose(order.inbound, choice):
            case Answered(request_id=request_id, answer=answer):
                await work.answer(request_id, answer)
            case TryAgain(turn=turn):
                await self._try_again(turn)
            case Stopped(turn=turn):
                if running := work.turns.find(turn):
                    await work.turns.end(running, by=person_of(order.inbound))
            case Ordered(command=name, argument=argument):
                return await self._carry_out(order, Command(name, argument))
            case NotYours() as refusal:
                order.say(refusal.words(order.language), private=True)
            case Waited() | None:
                pass
        await order.settle()
        return None

    async def _carry_out(self, order: Order, command: Command) -> TurnId | None:
        order.command = command
        turn = await carry_out(order)
        if not order.under_way:
            await order.settle()
        return turn

    async def _try_again(self, turn: TurnId) -> None:
        """A turn that was given up, or one that is silent, begins anew."""
        if running := self._work.turns.find(turn):
            self._work.turns.begin_again(running)
        elif again := await self._store.requeue_turn(turn, forgive=True):
            self._work.turns.take(again)

    async def _pressed_too_late(
        self, inbound: Inbound, turn: TurnId, order: Order
    ) -> None:
        """Take away a message that was sent just before a kill, and never recorded.

        The turn it shows is over, and what is known to show it has no buttons.
        """
        found = await self._store.turn(turn)
        here = self._work.record.id
        if found is None or found.conversation_id != here or not found.view:
            return
        view = TURN_VIEW.load(found.view)
        if inbound.message:
            await self._shared.screens.adopt(inbound.address, view.id, inbound.message)
        name = ASKED.load(found.prompt).sender_name
        asked_by = known_elsewhere(name, found.origin)
        order.show(view, home=address_of(found.address), asked_by=asked_by)


async def _amend(running: Running, asked: Asked, inbound: Inbound) -> bool:
    return await running.amend(asked, platform=inbound.platform, events=inbound.events)
