"""Brings Slack's screens to the newest views, one call at a time.

A turn is streamed where Slack can do that, and else drawn by posts that are edited,
like all other views but files. Rule: a crash between any two awaits leaves one answer.
What is sent is announced to the `Screen` first, and looked for before it is ever sent
again.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from adapters.base import Screen
from adapters.inbound import Address
from adapters.lane import Cadence, Urgency
from adapters.sheet import Shown
from adapters.slack.api import Me
from adapters.slack.find import find
from adapters.slack.long import is_cut
from adapters.slack.page import Calls, Page, record
from adapters.slack.post import Poster
from adapters.slack.script import visible
from adapters.slack.sharer import Sharer, Spawn
from adapters.slack.sheet import Sheet, file_of
from adapters.slack.tell import Teller
from adapters.views import FileView, TurnStatus, TurnView, View

log = structlog.get_logger()

#: Of the outbox: appends are cheap; a stream has to be looked after twice a minute.
CADENCE = Cadence(edit_interval=lambda _: 1.0, heartbeat=lambda _: 30.0)


def lane_of(address: Address) -> str:
    return f"{address.chat}/{address.thread}"


class Drawer:
    """The `Canvas` of Slack. Remembers what it drew until a view is complete."""

    def __init__(
        self,
        api: Calls,
        screen: Screen,
        me: Me,
        *,
        spawn: Spawn,
        now: Callable[[], float] = time.time,
    ) -> None:
        """*spawn* starts what goes on beside the drawing."""
        self._api = api
        self._screen = screen
        self._me = me
        self._poster = Poster(api, screen, now)
        self._teller = Teller(api, screen)
        self._sharer = Sharer(api, screen, spawn)
        self._pages: dict[tuple[Address, str], Page] = {}

    @property
    def native(self) -> bool:
        """Whether this workspace has streams, as far as we know."""
        return self._teller.native

    async def ready(self, lane: str, urgency: Callable[[], Urgency]) -> None:
        """At once: whether a call may be made depends on its method."""

    async def draw(self, address: Address, view: View) -> bool:
        page = await self._page(address, view)
        if not await self._advance(page, view):
            return False
        page.drawn, page.drawn_at = view, asyncio.get_running_loop().time()
        if view.final:
            await self._close(page)
        return True

    async def _page(self, address: Address, view: View) -> Page:
        page = self._pages.get((address, view.id))
        if page is None:
            sheet = Sheet.of(await self._screen.posts(address, view.id))
            page = Page(address, view.id, sheet, unsure=set(sheet.doubts))
            self._pages[address, view.id] = page
        return page

    async def _advance(self, page: Page, view: View) -> bool:
        if isinstance(view, FileView) and not page.plain:
            return await self._sharer.advance(page, view)
        if page.unsure:
            await self._look_for(page, view, min(page.unsure))
            return False
        if page.halted and not view.final:
            return True  # a person stopped it: soon it will be over
        if not isinstance(view, TurnView) or not self._streamed(page, view):
            return await self._poster.advance(page, view)
        shown = await self._teller.advance(page, view)
        if shown and "q0" in page.sheet.shown:  # it waits in line no more
            await self._poster.delete(page, "q0")
        if shown and view.final and is_cut(view):
            return await self._poster.attach(page, view)
        return shown

    def _streamed(self, page: Page, view: TurnView) -> bool:
        if page.plain or view.status is TurnStatus.QUEUED:
            return False
        if page.stream is None:
            page.plain = not self._teller.takes(page, view)
            page.stream = None if page.plain else self._teller.stream(view.language)
        if page.stream and not page.stream.count and view.final:
            page.plain = not any(map(visible, view.parts))  # nothing to stream
        return not page.plain

    async def _look_for(self, page: Page, view: View, part: str) -> None:
        """Settle whether a part is on the screen that nobody confirmed."""
        file = file_of(part, await self._poster.pieces(page, view))
        ref = await find(self._api, self._me, page, view, part, file=file)
        page.unsure.discard(part)
        if ref is None:
            await self._screen.removed(page.address, page.view_id, part)
            return
        page.sheet.shown[part] = Shown(ref, look=None, recorded=False)
        page.sheet.doubts.pop(part, None)
        await record(self._screen, page, part)

    async def _close(self, page: Page) -> None:
        if page.sheet.hopeless:
            log.error("slack.not_shown_whole", view=page.view_id)
        else:
            await self._screen.confirmed(page.address, page.view_id)
        del self._pages[page.address, page.view_id]
