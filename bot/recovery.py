"""At start: take up what an earlier run admitted and did not finish.

Order matters: leftovers end before anybody reads what they recorded, and screens are
told what is over before a conversation shows what goes on.
"""

import structlog

from bot.cards import closed_card
from bot.codec import TURN_VIEW
from bot.dispatcher import Dispatcher
from bot.questions import OWN
from bot.screens import address_of
from bot.shared import Shared

log = structlog.get_logger()


async def recover(shared: Shared, dispatcher: Dispatcher) -> None:
    store, screens = shared.store, shared.screens
    swept = await shared.runner.sweep()
    withdrawn = await store.withdraw_all(except_request=OWN)
    for decision in await store.unshown_decisions():
        addresses = map(address_of, await store.addresses(decision.conversation_id))
        screens.show(addresses, closed_card(decision))
    undelivered = await store.undelivered_turns()
    for turn in undelivered:
        if turn.view is not None:
            screens.show([address_of(turn.address)], TURN_VIEW.load(turn.view))
    unfinished = await store.unfinished_turns()
    for turn in unfinished:
        dispatcher.conversation(address_of(turn.address))
    if swept or withdrawn or undelivered or unfinished:
        log.info(
            "recovery.begun",
            leftovers_ended=swept,
            questions_withdrawn=len(withdrawn),
            turns_to_deliver=len(undelivered),
            turns_to_finish=len(unfinished),
        )
