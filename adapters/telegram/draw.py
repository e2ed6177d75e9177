"""Brings Telegram's screens to the newest views, one call at a time.

Rule: a crash between any two awaits leaves one answer, or a second that says so. What
may be repeated is an edit; what may not be (a send) is announced to the `Screen` first.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import structlog

from adapters.aside import aside
from adapters.base import (
    LoggedOut,
    OnLimited,
    RateLimited,
    Rejected,
    Screen,
    Unavailable,
    Unreachable,
    unheard,
)
from adapters.inbound import Address, MessageRef
from adapters.lane import Urgency
from adapters.sheet import Delete, Edit, Move, Record, Send, Shown
from adapters.telegram.budget import Budget
from adapters.telegram.calls import Calls
from adapters.telegram.errors import (
    BadText,
    MessageGone,
    ReplyGone,
    ThreadGone,
    Uneditable,
)
from adapters.telegram.piece import Button, Piece, Upload
from adapters.telegram.sheet import Sheet
from adapters.telegram.uploads import Uploads
from adapters.views import View

log = structlog.get_logger()

STYLES = {"good": "success", "danger": "danger"}
GENERAL_TOPIC = "1"  # naming it when sending is an error


class Drawer:
    """The `Canvas` of Telegram. Remembers what it drew until a view is complete."""

    def __init__(
        self,
        api: Calls,
        budget: Budget,
        screen: Screen,
        render: Callable[..., Sequence[Piece]],
        *,
        uploads: Uploads,
        now: Callable[[], float] = time.time,
        on_limited: OnLimited = unheard,
    ) -> None:
        self._api = api
        self._uploads = uploads
        self._budget = budget
        self._screen = screen
        self._render = render
        self._now = now
        self._on_limited = on_limited
        self._sheets: dict[tuple[Address, str], Sheet] = {}
        self._rights: set[str] = set()  # chats that may make a call

    async def ready(self, chat: str, urgency: Callable[[], Urgency]) -> None:
        await self._budget.acquire(chat, urgency)
        self._rights.add(chat)

    async def draw(self, address: Address, view: View) -> bool:
        try:
            return await self._advance(address, view)
        finally:
            if address.chat in self._rights:
                self._rights.discard(address.chat)
                self._budget.release(address.chat)

    async def _advance(self, address: Address, view: View) -> bool:
        sheet = await self._sheet(address, view)
        pieces = await self._pieces(sheet, view)
        if move := sheet.next(view, pieces):
            await self._try(address, view, sheet, move)
        if sheet.next(view, pieces):
            return False
        sheet.mends = 0
        if view.final:
            await self._close(address, view, sheet)
        return True

    async def _sheet(self, address: Address, view: View) -> Sheet:
        key = (address, view.id)
        if key not in self._sheets:
            self._sheets[key] = Sheet.of(await self._screen.posts(*key))
        return self._sheets[key]

    async def _pieces(self, sheet: Sheet, view: View) -> Sequence[Piece]:
        """A long answer takes many calls; render it once, and hold up nobody."""
        known, pieces = sheet.rendered
        if known is not view or not view.final:
            render = partial(self._render, view, now=self._now())
            pieces = await aside([view], render)
            sheet.rendered = (view, pieces)
        return pieces

    async def _close(self, address: Address, view: View, sheet: Sheet) -> None:
        if sheet.hopeless:
            log.error("telegram.not_shown_whole", view=view.id)
        else:
            await self._screen.confirmed(address, view.id)
        del self._sheets[address, view.id]

    async def _try(
        self, address: Address, view: View, sheet: Sheet, move: Move[Piece]
    ) -> None:
        """Make the call. A refusal is knowledge for the next plan."""
        try:
            await self._make(address, view, sheet, move)
        except Rejected as refusal:
            log.warning("telegram.refused", view=view.id, reason=str(refusal))
            if sheet.mend(move):
                await self._learn(address, view, sheet, move, refusal)

    async def _make(
        self, address: Address, view: View, sheet: Sheet, move: Move[Piece]
    ) -> None:
        match move:
            case Send():
                await self._send(address, view, sheet, move)
            case Record(part=part, ref=ref):
                await self._record(address, view, sheet, part, ref)
            case Edit(piece=piece, ref=ref, look=look) if piece.upload:
                self._upload(address, piece, ref)
                sheet.shown[piece.part].look = look
            case Edit(piece=piece, ref=ref, look=look):
                await self._call(
                    address,
                    "editMessageText",
                    message_id=int(ref),
                    text=piece.text,
                    entities=list(piece.entities) or None,
                    **looks(piece.buttons),
                )
                sheet.shown[piece.part].look = look
            case Delete(part=part, ref=ref):
                await self._call(address, "deleteMessage", message_id=int(ref))
                del sheet.shown[part]
                await self._screen.removed(address, view.id, part)

    async def _send(
        self, address: Address, view: View, sheet: Sheet, move: Send[Piece]
    ) -> None:
        part = move.piece.part
        if part in sheet.doubts:
            await self._touch(address)
        await self._screen.posting(address, view.id, part)
        try:
            message = await self._call(
                address, "sendMessage", **self._message(address, view, sheet, move)
            )
            ref = MessageRef(str(int(message["message_id"])))
        except (RateLimited, Unavailable, Unreachable, Rejected, LoggedOut):
            if part not in sheet.doubts:  # it is surely not on the screen
                await self._screen.removed(address, view.id, part)
            raise
        except Exception:
            sheet.doubt(move)
            raise
        sheet.shown[part] = Shown(ref, move.look, recorded=False)
        sheet.doubts.pop(part, None)
        await self._record(address, view, sheet, part, ref)

    async def _touch(self, address: Address) -> None:
        """Get an answer from Telegram, by something that may be done twice.

        What may be there already is not sent again into a storm that swallows answers.
        """
        with suppress(Rejected), self._obeying(address.chat, "sendChatAction"):
            await self._api.call(
                "sendChatAction", chat_id=int(address.chat), action="typing"
            )

    async def _record(
        self, address: Address, view: View, sheet: Sheet, part: str, ref: MessageRef
    ) -> None:
        await self._screen.posted(address, view.id, part, ref)
        sheet.shown[part].recorded = True

    def _message(
        self, address: Address, view: View, sheet: Sheet, move: Send[Piece]
    ) -> dict[str, Any]:
        in_topic = address.thread not in {"", GENERAL_TOPIC} and not sheet.topic_gone
        replies = move.first and view.reply_to and not sheet.reply_gone
        return {
            "text": sheet.text(view, move),
            "entities": list(move.form.entities) or None,
            "message_thread_id": int(address.thread) if in_topic else None,
            "disable_notification": not move.piece.notify,
            "reply_parameters": reply_to(view.reply_to) if replies else None,
            **looks(move.form.buttons),
        }

    async def _learn(
        self,
        address: Address,
        view: View,
        sheet: Sheet,
        move: Move[Piece],
        refusal: Rejected,
    ) -> None:
        match refusal, move:
            case MessageGone() | ThreadGone(), Edit(piece=piece):
                await self._forget(address, view, sheet, piece.part)
            case _, Edit(piece=Piece(upload=Upload()), look=look):
                sheet.refused.add(look)
            case BadText(), Send(whole=True, look=look) | Edit(look=look):
                sheet.refused.add(look)
            case ReplyGone(), Send():
                sheet.reply_gone = True
            case ThreadGone(), Send(piece=piece):
                sheet.topic_gone = True
                sheet.explains = piece.part
            case Uneditable(), Edit(piece=piece):
                await self._forget(address, view, sheet, piece.part)
            case _, Delete(part=part):  # too old, or gone already
                await self._forget(address, view, sheet, part)
            case _:
                sheet.give_up(move)

    async def _forget(
        self, address: Address, view: View, sheet: Sheet, part: str
    ) -> None:
        sheet.shown.pop(part, None)
        sheet.gone.add(part)
        await self._screen.removed(address, view.id, part)

    async def _call(self, address: Address, method: str, **params: Any) -> Any:
        self._rights.discard(address.chat)
        with self._obeying(address.chat, method):
            return await self._api.call(method, chat_id=int(address.chat), **params)

    def _upload(self, address: Address, piece: Piece, ref: MessageRef) -> None:
        """Raises `Busy` until the message is the file: nobody else waits for it."""
        if self._uploads.begin(address.chat, int(ref), piece):
            self._rights.discard(address.chat)
        with self._obeying(address.chat, "editMessageMedia"):
            self._uploads.end(address.chat, int(ref))

    @contextmanager
    def _obeying(self, chat: str, method: str) -> Iterator[None]:
        try:
            yield
        except RateLimited as limit:
            self._budget.hold(chat, limit.retry_after_s)  # for trifles, too
            self._on_limited(method, limit.retry_after_s)
            raise


def looks(buttons: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """What every text of ours has: its buttons, and no preview of links."""
    rows = [[keyboard_button(button) for button in row] for row in buttons]
    return {
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {"inline_keyboard": rows} if rows else None,
    }


def keyboard_button(button: Button) -> dict[str, str]:
    plain = {"text": button.label, "callback_data": button.data}
    style = STYLES.get(button.style)
    return {**plain, "style": style} if style else plain


def reply_to(message: MessageRef | None) -> dict[str, Any] | None:
    if message is None:
        return None
    return {"message_id": int(message), "allow_sending_without_reply": True}
