"""The page in a real browser: commands, files of the agent, languages."""

import base64
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from adapters.views import FileView, Option, QuestionView
from tests.e2e.web.asking import asked
from tests.e2e.web.visit import Visit, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def test_commands_are_found_and_given_by_keys_alone(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    field, palette = visit.page.get_by_label("Message"), visit.page.locator("#palette")
    await field.press("/")
    await expect(palette.get_by_role("option")).to_have_count(3)
    assert await visit.faults() == []
    await visit.shot("palette")
    await visit.page.keyboard.type("rev")
    await expect(palette.get_by_role("option")).to_have_count(1)
    await visit.page.keyboard.press("Enter")
    await expect(field).to_have_value("/review ")
    await visit.page.keyboard.type("7")
    await visit.page.keyboard.press("Enter")
    assert (await visit.heard("command")).value == ("review", "7")

    await field.fill("")
    await field.press("/")
    await expect(palette).to_be_visible()
    await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("Escape")
    await expect(palette).to_be_hidden()
    await expect(field).to_have_value("/")
    await visit.page.keyboard.type("sta")
    await expect(palette.get_by_role("option")).to_have_count(1)
    await visit.page.keyboard.press("Enter")
    await visit.until(lambda: len(visit.desk.heard) == 2)
    assert visit.desk.heard[-1].value == ("status", "")
    await expect(field).to_have_value("")


async def test_a_command_is_given_with_a_touch_and_from_the_search(
    visit: Visit,
) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    await visit.page.get_by_label("Message").press("/")
    await visit.page.get_by_role("option", name="/model").click()
    assert (await visit.heard("command")).value == ("model", "")

    await visit.page.keyboard.press("Control+k")
    await visit.page.keyboard.type("/going on")
    await expect(visit.page.locator("#offers button")).to_have_count(1)
    await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("Enter")
    await visit.until(lambda: len(visit.desk.heard) == 2)
    assert visit.desk.heard[-1].value == ("status", "")


async def test_a_queued_message_is_told_now_and_shrinks_to_a_line(
    visit: Visit,
) -> None:
    conversation, _ = await asked(visit, question=False)
    queued = await visit.desk.say(conversation, "Use the **other** one", key="2")
    await visit.open(f"/c/{conversation}")
    turn = visit.page.locator(f"#{queued}")
    await expect(turn.get_by_role("button", name="Do this instead")).to_be_visible()
    await visit.shot("queued")
    await turn.get_by_role("button", name="Tell it now").click()

    await expect(turn.locator(".foot")).to_have_text("↪ Told the agent.")
    await visit.shot("joined")
    box = await turn.bounding_box()
    assert box
    assert box["height"] < 60
    assert (await visit.heard("choose")).value.option_id == "steer"


async def test_a_card_of_no_turn_stands_at_the_end_also_after_a_reload(
    visit: Visit,
) -> None:
    conversation, turn = await asked(visit, question=False)
    await visit.open(f"/c/{conversation}")
    menu = QuestionView(
        id="q7",
        turn_id="",
        title="Which model?",
        options=(
            Option("o1", "Opus", description="Thinks longest"),
            Option("o2", "Haiku", description="Is quickest"),
        ),
    )
    visit.desk.show(conversation, menu)
    card = visit.page.locator(f"#{turn} + #q7")
    await expect(card).to_contain_text("Is quickest")
    await visit.page.reload()
    await expect(card).to_have_count(1)
    await card.get_by_role("button", name="Haiku").click()

    await expect(card).to_have_attribute("data-status", "decided")


async def test_nothing_ticked_counts_if_one_does_not_answer(visit: Visit) -> None:
    conversation, turn = await asked(visit, question=False)
    options = (Option("o1", "One"), Option("o2", "Two"), Option("skip", "Don’t answer"))
    question = QuestionView(
        id="q1", turn_id=turn, title="Which?", options=options, several=True
    )
    visit.desk.show(conversation, question)
    await visit.open(f"/c/{conversation}")
    card = visit.page.locator("#q1")
    await expect(card.get_by_role("checkbox")).to_have_count(2)
    await card.get_by_label("One").check()
    await card.get_by_role("button", name="Don’t answer").click()

    choice = (await visit.heard("choose")).value
    assert (choice.option_id, choice.chosen) == ("skip", ())


async def test_files_of_the_agent_are_looked_at_and_fetched(visit: Visit) -> None:
    conversation, turn = await asked(visit, question=False)
    await visit.open(f"/c/{conversation}")
    for name, media_type in (("chart.png", "image/png"), ("data.csv", "text/csv")):
        path = visit.shots / name
        path.write_bytes(PIXEL if name == "chart.png" else b"a,b")
        view = FileView(
            id=f"f{name[0]}",
            path=str(path),
            name=name,
            media_type=media_type,
            size=path.stat().st_size,
            caption=f"The {name}",
            turn_id=turn,
        )
        visit.desk.show(conversation, view)

    picture = visit.page.locator("#fc img")
    await expect(picture).to_have_attribute("alt", "The chart.png")
    assert await picture.evaluate("image => image.decode().then(() => image.width)")
    async with visit.page.expect_download() as download:
        await visit.page.get_by_label("Download data.csv").click()
    assert (await download.value).suggested_filename == "data.csv"
    await visit.page.reload()
    await expect(visit.page.locator("#fc img")).to_be_visible()
    assert await visit.faults() == []


async def test_the_page_speaks_korean_if_the_browser_does_and_as_one_chooses(
    browser: Browser, tmp_path: Path
) -> None:
    async with visiting(browser, tmp_path, locale="ko-KR") as visit:
        conversation, _ = await asked(visit)
        await visit.desk.say(conversation, "그다음에는 이것도", key="2")
        await visit.open(f"/c/{conversation}")
        await expect(visit.page.get_by_label("메시지")).to_be_visible()
        await visit.page.get_by_label("메시지").fill("안녕하세요")
        await visit.page.keyboard.press("Enter")
        await expect(visit.page.locator("#t3")).to_contain_text("대기 중")
        assert (await visit.heard("say")).language == ""
        assert visit.desk.heard[-1].language == "ko"
        await visit.shot("korean")
        assert await visit.faults() == []

        await visit.page.get_by_label("언어").select_option("en")
        await expect(visit.page.get_by_label("Message")).to_be_visible()
        await expect(visit.page.locator("html")).to_have_attribute("lang", "en")
        await visit.page.goto(visit.url)
        await visit.page.get_by_label("Language").select_option("ko")
        await expect(visit.page.locator("h1")).to_have_text("무엇을 할까요?")
        await visit.shot("korean-first")


async def test_who_opens_a_conversation_or_types_is_expected(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    await visit.page.get_by_label("Message").press_sequentially("Hello")

    await visit.until(lambda: visit.desk.expected == [card.id, card.id])
