"""Commands behind the buttons of a turn that ended badly, or waits."""

import uuid
from dataclasses import replace

from bot.codec import ASKED, Asked
from bot.order import Order
from bot.prompts import recap
from bot.screens import address_record, turn_of_view
from store.records import TurnId, TurnRecord, TurnState

RECALLED = 10  # turns that a recap tells of
GO_ON = "Go on."


async def cancel(order: Order) -> None:
    """`cancel t12`: take it out of the queue."""
    running = order.work.turns.find(turn_of_view(order.argument))
    if running is not None and running in order.work.waiting:
        await order.work.turns.end(running, by=":".join(order.person))
    else:
        order.tell("order-not-waiting")


async def again(order: Order) -> None:
    """`again t12 [recap | anyway]`: take up a turn that failed."""
    turn, how = await _turn(order)
    if turn is None or turn.state is not TurnState.FAILED:
        return  # pressed twice, or pressed again after a crash: it goes on by now
    if how == "anyway" and not order.by_admin:
        return
    requeued = await order.shared.store.requeue_turn(turn.id, forgive=True)
    if requeued is not None and how:
        requeued = await _reworded(order, requeued, how)
    if requeued is None:
        return
    if how == "recap":  # last: until then the press is not done, and is taken up again
        order.work.switch(await order.change({"session_id": str(uuid.uuid4())}))
    order.work.turns.take(requeued)


async def _reworded(order: Order, turn: TurnRecord, how: str) -> TurnRecord | None:
    """No agent has seen it, or none remembers it: it may begin with other words."""
    asked = ASKED.load(turn.prompt)
    if how == "recap":
        said = await order.shared.store.last_turns(order.record.id, RECALLED)
        told = recap((ASKED.load(one.prompt).text, one.answer or "") for one in said)
        wary = asked.wary or any(ASKED.load(one.prompt).wary for one in said)
        asked = replace(asked, note=told, wary=wary)
    else:
        asked = replace(asked, anyway=True)
    return await order.shared.store.amend_turn(
        turn.id,
        prompt=ASKED.dump(asked),
        prompt_uuid=str(uuid.uuid4()),
        platform=order.inbound.platform,
        events=(),
    )


async def go_on(order: Order) -> None:
    """`go-on t12 [anyway]`: what met a limit continues, as a turn of its own."""
    turn, how = await _turn(order)
    if turn is None or (how == "anyway" and not order.by_admin):
        return
    before = ASKED.load(turn.prompt)
    asked = Asked(
        GO_ON,
        sender_id=order.inbound.sender.id,
        sender_name=order.inbound.sender.name,
        at=order.shared.clock(),
        language=before.language,
        anyway=how == "anyway",
        wary=before.wary,
    )
    await ask(order, asked)


async def ask(order: Order, asked: Asked) -> TurnId | None:
    """Queue a prompt that a command stands for."""
    turn = await order.shared.store.queue_turn(
        order.record.id,
        platform=order.inbound.platform,
        events=order.inbound.events,
        prompt=ASKED.dump(asked),
        asked_by=order.inbound.sender.id,
        address=address_record(order.inbound.address),
        reply_to=order.inbound.message,
        prompt_uuid=str(uuid.uuid4()),
    )
    if turn is not None:
        order.work.turns.take(turn)
    return turn.id if turn else None


async def _turn(order: Order) -> tuple[TurnRecord | None, str]:
    """The turn of this conversation that it names, and how."""
    view_id, _, how = order.argument.partition(" ")
    turn = await order.shared.store.turn(turn_of_view(view_id))
    if turn is None or turn.conversation_id != order.record.id:
        return None, how
    return turn, how
