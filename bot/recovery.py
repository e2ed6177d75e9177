"""At start: take up what an earlier run admitted and did not finish.

Order matters: leftovers end before anybody reads what they recorded, and screens are
told what is over before a conversation shows what goes on.
"""

from collections.abc import Collection

import structlog

from adapters.inbound import Address
from bot.cards import RESTARTED, card_of, closed_card
from bot.codec import ASKED, NOTICE, TURN_VIEW
from bot.dispatcher import Dispatcher
from bot.hands import file_view
from bot.screens import address_of, known_elsewhere
from bot.shared import Shared
from store.records import ConversationId, DecisionRecord, TurnRecord

log = structlog.get_logger()


async def recover(shared: Shared, dispatcher: Dispatcher) -> None:
    store = shared.store
    swept = await shared.runner.sweep()
    living = await shared.runner.living()
    await shared.people.load()
    await shared.parking.load()
    await dispatcher.load()
    withdrawn = await store.withdraw_all(why=RESTARTED, living=living)
    for decision in await store.unshown_decisions():
        await _show_decision(shared, decision)
    for decision in await store.unseen_decisions():
        await _show_decision(shared, decision)
    undelivered = await store.undelivered_turns()
    for turn in undelivered:
        await _show_turn(shared, turn)
    files = await store.unshown_files()
    for file in files:
        addresses = await _addresses(shared, file.conversation_id)
        shared.screens.show(addresses, file_view(file))
    for notice in await store.unshown_notices():
        shared.screens.show([address_of(notice.address)], NOTICE.load(notice.view))
    await _take_up(shared, dispatcher, living)
    unfinished = await store.unfinished_turns()
    for number in {turn.conversation_id for turn in unfinished}:
        for home in (await _addresses(shared, number))[:1]:
            dispatcher.conversation(home)
    if swept or living or withdrawn or undelivered or files or unfinished:
        log.info(
            "recovery.begun",
            leftovers_ended=swept,
            agents_taken_up=len(living),
            questions_withdrawn=len(withdrawn),
            turns_to_deliver=len(undelivered),
            files_to_deliver=len(files),
            turns_to_finish=len(unfinished),
        )


async def _take_up(
    shared: Shared, dispatcher: Dispatcher, living: Collection[str]
) -> None:
    """Open the conversations whose agents are alive; the others' agents end."""
    for session_id in living:
        number = await shared.store.holder_of(session_id)
        homes = [] if number is None else await _addresses(shared, number)
        if homes:
            dispatcher.conversation(homes[0], alive=True)
        else:
            await shared.runner.abandon(session_id)


async def _show_decision(shared: Shared, decision: DecisionRecord) -> None:
    addresses = await _addresses(shared, decision.conversation_id)
    home: Address | None = None
    if decision.turn_id is not None:
        turn = await shared.store.turn(decision.turn_id)
        home = address_of(turn.address) if turn else None
    view = card_of(decision).shown if decision.open else closed_card(decision)
    shared.screens.show(addresses, view, home=home)


async def _show_turn(shared: Shared, turn: TurnRecord) -> None:
    if turn.view is None:
        return
    home = address_of(turn.address)
    addresses = await _addresses(shared, turn.conversation_id) or [home]
    shared.screens.show(
        addresses,
        TURN_VIEW.load(turn.view),
        home=home,
        asked_by=known_elsewhere(ASKED.load(turn.prompt).sender_name, turn.origin),
    )


async def _addresses(shared: Shared, number: ConversationId) -> list[Address]:
    return [address_of(record) for record in await shared.store.addresses(number)]
