"""Shows files: brought to Slack beside the lane, and shared in one call.

Rule: Slack's id of a file is on disk before the file is shared. Whether it was, Slack
is asked, after every sharing and after a crash: its "ok" alone promises nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

import structlog

from adapters.base import (
    AdapterError,
    Busy,
    LoggedOut,
    Rejected,
    Screen,
    Unavailable,
    Unreachable,
)
from adapters.inbound import MessageRef
from adapters.lane import Urgency, back_off
from adapters.scrub import one_line, scrub
from adapters.sheet import Shown
from adapters.slack.errors import Refused
from adapters.slack.message import MAX_BYTES, clip, escaped
from adapters.slack.page import Calls, Page, record
from adapters.slack.payload import Payload, part, text
from adapters.slack.render import NOT_SHOWN
from adapters.slack.sheet import FILE_REF
from adapters.views import FileView

log = structlog.get_logger()

#: Starts a task that lives as long as its starter.
Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], object]

AT_ONCE = 3  # files on their way to Slack
FILLING_S = 0.2  # between two looks whether the bytes have arrived
LOOK_S, RARELY_S = 0.5, 8.0  # between two looks for the share: first, and at most
MISSING_S = 5.0  # a file that Slack does not know by then was never shared
UNSHARED_S = 60.0  # Slack shares once it has scanned the file, and sometimes never
MAX_TRIES = 3
MAX_CAPTION = 800  # five times as long, once it is escaped
MAX_ALT, MAX_TITLE = 1_000, 200
NOT_FOUND = "file_not_found"


class Sharer:
    """Draws a `FileView`, call by call."""

    def __init__(self, api: Calls, screen: Screen, spawn: Spawn) -> None:
        self._api = api
        self._screen = screen
        self._spawn = spawn
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def advance(self, page: Page, view: FileView) -> bool:
        """True: it is there. Raises `Busy` while it is on its way.

        Sets `page.plain` if there is no way: then words stand in for it.
        """
        if NOT_SHOWN in page.sheet.shown or NOT_SHOWN in page.unsure:
            page.plain = True
        elif page.unsure:
            await self._look(page, min(page.unsure))
        elif not page.sheet.shown:
            await self._send(page, view)
        return bool(page.sheet.shown) and not page.plain

    async def _send(self, page: Page, view: FileView) -> None:
        filled = page.sending.filled
        if filled is None:
            page.sending.filled = filled = asyncio.get_running_loop().create_future()
            self._spawn(self._fill(view, filled))
        if not filled.done():
            raise Busy(FILLING_S)
        if error := filled.exception():
            page.sending.filled = None
            self._judge(page, error)
        else:
            await self._share(page, view, filled.result())

    async def _fill(self, view: FileView, filled: asyncio.Future[str]) -> None:
        try:
            async with self._slots:
                path = Path(view.path)
                file_id = await self._api.fill(view.name, path, alt=_alt(view))
                filled.set_result(file_id)
        except Exception as error:  # noqa: BLE001 - whoever draws it judges it
            filled.set_exception(error)

    def _judge(self, page: Page, error: BaseException) -> None:
        match error:
            case Rejected() | OSError():
                self._give_up(page, error)
            case AdapterError() if not isinstance(error, LoggedOut):
                page.sending.failures += 1  # others in this thread need not wait
                raise Busy(back_off(page.sending.failures)) from error
            case _:
                raise error

    async def _share(self, page: Page, view: FileView, file_id: str) -> None:
        await self._screen.posting(page.address, page.view_id, file_id)
        title = one_line(view.name, MAX_TITLE)
        caption = scrub(view.caption).strip()
        comment = escaped(clip(caption, characters=MAX_CAPTION, limit_bytes=MAX_BYTES))
        try:
            await self._api.share(page.address, file_id, title, comment=comment)
        except (Busy, Unavailable, Unreachable, LoggedOut):  # it is surely not there
            await self._screen.removed(page.address, page.view_id, file_id)
            raise
        except Rejected as refusal:
            await self._screen.removed(page.address, page.view_id, file_id)
            if isinstance(refusal, Refused) and refusal.code == NOT_FOUND:
                self._start_anew(page)  # we waited so long that Slack forgot it
            else:
                self._give_up(page, refusal)
        except AdapterError:
            page.unsure.add(file_id)
            raise
        else:
            page.unsure.add(file_id)

    def _give_up(self, page: Page, error: BaseException) -> None:
        log.warning("slack.file_refused", view=page.view_id, reason=str(error))
        page.plain = True

    # --- what became of it ----------------------------------------------------

    async def _look(self, page: Page, file_id: str) -> None:
        try:
            answer = await self._api.call(
                "files.info", urgency=Urgency.FINAL, file=file_id
            )
        except Refused as refusal:
            if refusal.code == NOT_FOUND:
                await self._not_yet(page, file_id, patience_s=MISSING_S)
                return
            log.info("slack.cannot_look", reason=str(refusal))
            ref: MessageRef | None = FILE_REF  # somebody deleted it, or we may not know
        else:
            ref = shared_as(part(answer, "file"), page.address.chat)
        if ref is None:
            await self._not_yet(page, file_id, patience_s=UNSHARED_S)
            return
        page.unsure.discard(file_id)
        page.sheet.shown[file_id] = Shown(ref, look=None, recorded=False)
        await record(self._screen, page, file_id)

    async def _not_yet(self, page: Page, file_id: str, *, patience_s: float) -> None:
        sending, now = page.sending, asyncio.get_running_loop().time()
        if sending.looked_since is None:
            sending.looked_since, sending.looks = now, 0
        if now - sending.looked_since < patience_s:
            sending.looks += 1
            raise Busy(min(RARELY_S, LOOK_S * 2**sending.looks))
        await self._forget(page, file_id)

    async def _forget(self, page: Page, file_id: str) -> None:
        """Delete it, so that it cannot appear beside the one that is sent anew."""
        try:
            await self._api.call("files.delete", file=file_id)
        except Refused as refusal:
            log.info("slack.not_deleted", reason=str(refusal))
        await self._screen.removed(page.address, page.view_id, file_id)
        page.unsure.discard(file_id)
        self._start_anew(page)

    def _start_anew(self, page: Page) -> None:
        sending = page.sending
        sending.filled = sending.looked_since = None
        sending.tries += 1
        if sending.tries >= MAX_TRIES:
            self._give_up(page, Rejected("Slack never shared it"))


def shared_as(file: Payload, channel: str) -> MessageRef | None:
    """The message that shows it in *channel*; None if there is none so far."""
    for kind in ("public", "private"):
        shares = part(file, "shares", kind).get(channel)
        if isinstance(shares, list) and shares:
            return MessageRef(text(shares[0], "ts")) or FILE_REF
    places = [file.get(kind) for kind in ("channels", "groups", "ims")]
    there = any(isinstance(place, list) and channel in place for place in places)
    return FILE_REF if there else None


def _alt(view: FileView) -> str:
    if not view.media_type.startswith("image/"):
        return ""
    return one_line(view.caption, MAX_ALT) or one_line(view.name, MAX_ALT)
