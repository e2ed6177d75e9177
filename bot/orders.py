"""What people tell the bot itself, carried out."""

import uuid

from adapters.inbound import Command, Inbound
from bot.commands import Status, help_text, status_text, unknown
from bot.shared import Shared
from bot.work import Work
from store.records import ConversationId


async def carry_out(
    command: Command,
    inbound: Inbound,
    *,
    conversation: ConversationId,
    work: Work,
    shared: Shared,
) -> str:
    """What Parley says to it; "" if people see what it did."""
    match command.name:
        case "stop":
            return "" if await work.end_all() else "Nothing is running."
        case "new":
            await work.end_all()
            work.switch(
                await shared.store.begin_session(
                    conversation,
                    str(uuid.uuid4()),
                    platform=inbound.platform,
                    events=inbound.events,
                )
            )
            return "A new conversation: nothing before this is known."
        case "status":
            return status_text(await _status(work, shared))
        case "help" | "start":
            return help_text(inbound.platform)
        case _:
            return unknown(command)


async def _status(work: Work, shared: Shared) -> Status:
    totals = await shared.store.totals()
    current = work.current
    return Status(
        agent=shared.runner.agent,
        model=work.model,
        workspace=str(work.workspace),
        warm=work.warm,
        working_s=current.working_s if current else None,
        waiting=len(work.waiting),
        agents=shared.pool.taken,
        limit=shared.pool.limit,
        turns_today=totals.turns_today,
        cost_today_usd=totals.cost_today_usd,
        parked=totals.parked,
        health=shared.screens.health(),
    )
