"""The page in a real browser: finding one's way."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from adapters.views import Said, Step
from tests.e2e.web.asking import asked
from tests.e2e.web.visit import Visit, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")
NARROW = {"viewport": {"width": 390, "height": 844}}


async def test_a_reload_in_the_middle_of_a_turn_goes_on_where_it_was(
    visit: Visit,
) -> None:
    conversation, turn = await asked(visit, question=False)
    step = Step("s1", "Read a file", "read", ok=True, output="its words")
    visit.desk.grow(conversation, turn, step, Said("So far", complete=False))
    await visit.open(f"/c/{conversation}")
    await visit.page.reload()
    await visit.page.locator(".step > summary").click()
    visit.desk.finish(conversation, turn, "And the rest")

    await expect(visit.page.locator(f"#{turn}")).to_contain_text("And the rest")
    await expect(visit.page.locator(".step .output")).to_be_visible()
    await expect(visit.page.locator(f"#{turn}")).to_have_count(1)


async def test_code_is_copied_and_time_is_counted(visit: Visit) -> None:
    conversation, turn = await asked(visit, question=False)
    await visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.desk.grow(conversation, turn, Said("```sh\nmake <all>\n```"))
    await visit.open(f"/c/{conversation}")
    await visit.page.get_by_role("button", name="Copy").click()

    await expect(visit.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await visit.page.evaluate("navigator.clipboard.readText()")
    assert copied == "make <all>"
    ticking = visit.page.locator(f"#{turn} time.ticking")
    await expect(ticking).to_have_text(re.compile(r"^([2-9]|[1-5]\d) s$"))


async def test_older_turns_come_when_one_scrolls_up_and_stay_in_order(
    visit: Visit,
) -> None:
    card = visit.desk.add("Long")
    visit.desk.answer = "An answer. " * 20
    for number in range(1, 76):
        await visit.desk.say(card.id, f"Prompt {number}", key=str(number))
    await visit.open(f"/c/{card.id}")
    await expect(visit.page.locator("#t75")).to_be_in_viewport()
    await expect(visit.page.locator("#t46")).to_have_count(1)

    for first in ("#t16", "#t1"):
        await visit.page.locator("#scroll").evaluate("box => box.scrollTop = 0")
        await expect(visit.page.locator(first)).to_have_count(1)

    ids = await visit.page.locator(".turn").evaluate_all("all => all.map(x => x.id)")
    assert ids == [f"t{number}" for number in range(1, 76)]
    await visit.shot("long-history")


async def test_the_end_stays_in_sight_only_for_who_is_there(visit: Visit) -> None:
    card = visit.desk.add("Long")
    visit.desk.answer = "An answer. " * 60
    for number in range(1, 11):
        await visit.desk.say(card.id, f"Prompt {number}", key=str(number))
    visit.desk.answer = None
    await visit.desk.say(card.id, "Prompt 11", key="11")
    await visit.open(f"/c/{card.id}")
    visit.desk.grow(card.id, "t11", Said("Words. " * 400, complete=False))
    await expect(visit.page.locator("#t11 .foot")).to_be_in_viewport()

    box = visit.page.locator("#scroll")
    await box.evaluate("box => box.scrollTop = 100")
    visit.desk.grow(card.id, "t11", Said("Words. " * 900 + "End"))
    await expect(visit.page.locator("#t11")).to_contain_text("End")

    assert await box.evaluate("box => box.scrollTop") < 300


async def test_what_grows_before_a_scroll_is_told_leaves_the_end_in_sight(
    visit: Visit,
) -> None:
    card = visit.desk.add("Long")
    await visit.desk.say(card.id, "Prompt", key="1")
    await visit.open(f"/c/{card.id}")
    await expect(visit.page.locator("#t1 .foot")).to_be_in_viewport()

    await visit.page.evaluate(
        """() => {
            const box = document.getElementById("scroll");
            const grow = () => {
                const tall = document.createElement("p");
                tall.style.height = "2000px";
                document.querySelector("#t1 .foot").before(tall);
            };
            grow();
            box.scrollTop = box.scrollHeight;
            grow();
        }"""
    )

    await expect(visit.page.locator("#t1 .foot")).to_be_in_viewport()


async def test_a_search_by_keyboard_leads_to_a_turn_far_back(visit: Visit) -> None:
    card = visit.desk.add("Long")
    visit.desk.answer = "Yes."
    for number in range(1, 91):
        await visit.desk.say(card.id, f"Prompt {number}.", key=str(number))
    await visit.open()
    await visit.page.keyboard.press("Control+k")
    await visit.page.keyboard.type("prompt 7.")
    await expect(visit.page.locator("#found a")).to_have_count(1)
    await visit.shot("search")
    await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("Enter")

    await visit.page.wait_for_url("**/c/1?to=t7#t7")
    await expect(visit.page.locator("#t7")).to_be_in_viewport()


async def test_the_list_is_alive_and_walked_with_arrows(visit: Visit) -> None:
    first, second = visit.desk.add("First", "telegram"), visit.desk.add("Second")
    await visit.open(f"/c/{first.id}")
    rows = visit.page.locator("#conversations a")
    turn = await visit.desk.say(first.id, "Hello", key="1") or ""
    await expect(rows.first).to_contain_text("Working")
    await expect(rows.first).to_contain_text("Telegram")
    await rows.first.focus()
    await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("Enter")
    await visit.page.wait_for_url(f"**/c/{second.id}")

    visit.desk.finish(first.id, turn, "Done")
    await expect(rows.first).not_to_contain_text("Working")


async def test_a_conversation_is_deleted_after_a_second_thought(visit: Visit) -> None:
    card = visit.desk.add("Old")
    await visit.open(f"/c/{card.id}")
    await visit.page.get_by_role("button", name="Delete this conversation").click()
    await visit.page.get_by_role("button", name="Delete", exact=True).click()
    await visit.page.wait_for_url(visit.url + "/")

    assert visit.desk.deleted == [card.id]


async def test_on_a_narrow_screen_the_list_is_a_drawer(
    browser: Browser, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path, **NARROW) as visit:
        conversation, _ = await asked(visit)
        await visit.open(f"/c/{conversation}")
        await visit.shot("narrow")
        side = visit.page.locator("#side")
        await expect(side).to_be_hidden()
        await visit.page.get_by_label("Show the list").click()
        await expect(side).to_be_visible()
        await visit.page.keyboard.press("Escape")

        await expect(side).to_be_hidden()
        width = "document.documentElement.scrollWidth"
        assert await visit.page.evaluate(width) <= 390


async def test_a_conversation_can_be_read_without_scripts(
    browser: Browser, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path, java_script_enabled=False) as visit:
        card = visit.desk.add("Long")
        visit.desk.answer = "Some **words**"
        for number in range(1, 41):
            await visit.desk.say(card.id, f"Prompt {number}", key=str(number))
        await visit.page.goto(f"{visit.url}/c/{card.id}")
        await expect(visit.page.locator("#t40 strong")).to_have_count(2)
        await visit.page.get_by_role("link", name="Earlier").click()

        await expect(visit.page.locator("#t1")).to_contain_text("Prompt 1")
        await expect(visit.page.locator("#composer")).to_be_hidden()
