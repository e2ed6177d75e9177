"""Commands that change which agent session people talk to, and how it works."""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from functools import partial

from bot.menus import MenuChoice
from bot.order import Order
from bot.terms import ASKING, BYPASS
from runner.base import Session, SessionInfo
from runner.claude import EFFORTS
from runner.events import Model

#: Sessions that a list offers.
LISTED = 24
MODES = ("default", "acceptEdits", "plan")


async def new(order: Order) -> None:
    name, known = order.argument, order.shared.workspaces
    if name and name not in known:
        order.tell("order-no-project", name=name, known=", ".join(known))
        return
    await order.work.turns.end_all(by=":".join(order.person))
    await begin_session(order, _elsewhere(name) if name else {})
    order.announce("order-new-project" if name else "order-new", name=name)


async def project(order: Order) -> None:
    known = order.shared.workspaces
    if not order.argument:
        choices = [
            MenuChoice(name, "project", name, description=str(one.path))
            for name, one in known.items()
        ]
        now = order.record.project or order.words("order-no-project-now")
        await order.offer(order.words("order-project-title", name=now), choices)
    elif order.argument not in known:
        order.tell("order-no-project", name=order.argument, known=", ".join(known))
    elif order.argument == order.record.project and not order.record.worktree:
        order.tell("order-same-project", name=order.argument)
    elif not is_busy(order):
        await begin_session(order, _elsewhere(order.argument))
        order.announce("order-new-project", name=order.argument)


async def sessions(order: Order) -> None:
    order.later(_list(order))


async def resume(order: Order) -> None:
    if not order.argument:
        order.later(_list(order))
    elif not is_busy(order):
        order.later(_resume(order))


async def fork(order: Order) -> None:
    source = order.argument or order.record.session_id
    if is_busy(order):
        return
    if not order.argument and not await order.shared.store.session_began(source):
        order.tell("order-nothing-to-fork")
    else:
        order.later(_fork(order, source))


async def model(order: Order) -> None:
    if order.argument:
        await _set_model(order, order.argument)
    elif session := order.work.live:
        await _offer_models(order, session.models)
    else:
        opening = order.work.session()
        order.later(_learn_models(order, opening))


async def mode(order: Order) -> None:
    workspace = order.work.workspace
    modes = (*MODES, *((BYPASS,) if workspace.allow_bypass else ()))
    wanted = next((m for m in modes if _same(m, order.argument)), "")
    if not order.argument:
        now = order.words(f"mode-{order.shared.mode_of(order.record)}")
        choices = [
            MenuChoice(
                order.words(f"mode-{one}"),
                "mode",
                one,
                style="danger" if one == BYPASS else "plain",
                description=order.words(f"mode-{one}-means"),
            )
            for one in modes
        ]
        await order.offer(order.words("order-mode-title", mode=now), choices)
    elif _same(BYPASS, order.argument) and not workspace.allow_bypass:
        order.tell("order-no-bypass", project=workspace.name)
    elif not wanted:
        order.tell("order-no-mode", name=order.argument, known=", ".join(modes))
    elif wanted not in ASKING and not order.may_decide:
        order.tell("order-mode-not-yours", mode=order.words(f"mode-{wanted}"))
    else:
        await _set_mode(order, wanted)


async def effort(order: Order) -> None:
    wanted = order.argument.lower()
    if not wanted:
        now = order.shared.effort_of(order.record) or order.words("order-default")
        choices = [MenuChoice(one, "effort", one) for one in EFFORTS]
        await order.offer(order.words("order-effort-title", effort=now), choices)
    elif wanted not in (*EFFORTS, "default"):
        order.tell("order-no-effort", name=wanted, known=", ".join(EFFORTS))
    else:
        level = "" if wanted == "default" else wanted
        order.work.changed(await order.change({"effort": level}), restart=True)
        order.announce("order-effort", effort=wanted)


# --- sessions -----------------------------------------------------------------


async def _list(order: Order) -> None:
    found = [
        one for one in await _known(order) if one.session_id != order.record.session_id
    ]
    if not found:
        order.tell("order-no-sessions")
        return
    choices = [
        MenuChoice(
            one.title,
            "resume",
            one.session_id,
            description=order.words(
                "order-session",
                hours=round((time.time() - one.changed_at) / 3600),
                prompts=one.prompts,
            ),
        )
        for one in found
    ]
    order.do(partial(order.offer, order.words("order-sessions-title"), choices))


async def _known(order: Order) -> Sequence[SessionInfo]:
    runner, workspace = order.shared.runner, order.work.workspace
    return await runner.sessions(workspace.path, limit=LISTED)


async def _resume(order: Order) -> None:
    wanted = order.argument
    matching = [one for one in await _known(order) if one.session_id.startswith(wanted)]
    if len(matching) != 1:
        order.tell("order-no-session", id=wanted)
        return
    [found] = matching
    holder = await order.shared.store.holder_of(found.session_id)
    if holder in (None, order.record.id):
        order.do(partial(_take_up, order, found))
        return
    choices = [MenuChoice(order.words("order-fork-it"), "fork", found.session_id)]
    title = order.words("order-session-taken", title=found.title)
    order.do(partial(order.offer, title, choices))


async def _take_up(order: Order, found: SessionInfo) -> None:
    if not is_busy(order):
        order.work.switch(await order.change({"session_id": found.session_id}))
        order.announce("order-resumed", title=found.title)


async def _fork(order: Order, source: str) -> None:
    known = [one.session_id for one in await _known(order)]
    if source != order.record.session_id and source not in known:
        order.tell("order-no-session", id=source)
        return
    order.do(partial(_fork_now, order, source))


async def _fork_now(order: Order, source: str) -> None:
    if not is_busy(order):
        await begin_session(order, {"fork_of": source})
        order.announce("order-forked")


async def begin_session(
    order: Order, changes: Mapping[str, str | int], *, remember: bool = False
) -> None:
    """A session of its own from now on; one that may *remember* this one."""
    old = order.record.session_id
    fresh: dict[str, str | int] = {"session_id": str(uuid.uuid4()), **changes}
    if remember and await order.shared.store.session_began(old):
        fresh["fork_of"] = old
    order.work.switch(await order.change(fresh))


def _elsewhere(project: str) -> dict[str, str | int]:
    return {"project": project, "worktree": "", "branch": ""}


def is_busy(order: Order) -> bool:
    """Say so; what runs is stopped by nobody but who says stop."""
    if order.work.busy:
        order.tell("order-busy")
    return order.work.busy


# --- models and modes ---------------------------------------------------------


async def _offer_models(order: Order, models: Sequence[Model]) -> None:
    now = order.shared.model_of(order.record) or order.words("order-default")
    choices = [
        MenuChoice(one.name, "model", one.id, description=one.id) for one in models
    ]
    title = order.words("order-model-title", model=now)
    await order.offer(title, choices, words_to="model")


async def _learn_models(order: Order, opening: asyncio.Future[Session]) -> None:
    session = await opening
    order.do(partial(_offer_models, order, session.models))


async def _set_model(order: Order, wanted: str) -> None:
    chosen = "" if wanted.lower() == "default" else wanted
    order.work.changed(await order.change({"model": chosen}), restart=False)
    order.announce("order-model", model=wanted)
    if session := order.work.live:
        order.later(session.set_model(chosen))


async def _set_mode(order: Order, wanted: str) -> None:
    before = order.shared.mode_of(order.record)
    restart = BYPASS in (before, wanted)  # a process can neither get nor lose it
    order.work.changed(await order.change({"mode": wanted}), restart=restart)
    order.announce("order-mode", mode=order.words(f"mode-{wanted}"))
    if order.work.live and not restart:
        order.later(order.work.take_mode())


def _same(mode: str, given: str) -> bool:
    return mode.lower() == given.replace("-", "").replace(" ", "").lower()
