"""The page in its main states: kept as pictures, and without serious faults for axe."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from adapters.views import Option, QuestionView, Said, Step, TurnStatus
from adapters.web.values import Surface
from tests.e2e.web.visit import Visit, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROSE = """\
## What I found

The function `split` loses the **last** line:

```python
def split(text: str) -> list[str]:
    # Keeps the last line too
    return [line for line in text.split("\\n") if line]  # 3
```

1. It reads *all* of it
2. [Nothing else](https://example.org) depends on it

| file | lines |
|------|------:|
| `parse.py` | 120 |

> Quoted ||and hidden||

- [x] Fixed
- [ ] Released
"""
DIFF = "@@ -1,2 +1,2 @@\n def split(text):\n-    return text\n+    return text.split()"
STEPS = (
    Step("s1", "Read split.py", "read", ok=True, output="its words"),
    Step("s2", "Run pytest", "execute", ok=False, output="1 failed"),
    Step("s3", "Delegate: look for callers", "delegate", ok=True, output="None"),
    Step("s4", "Search for split(", "search", ok=True, parent="s3"),
    Step("s5", "Edit split.py", "edit", ok=True, output=DIFF),
    Step("s6", "Run pytest", "execute"),
)


async def empty(visit: Visit) -> None:
    advice = "1. Write to **@BotFather**\n2. Put the token into `config.toml`"
    visit.desk.platforms = [
        Surface(platform="telegram", on=False, health=None, advice=advice),
        Surface(platform="slack", on=False, health=None, advice="Create an app."),
    ]
    await visit.open()
    await expect(visit.page.get_by_text("demo agent", exact=True)).to_be_visible()
    await visit.page.get_by_text("Connect Telegram").click()
    await expect(visit.page.get_by_text("@BotFather")).to_be_visible()


async def steps(visit: Visit) -> None:
    card = visit.desk.add("Fix the parser", "telegram")
    turn = await visit.desk.say(card.id, "It loses a line. Why?", key="1") or ""
    await visit.desk.say(card.id, "And then release it", key="2")
    said = Said("Let me look at it first.")
    visit.desk.grow(card.id, turn, said, *STEPS, model="claude-opus-4-5")
    await visit.open(f"/c/{card.id}")
    await visit.page.locator(".step > summary", has_text="Edit split.py").click()
    await expect(visit.page.locator(".line.removed")).to_be_visible()


async def answer(visit: Visit) -> None:
    card = visit.desk.add("Weekly numbers", "slack", preview="What I found")
    turn = await visit.desk.say(card.id, "What did you find?", key="1") or ""
    visit.desk.finish(card.id, turn, PROSE, cost_usd=0.12, model="claude-opus-4-5")
    failed = await visit.desk.say(card.id, "Go on", key="2") or ""
    why = {"status": TurnStatus.FAILED, "note": "The limit is reached until 15:00."}
    visit.desk.finish(card.id, failed, **why)  # type: ignore[arg-type]
    await visit.open(f"/c/{card.id}")
    await expect(visit.page.locator(f"#{turn} table")).to_be_visible()


async def permission(visit: Visit) -> None:
    card = visit.desk.add("Deploy on Friday?", "telegram")
    turn = await visit.desk.say(card.id, "Deploy it", key="1") or ""
    visit.desk.grow(card.id, turn, Said("I am about to."), status=TurnStatus.WAITING)
    question = QuestionView(
        id="q1",
        turn_id=turn,
        title="Edit a file?",
        body=f"`split.py`\n\n```diff\n{DIFF}\n```",
        details='{"file": "split.py"}',
        options=(
            Option("once", "✅ Allow once", "good"),
            Option("session", "♻️ Allow edits for this session"),
            Option("deny", "❌ Deny", "danger", words="Why?"),
        ),
    )
    visit.desk.show(card.id, question)
    await visit.open(f"/c/{card.id}")
    await visit.page.locator(".why > summary").click()
    await expect(visit.page.get_by_label("Why?")).to_be_visible()


async def question(visit: Visit) -> None:
    card = visit.desk.add("Which database?")
    turn = await visit.desk.say(card.id, "Set up the storage", key="1") or ""
    visit.desk.grow(card.id, turn, Said("First a word."), status=TurnStatus.WAITING)
    asked = QuestionView(
        id="q1",
        turn_id=turn,
        title="Databases (1 of 2)",
        body="Which of these shall I set up?",
        options=(
            Option("o1", "PostgreSQL", description="A server of its own"),
            Option("o2", "SQLite", description="A file; nothing to run"),
        ),
        several=True,
        free_text=True,
    )
    visit.desk.show(card.id, asked)
    await visit.open(f"/c/{card.id}")
    await visit.page.get_by_label("SQLite").check()


async def search(visit: Visit) -> None:
    card = visit.desk.add("Weekly numbers")
    visit.desk.answer = "The numbers are fine."
    await visit.desk.say(card.id, "And the numbers?", key="1")
    await visit.open()
    await visit.page.keyboard.press("Control+k")
    await visit.page.keyboard.type("numbers")
    await expect(visit.page.locator("#found a")).to_have_count(1)


STATES = (empty, steps, answer, permission, question, search)
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_no_serious_fault(
    browser: Browser,
    tmp_path: Path,
    state: Callable[[Visit], Awaitable[None]],
    look: str,
) -> None:
    async with visiting(browser, tmp_path, **LOOKS[look]) as visit:
        await state(visit)
        await visit.shot(f"{state.__name__}-{look}")

        assert await visit.faults() == []


async def test_the_colours_change_and_stay_changed(
    browser: Browser, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path, color_scheme="light") as visit:
        await visit.open()
        ground = "getComputedStyle(document.body).backgroundColor"
        light = await visit.page.evaluate(ground)
        await visit.page.get_by_role("button", name="Change the colours").click()
        dark = await visit.page.evaluate(ground)
        await visit.page.reload()

        assert await visit.page.evaluate(ground) == dark != light
