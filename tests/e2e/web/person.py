"""A person with a browser at the page of the whole program."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.parley import WebParley
from tests.e2e.web.faults import serious

NARROW = {"viewport": {"width": 390, "height": 844}}
expect.set_options(timeout=20_000)  # ms: a real agent starts meanwhile
_FAR = 60  # presses of Tab that a person would not put up with


@dataclass
class Person:
    parley: WebParley
    context: BrowserContext
    page: Page
    shots: Path
    errors: list[str] = field(default_factory=list)  # of the page's scripts

    async def enter(self, link: str = "") -> None:
        """By the newest link that was announced, or by *link*."""
        await self.page.goto(link or self.parley.links()[-1])
        await expect(self.message).to_be_visible()

    async def tab(self) -> Page:
        """Another one on what is open in the first."""
        page = await self.context.new_page()
        await page.goto(self.page.url)
        return page

    @property
    def message(self) -> Locator:
        return self.page.get_by_label("Message")

    @property
    def turns(self) -> Locator:
        return self.page.locator("#turns > .turn")

    async def begin(self, words: str) -> None:
        """A conversation in the project, with these words."""
        await self.page.get_by_label("Works in").select_option("default")
        await self.say(words)
        await self.page.wait_for_url("**/c/*")

    async def say(self, words: str) -> None:
        await self.message.fill(words)
        await self.message.press("Enter")

    def card(self, title: str) -> Locator:
        return self.page.locator(".card", has_text=title)

    async def ended(self, how: str = "Done", *, turn: int = -1) -> None:
        """The newest turn, or that one, has."""
        await expect(self.turns.nth(turn).locator(".foot")).to_contain_text(how)

    async def reach(self, label: str, *, back: bool = False) -> None:
        """By keys alone: Tab, or *back* with Shift, to what has that name."""
        button = self.page.get_by_role("button", name=label)
        link = self.page.get_by_role("link", name=label)
        aim = self.page.get_by_label(label).or_(button).or_(link)
        for _ in range(_FAR):
            if await aim.and_(self.page.locator(":focus")).count():
                return
            await self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab does not lead to {label!r}")

    async def shot(self, name: str) -> None:
        await self.page.screenshot(path=self.shots / f"program-{name}.png")

    async def faults(self) -> list[str]:
        return await serious(self.page)

    def watch(self, page: Page) -> None:
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


@asynccontextmanager
async def person(
    browser: Browser, parley: WebParley, **context: Any
) -> AsyncIterator[Person]:
    """*context*: as Playwright's `new_context` takes it."""
    shots = Path(os.environ.get("SCREENSHOTS") or parley.root)
    shots.mkdir(parents=True, exist_ok=True)
    opened = await browser.new_context(**{"reduced_motion": "reduce", **context})
    try:
        page = await opened.new_page()
        someone = Person(parley, opened, page, shots)
        opened.on("page", someone.watch)
        someone.watch(page)
        yield someone
    finally:
        await opened.close()
    assert someone.errors == []
