"""The page in a real browser: cards are decided by hand and by keyboard."""

import pytest
from playwright.async_api import expect

from adapters.views import Option, QuestionStatus, QuestionView
from tests.e2e.web.asking import asked
from tests.e2e.web.visit import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_permission_is_given_with_a_press_and_the_card_retires(
    visit: Visit,
) -> None:
    conversation, _ = await asked(visit)
    await visit.open(f"/c/{conversation}")
    card = visit.page.locator("#q1")
    await card.get_by_role("button", name="Allow once").click()

    assert (await visit.heard("choose")).value.option_id == "once"
    await expect(card).to_have_attribute("data-status", "decided")
    await expect(card.get_by_role("button", name="Allow once")).to_have_count(0)


async def test_a_card_decided_elsewhere_retires_here_in_two_tabs(visit: Visit) -> None:
    conversation, turn = await asked(visit)
    await visit.open(f"/c/{conversation}")
    other = await visit.tab(f"/c/{conversation}")
    await expect(other.locator("#q1")).to_be_visible()

    decided = QuestionView(
        id="q1",
        turn_id=turn,
        title="Run a command?",
        status=QuestionStatus.DECIDED,
        outcome="Allowed once by Ada",
    )
    visit.desk.show(conversation, decided)

    for page in (visit.page, other):
        await expect(page.locator("#q1")).to_contain_text("Allowed once by Ada")
        await expect(page.locator("#q1 button")).to_have_count(0)


async def test_a_refusal_goes_with_its_reason_by_keyboard_alone(visit: Visit) -> None:
    conversation, _ = await asked(visit)
    await visit.open(f"/c/{conversation}")
    card = visit.page.locator("#q1")
    await card.locator(".why > summary").focus()
    await visit.page.keyboard.press("Enter")
    await visit.page.keyboard.press("Tab")
    await visit.page.keyboard.type("Not this folder")
    await visit.page.keyboard.press("Enter")

    choice = (await visit.heard("choose")).value
    assert (choice.option_id, choice.text) == ("deny", "Not this folder")


async def test_several_are_ticked_and_words_are_an_answer_too(visit: Visit) -> None:
    conversation, turn = await asked(visit, question=False)
    options = (Option("o1", "One"), Option("o2", "Two"), Option("o3", "Three"))
    for number in ("q1", "q2"):
        question = QuestionView(
            id=number,
            turn_id=turn,
            title="Which?",
            options=options,
            several=True,
            free_text=True,
        )
        visit.desk.show(conversation, question)
    await visit.open(f"/c/{conversation}")
    first, second = visit.page.locator("#q1"), visit.page.locator("#q2")
    await second.get_by_label("In your own words").fill("Neither of them")
    await first.get_by_label("One").check()
    await first.get_by_label("Three").check()
    await first.get_by_role("button", name="Done").click()
    await expect(first).to_have_attribute("data-status", "decided")

    # The page was patched meanwhile: what is typed elsewhere stays.
    await second.get_by_role("button", name="Answer").click()
    await expect(second).to_have_attribute("data-status", "decided")
    ticked, told = (one.value for one in visit.desk.heard if one.what == "choose")
    assert ticked.chosen == ("o1", "o3")
    assert told.text == "Neither of them"


async def test_a_turn_is_stopped_and_a_queued_one_taken_out(visit: Visit) -> None:
    conversation, turn = await asked(visit, question=False)
    queued = await visit.desk.say(conversation, "And then this", key="2")
    await visit.open(f"/c/{conversation}")
    await expect(visit.page.locator(f"#{queued} .foot")).to_contain_text("1st in line")
    await visit.page.locator(f"#{queued}").get_by_role("button", name="Cancel").click()
    await expect(visit.page.locator(f"#{queued} .foot")).to_contain_text("Stopped")
    await visit.page.locator("#composer").get_by_role("button", name="Stop").click()

    await expect(visit.page.locator(f"#{turn} .foot")).to_contain_text("Stopped")
    await expect(visit.page.locator("#stop")).to_be_hidden()
