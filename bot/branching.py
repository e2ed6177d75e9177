"""The `worktree` command: a conversation that works on a branch of its own."""

import asyncio
from functools import partial
from pathlib import Path

from bot.menus import MenuChoice
from bot.order import Order
from bot.switching import begin_session, is_busy
from bot.workings import show_diff
from bot.worktree import Worktree, WorktreeState
from store.records import ConversationRecord

HERE = ("diff", "merge", "keep", "remove")
ANYWHERE = ("list", "prune")


async def worktree(order: Order) -> None:
    """`worktree [name | diff | merge | keep | remove | list | prune]`."""
    action, record = order.argument.partition(" ")[0], order.record
    if action in ANYWHERE:
        order.later(_list(order) if action == "list" else _prune(order))
    elif not record.worktree:
        await _outside(order, action)
    elif not action:
        order.later(_state(order))
    elif action == "diff":
        order.later(_diff(order))
    elif action not in HERE:
        order.tell("order-worktree-in-one", branch=record.branch)
    elif not is_busy(order):
        order.work.close()  # nobody may write there while it is put away
        put_away = {"merge": _merge, "keep": _keep, "remove": _remove}[action]
        order.later(put_away(order), alone=True)


async def _outside(order: Order, action: str) -> None:
    if action in HERE:
        order.tell("order-worktree-in-none")
    elif not order.record.project:
        order.tell("order-worktree-no-project")
    elif not is_busy(order):
        name = order.argument or f"chat {order.record.id}"
        order.later(_create(order, name), alone=True)


async def _create(order: Order, name: str) -> None:
    workspace = order.work.workspace
    made = await order.shared.worktrees.create(workspace.path, workspace.name, name)
    order.do(partial(_enter, order, made))


async def _enter(order: Order, made: Worktree) -> None:
    await begin_session(
        order,
        {"worktree": str(made.path), "branch": made.branch},
        remember=True,
    )
    lines = [order.words("order-worktree-made", branch=made.branch)]
    if made.left_out:
        lines.append(order.words("order-worktree-left-out", count=len(made.left_out)))
    if made.submodules:
        lines.append(order.words("order-worktree-submodules"))
    order.say("\n\n".join(lines), everywhere=True)


async def _state(order: Order) -> None:
    tree = await _open(order)
    now = await order.shared.worktrees.state(tree)
    order.do(partial(_offer, order, tree, now))


async def _offer(order: Order, tree: Worktree, now: WorktreeState) -> None:
    choices = [
        MenuChoice(
            order.words(f"order-worktree-{one}"),
            "worktree",
            one,
            style="danger" if one == "remove" else "plain",
            description=order.words(f"order-worktree-{one}-means"),
        )
        for one in HERE
    ]
    body = order.words(
        "order-worktree-state",
        ahead=now.ahead,
        behind=now.behind,
        changed=len(now.changed) + len(now.untracked),
    )
    title = order.words("order-worktree-title", branch=tree.branch)
    await order.offer(title, choices, body=body)


async def _diff(order: Order) -> None:
    await show_diff(order, await order.shared.worktrees.diff(await _open(order)))


async def _merge(order: Order) -> None:
    tree = await _open(order)
    merged = await order.shared.worktrees.merge(tree, _message(order))
    await order.shared.worktrees.remove(tree)
    order.do(partial(_leave, order, "order-worktree-merged", merged.target))


async def _keep(order: Order) -> None:
    branch = await order.shared.worktrees.hand_over(await _open(order), _message(order))
    order.do(partial(_leave, order, "order-worktree-kept", branch))


async def _remove(order: Order) -> None:
    tree = await _open(order)
    await order.shared.worktrees.remove(tree)
    order.do(partial(_leave, order, "order-worktree-removed", tree.branch))


async def _leave(order: Order, key: str, branch: str) -> None:
    """Back to the project's own folder; what was said is remembered."""
    await begin_session(order, {"worktree": "", "branch": ""}, remember=True)
    order.announce(key, branch=branch)


async def _list(order: Order) -> None:
    known = await order.shared.store.worktrees()
    leftovers = await order.shared.worktrees.leftovers(_paths(known))
    lines = [
        order.words("order-worktree-used", branch=one.branch, project=one.project)
        for one in known
    ]
    lines += [
        order.words(
            "order-worktree-leftover",
            branch=one.worktree.branch,
            project=one.worktree.project,
            safe=0 if one.would_lose else 1,
        )
        for one in leftovers
    ]
    if lines:
        order.say("\n".join(f"- {line}" for line in lines))
    else:
        order.tell("order-worktree-list-none")


async def _prune(order: Order) -> None:
    known = _paths(await order.shared.store.worktrees())
    gone = await order.shared.worktrees.prune(known)
    order.tell("order-worktree-pruned", count=len(gone))


async def _open(order: Order) -> Worktree:
    path = Path(order.record.worktree)
    return await asyncio.to_thread(order.shared.worktrees.open, path)


def _paths(known: list[ConversationRecord]) -> list[Path]:
    return [Path(one.worktree) for one in known]


def _message(order: Order) -> str:
    return f"{order.record.branch.removeprefix('parley/')}: work with Parley"
