"""The page in a real browser: what is written is sent once, whatever happens."""

from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Route, expect

from adapters.views import Notice, Said
from tests.e2e.web.visit import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_first_message_begins_a_conversation_and_its_answer_streams(
    visit: Visit,
) -> None:
    await visit.open()
    await visit.page.get_by_label("Works in").select_option("site")
    await visit.page.get_by_label("Message").fill("What is *here*?")
    await visit.page.keyboard.press("Enter")
    await visit.page.wait_for_url("**/c/1")

    said = await visit.heard("say")
    turn = visit.page.locator("#t1")
    await expect(turn).to_contain_text("What is *here*?")
    visit.desk.grow(1, "t1", Said("A **few** fi", complete=False))
    await expect(turn.locator("strong", has_text="few")).to_be_visible()
    visit.desk.finish(1, "t1", "A **few** files.", cost_usd=0.04)

    await expect(turn.locator(".foot")).to_contain_text("$0.04")
    await expect(visit.page.locator("#spoken")).to_contain_text("files.")
    assert (said.value, said.conversation) == ("What is *here*?", 1)
    assert (await visit.heard("begin")).value.project == "site"
    assert len(visit.desk.cards) == 1


async def test_what_is_typed_survives_a_reload(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    await visit.page.get_by_label("Message").fill("half a thou")
    await visit.page.keyboard.press("Shift+Enter")

    await visit.page.reload()

    await expect(visit.page.get_by_label("Message")).to_have_value("half a thou\n")
    assert visit.desk.heard == []


HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


async def test_a_message_sent_offline_arrives_once_when_the_network_is_back(
    visit: Visit,
) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    await visit.context.set_offline(True)
    await visit.page.get_by_label("Message").fill("Are you there?")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.locator("#pending")).to_contain_text("Are you there?")
    await expect(visit.page.locator("#state")).to_contain_text("offline")

    await visit.context.set_offline(False)

    await expect(visit.page.locator("#t1")).to_contain_text("Are you there?")
    await expect(visit.page.locator("#pending > *")).to_have_count(0)
    await expect(visit.page.locator("#state")).to_be_hidden()
    assert [one.value for one in visit.desk.heard] == ["Are you there?"]


async def test_the_answer_to_a_command_is_seen_by_who_was_just_cut_off(
    visit: Visit,
) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    visit.desk.show(card.id, Notice(id="n1", text="The first answer."))
    await expect(visit.page.locator("#n1")).to_be_visible()
    await visit.page.clock.install()
    await visit.page.evaluate(HIDE, True)
    await visit.page.clock.fast_forward(6000)  # a page nobody sees lets go
    await visit.until(lambda: visit.desk.watches == [])
    visit.desk.show(card.id, Notice(id="n2", text="The second answer."))

    await visit.page.evaluate(HIDE, False)

    await expect(visit.page.locator(".notice")).to_have_text(
        ["The first answer.", "The second answer."]
    )


async def test_an_unconfirmed_message_is_sent_again_with_its_key_after_a_reload(
    visit: Visit,
) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    answers: list[int] = []

    async def lose_the_first_answer(route: Route) -> None:
        answers.append((await route.fetch()).status)
        await (route.abort() if len(answers) == 1 else route.continue_())

    await visit.page.route("**/messages", lose_the_first_answer)
    await visit.page.get_by_label("Message").fill("Only once")
    await visit.page.keyboard.press("Enter")
    await visit.until(lambda: len(answers) > 0)
    await visit.page.reload()

    await expect(visit.page.locator("#t1")).to_contain_text("Only once")
    await expect(visit.page.locator("#pending > *")).to_have_count(0)
    assert [one.value for one in visit.desk.heard] == ["Only once"]


async def test_a_refused_message_can_be_taken_back(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    too_long = "x" * 200_001
    await visit.page.get_by_label("Message").fill(too_long)
    await visit.page.keyboard.press("Enter")

    await visit.page.get_by_role("button", name="Take back").click()

    await expect(visit.page.get_by_label("Message")).to_have_value(too_long)
    await expect(visit.page.locator("#pending > *")).to_have_count(0)


async def test_a_command_is_one_and_its_answer_is_shown(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    await visit.page.get_by_label("Message").fill("/status now")
    await visit.page.keyboard.press("Enter")

    assert (await visit.heard("command")).value == ("status", "now")
    visit.desk.show(card.id, Notice(id="n1", text="All is *well*"))
    await expect(visit.page.locator("#n1 em")).to_have_text("well")


# --- files --------------------------------------------------------------------


async def test_files_are_chosen_dropped_taken_out_and_sent(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    chosen = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"one")
    await visit.page.get_by_label("Add files").set_input_files([chosen])
    await visit.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["two"], "b.txt", {type: "text/plain"}));
          dispatchEvent(new DragEvent("drop", {dataTransfer: data, cancelable: true}));
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File(["three"], "c.txt", {type: "text/plain"}));
          dispatchEvent(new ClipboardEvent("paste", {clipboardData}));
        }"""
    )
    await expect(visit.page.locator("#attached .file")).to_have_count(3)
    await visit.page.get_by_role("button", name="Remove b.txt").click()
    await visit.page.get_by_label("Message").fill("Read these")
    await visit.page.keyboard.press("Enter")

    said = await visit.heard("say")
    assert sorted(file.name for file in said.files) == ["a.txt", "c.txt"]
    await expect(visit.page.locator("#t1 .file")).to_have_count(2)
    await expect(visit.page.locator("#attached .file")).to_have_count(0)


async def test_a_new_conversation_takes_its_files_along(visit: Visit) -> None:
    await visit.open()
    chosen = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"one")
    await visit.page.get_by_label("Add files").set_input_files([chosen])
    await visit.page.get_by_role("button", name="Send").click()
    await visit.page.wait_for_url("**/c/1")

    said = await visit.heard("say")
    assert [Path(file.path).read_bytes() for file in said.files] == [b"one"]
