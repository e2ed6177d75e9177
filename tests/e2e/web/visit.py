"""A person at the chat page: a real browser, a real server, a desk held in memory."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Dialog, Page, Request

from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from adapters.web.entrance import link
from tests.adapters.web.desk import FakeDesk, Heard
from tests.adapters.web.serving import ANYWHERE, serving, until
from tests.e2e.web.faults import serious


@dataclass
class Visit:
    desk: FakeDesk
    context: BrowserContext
    page: Page
    url: str
    shots: Path
    dialogs: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)  # requests to anybody else
    errors: list[str] = field(default_factory=list)

    async def open(self, path: str = "/") -> None:
        """The page at *path*, once it is live."""
        before = list(self.desk.watches)
        await self.page.goto(self.url + path)
        await self.until(lambda: any(one not in before for one in self.desk.watches))

    async def tab(self, path: str) -> Page:
        page = await self.context.new_page()
        await page.goto(self.url + path)
        return page

    async def heard(self, what: str) -> Heard:
        """The first of that kind that the desk was asked, once it was."""
        await self.until(lambda: any(one.what == what for one in self.desk.heard))
        return next(one for one in self.desk.heard if one.what == what)

    async def until(self, true: Callable[[], bool]) -> None:
        await until(true)

    async def shot(self, name: str) -> None:
        await self.page.screenshot(path=self.shots / f"{name}.png")

    async def faults(self) -> list[str]:
        return await serious(self.page)

    def watch(self, page: Page) -> None:
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.strange.append(request.url)


@asynccontextmanager
async def visiting(
    browser: Browser, folder: Path, **context: Any
) -> AsyncIterator[Visit]:
    """*context*: as Playwright's `new_context` takes it. Checks at the end that no
    script of the page failed and that it asked nobody else for anything.
    """
    desk, doorman = FakeDesk(folder / "desk"), Doorman(folder / "state")
    shots = Path(os.environ.get("SCREENSHOTS") or folder)
    shots.mkdir(parents=True, exist_ok=True)
    async with serving(create_app(desk, doorman, ANYWHERE)) as server:
        opened = await browser.new_context(**{"reduced_motion": "reduce", **context})
        page = await opened.new_page()
        page.set_default_timeout(10_000)
        visit = Visit(desk, opened, page, server.url, shots)
        opened.on("page", visit.watch)
        visit.watch(page)
        await page.goto(link(doorman, server.url))
        try:
            yield visit
        finally:
            await opened.close()
    assert visit.errors == []
    assert visit.strange == []
