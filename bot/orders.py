"""What people tell the bot itself, carried out: one function for each command."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot import branching, retrying, surfaces, switching, telling, workings
from bot.codec import Asked
from bot.commands import offered, unknown
from bot.order import Order
from bot.retrying import ask
from runner.base import Session
from store.records import TurnId


async def carry_out(order: Order) -> TurnId | None:
    """The turn it became, if it is one the agent carries out."""
    name = order.command.name
    await order.work.questions.outdate(name)
    if known := ORDERS.get(name):
        await known(order)
        return None
    if name == "compact":
        return await ask(order, _agents(order))
    order.later(_pass_on(order, order.work.session()))
    return None


async def _stop(order: Order) -> None:
    if not await order.work.turns.end_all(by=":".join(order.person)):
        order.tell("order-nothing-runs")


async def _leave(_order: Order) -> None:
    """A menu was closed without choosing anything."""


async def _pass_on(order: Order, opening: asyncio.Future[Session]) -> None:
    """To the agent, if it offers such a command; it is started to find out."""
    session = await opening
    if any(one.name == order.command.name for one in offered(session.commands)):
        order.do(partial(_ask, order))
    else:
        order.say(unknown(order.command, order.inbound.platform, order.language))


async def _ask(order: Order) -> None:
    await ask(order, _agents(order))


def _agents(order: Order) -> Asked:
    """A command of the agent's own, as a prompt."""
    return Asked(
        order.argument,
        sender_id=order.inbound.sender.id,
        sender_name=order.inbound.sender.name,
        at=order.shared.clock(),
        command=order.command.name,
        language=order.language,
    )


ORDERS: Mapping[str, Callable[[Order], Awaitable[None]]] = {
    "stop": _stop,
    "start": telling.help_,
    "help": telling.help_,
    "new": switching.new,
    "sessions": switching.sessions,
    "resume": switching.resume,
    "fork": switching.fork,
    "project": switching.project,
    "model": switching.model,
    "mode": switching.mode,
    "effort": switching.effort,
    "status": telling.status,
    "queue": telling.queue,
    "context": telling.context,
    "cost": telling.cost,
    "log": telling.log,
    "debug": telling.debug,
    "rules": telling.rules,
    "language": telling.language,
    "link": surfaces.link,
    "diff": workings.diff,
    "undo": workings.undo,
    "worktree": branching.worktree,
    # Behind buttons:
    "cancel": retrying.cancel,
    "again": retrying.again,
    "go-on": retrying.go_on,
    "leave": _leave,
}
