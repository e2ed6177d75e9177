"""Commands about what the agent did to files: see it, undo it, keep it apart."""

import asyncio
import secrets
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.activity import UNDONE
from bot.diffs import Diff
from bot.hands import file_view, keep_row
from bot.menus import MenuChoice
from bot.order import Order
from bot.outgoing import keep
from bot.screens import turn_of_view, turn_view_id
from bot.switching import is_busy
from runner.base import Rewind, Session
from runner.describe import fence
from store.activity import ActivityRecord
from store.records import TurnId, TurnRecord

INLINE = 3000  # characters of a diff that a message shows; a longer one is a file
LISTED = 20  # files that are named
_LOOKED_AT = 20  # turns
_LOOKED_BACK = 1000  # rows of the log


async def diff(order: Order) -> None:
    """What has changed in the workspace since the newest turn began."""
    current = order.work.current
    tree = current.tree if current else None
    order.later(_diff(order, tree))


async def undo(order: Order) -> None:
    if is_busy(order):
        return
    session = order.work.session()
    if order.argument:
        order.later(_undo(order, session, order.argument))
    else:
        order.later(_offer_undo(order, session))


# --- what has changed ---------------------------------------------------------


async def _diff(order: Order, tree: str | None) -> None:
    workspace = order.work.workspace.path
    tree = tree or next((t.tree for t in await _newest(order) if t.tree), None)
    if tree is None:
        order.tell("order-diff-unknown")
        return
    await show_diff(order, await order.shared.snapshots.diff(workspace, tree))


async def show_diff(order: Order, found: Diff) -> None:
    """In the chat, or as a file if it is long."""
    if not found.files:
        order.tell("order-diff-none")
        return
    summary = order.words(
        "order-diff",
        files=len(found.files),
        insertions=found.insertions,
        deletions=found.deletions,
    )
    names = "\n".join(f"- `{each.path}`" for each in found.files[:LISTED])
    if len(found.files) > LISTED:
        names += f"\n- … {len(found.files) - LISTED}"
    if len(found.text) <= INLINE and not found.cut:
        order.say(f"{summary}\n\n{names}\n\n{fence(found.text, 'diff')}")
        return
    order.say(f"{summary}\n\n{names}", everywhere=True)  # as the file is shown
    await _send(order, found.text, "changes.diff")


async def _send(order: Order, text: str, name: str) -> None:
    shared, record = order.shared, order.record
    file = await keep(
        text,
        name=name,
        view_id=f"f{secrets.token_hex(8)}",
        keep_in=shared.outbox(record.id),
    )
    kept = await keep_row(shared.store, record.id, file)
    reply_to = order.inbound.message
    view = replace(file_view(kept), reply_to=reply_to, language=order.language)
    order.show(view, home=order.inbound.address)


# --- taking it back -----------------------------------------------------------


async def _newest(order: Order) -> list[TurnRecord]:
    """Turns of this session, the newest first."""
    turns = await order.shared.store.turns_of(
        order.record.id, before=None, limit=_LOOKED_AT
    )
    return list(reversed(turns))


async def _offer_undo(order: Order, opening: asyncio.Future[Session]) -> None:
    session = await opening
    taken_back = await _taken_back(order)
    for turn in await _newest(order):
        if turn.session_id != order.record.session_id or not turn.prompt_uuids:
            continue
        if any(turn.id >= id_ and turn.queued_at < at for id_, at in taken_back):
            continue  # files as this turn found them are what was taken back
        found = await session.rewind(turn.prompt_uuids[0], dry_run=True)
        if found.files:
            order.do(partial(_confirm, order, turn, found))
            return
    order.tell("order-undo-none")


async def _confirm(order: Order, turn: TurnRecord, found: Rewind) -> None:
    names = [f"- `{_short(order, path)}`" for path in found.files[:LISTED]]
    if len(found.files) > LISTED:
        names.append(f"- … {len(found.files) - LISTED}")
    means = order.words(
        "order-undo-means", insertions=found.insertions, deletions=found.deletions
    )
    yes = order.words("order-undo-yes", files=len(found.files))
    choices = [
        MenuChoice(yes, "undo", turn_view_id(turn.id), style="danger"),
        MenuChoice(order.words("order-undo-no"), "leave"),
    ]
    body = "\n".join([*names, "", means])
    await order.offer(order.words("order-undo-title"), choices, body=body)


async def _undo(order: Order, opening: asyncio.Future[Session], view_id: str) -> None:
    session = await opening
    turn = await order.shared.store.turn(turn_of_view(view_id))
    if turn is None or turn.session_id != order.record.session_id:
        order.tell("order-undo-none")
        return
    done = await session.rewind(turn.prompt_uuids[0], dry_run=False)
    if not done.possible:
        order.tell("order-undo-failed", why=done.why)
        return
    taken_back = ActivityRecord(
        conversation_id=order.record.id,
        turn_id=turn.id,
        session_id=order.record.session_id,
        kind="note",
        name=UNDONE,
        at=order.shared.clock(),
    )
    await order.shared.store.note_activity([taken_back])
    order.work.undone = True
    order.announce("order-undone", files=len(done.files))


async def _taken_back(order: Order) -> list[tuple[TurnId, float]]:
    """Since the beginning of which turn, and when."""
    rows = await order.shared.store.activity(order.record.id, limit=_LOOKED_BACK)
    return [(row.turn_id, row.at) for row in rows if row.name == UNDONE and row.turn_id]


def _short(order: Order, path: str) -> str:
    workspace = order.work.workspace.path.resolve()
    here = Path(path)
    return str(here.relative_to(workspace)) if here.is_relative_to(workspace) else path
