"""The first minutes with Parley: nothing configured, no account, a page that works."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.parley import WebParley, eventually, living
from tests.e2e.web.person import Person, person
from tests.messages_api import FakeMessages

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHOICE = "Nothing is done twice"


class Fresh(WebParley):
    """Parley as it comes: a home with nothing in it, and no `claude` to be found."""

    def __init__(self, root: Path, api: FakeMessages) -> None:
        super().__init__(root, api)
        self.verb = "run"
        self.state = self.home / ".local" / "state" / "parley"

    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "PATH": str(self.root / "bin"),
            "PARLEY_WEB__LISTEN": f"127.0.0.1:{self.port}",  # tests run side by side
            **self.extra,
        }

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", self.verb),
                cwd=self.root,  # where no config.toml is
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def new_link(self) -> str:
        """`parley link`, while it runs."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "link"),
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 20)
        return said.decode().strip()


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(tmp_path: Path) -> AsyncIterator[Fresh]:
    async with FakeMessages() as api, living(Fresh(tmp_path, api)) as fresh:
        yield fresh
        assert api.requests == []


async def allow(someone: Person, title: str) -> None:
    card = someone.card(title)
    await card.get_by_role("button", name="Allow once").click()
    await expect(card.get_by_role("button", name="Allow once")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark", "narrow"])
async def test_the_first_page_says_that_it_is_a_demo_and_axe_finds_no_fault(
    browser: Browser, fresh: Fresh, look: str
) -> None:
    size = {"width": 390, "height": 844} if look == "narrow" else None
    scheme = {"color_scheme": look} if size is None else {"viewport": size}
    await fresh.begin()
    async with person(browser, fresh, **scheme) as someone:
        await someone.enter()

        await expect(someone.page.get_by_text("demo agent", exact=True)).to_be_visible()
        await expect(someone.page.get_by_text("Connect Telegram")).to_be_visible()
        await someone.shot(f"first-{look}")
        assert await someone.faults() == []


async def test_a_first_run_gets_from_the_link_to_a_finished_tour(
    browser: Browser, fresh: Fresh
) -> None:
    await fresh.begin()
    async with person(browser, fresh) as someone:
        await someone.enter()
        await someone.page.get_by_role("button", name="tour").click()
        await someone.message.press("Enter")
        await someone.page.wait_for_url("**/c/1")
        question = someone.card("Which line shall I add to my notes?")
        await expect(question).to_be_visible()
        await someone.shot("tour-question")
        await question.get_by_role("button", name=CHOICE).click()
        await expect(someone.card("demo-notes.md")).to_be_visible()
        await someone.shot("tour-permission")
        await allow(someone, "demo-notes.md")
        await someone.ended()

        answer = someone.turns.last
        await expect(answer).to_contain_text("small script, no AI")
        await expect(answer).to_contain_text("Put Claude Code in my place")
        await someone.shot("tour-done")
        assert await someone.faults() == []
    notes = fresh.state / "storage" / "1" / "demo-notes.md"
    assert notes.read_text() == f"# Notes of the demo\n\n1. {CHOICE}\n"


async def test_the_demo_leaves_a_project_alone(browser: Browser, fresh: Fresh) -> None:
    kept = fresh.workspace / "kept.txt"
    kept.write_text("mine")
    fresh.extra["PARLEY_PROJECTS__DEFAULT__PATH"] = str(fresh.workspace)
    fresh.verb = "demo"
    await fresh.begin()
    async with person(browser, fresh) as someone:
        await someone.enter()
        await expect(someone.page.get_by_text("You asked for the demo")).to_be_visible()
        await someone.shot("demo-on-purpose")
        await someone.begin("edit")
        await allow(someone, "demo-notes.md")
        await someone.ended()

    assert list(fresh.workspace.iterdir()) == [kept]
    assert kept.read_text() == "mine"
    assert [file.name for file in fresh.state.rglob("demo-notes.md")]


async def test_another_link_opens_the_page_once(browser: Browser, fresh: Fresh) -> None:
    await fresh.begin()
    link = await fresh.new_link()
    async with person(browser, fresh) as someone, person(browser, fresh) as other:
        await someone.enter(link)
        answer = await other.page.goto(link)

        assert answer
        assert answer.status == 403
        await expect(other.message).to_have_count(0)
        await other.shot("link-spent")
        await someone.page.reload()
        await expect(someone.message).to_be_visible()


async def test_who_was_here_before_needs_no_link_after_a_restart(
    browser: Browser, fresh: Fresh
) -> None:
    await fresh.begin()
    async with person(browser, fresh) as someone:
        await someone.enter()
        await someone.say("parley")
        await someone.page.wait_for_url("**/c/1")
        await someone.ended()
        await fresh.kill()
        await fresh.begin()

        await someone.page.goto(f"{fresh.url}/c/1")

        await expect(someone.turns).to_have_count(1)
        await expect(someone.turns.first).to_contain_text("a bridge from messengers")
    await eventually(lambda: fresh.rows("SELECT state FROM turn") == [("delivered",)])
