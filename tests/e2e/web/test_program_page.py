"""The page of the whole program, with the real claude, as a person has it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.parley import WebParley, eventually, web_world
from tests.e2e.web.person import NARROW, Person, person
from tests.messages_reply import Reply, Say

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKING = "RUN[echo ran >> proof.txt]RUN"


@pytest_asyncio.fixture(loop_scope="module")
async def parley(tmp_path: Path) -> AsyncIterator[WebParley]:
    async with web_world(tmp_path) as parley:
        await parley.begin()
        yield parley


@pytest_asyncio.fixture(loop_scope="module")
async def ada(browser: Browser, parley: WebParley) -> AsyncIterator[Person]:
    """At the page, with nothing said yet."""
    async with person(browser, parley) as ada:
        await ada.enter()
        yield ada


def words(count: int) -> str:
    return " ".join(f"word{number}" for number in range(count))


async def said(page: Page, text: str) -> None:
    """The newest turn's answer is this and nothing else."""
    answer = page.locator("#turns > .turn").last.locator(".said")
    await expect(answer).to_have_text([text])


def prompts(parley: WebParley) -> list[str]:
    """What the model was asked, in order."""
    return [request.texts[0] for request in parley.api.requests]


# --- nothing lost, nothing twice ----------------------------------------------


async def test_a_reload_in_the_middle_of_a_stream_goes_on_where_it_was(
    ada: Person,
) -> None:
    await ada.begin("WORDS[30] HOLD[gate]")
    await said(ada.page, "word0")

    await ada.page.reload()
    await said(ada.page, "word0")
    await expect(ada.page.locator("#stop")).to_be_visible()
    ada.parley.api.release("gate")

    await ada.ended()
    await said(ada.page, words(30))
    await expect(ada.turns).to_have_count(1)
    await ada.page.reload()
    await said(ada.page, words(30))
    await expect(ada.page.locator("#stop")).to_be_hidden()


async def test_what_is_sent_while_parley_is_dead_arrives_once(ada: Person) -> None:
    await ada.begin("SAY[the first answer]")
    await ada.ended()
    await ada.parley.kill()
    banner = ada.page.locator("#state")
    await expect(banner).to_contain_text("The connection is lost")
    await ada.say("SAY[the second answer] please")
    await ada.message.fill("half a thou")
    await expect(ada.page.locator("#pending")).to_contain_text("Sending")
    await ada.shot("offline")

    await ada.parley.begin()

    await expect(banner).to_be_hidden()
    await expect(ada.turns).to_have_count(2)
    await ada.ended()
    await said(ada.page, "the second answer")
    await expect(ada.page.locator("#pending > *")).to_have_count(0)
    await expect(ada.message).to_have_value("half a thou")
    assert prompts(ada.parley) == [
        "SAY[the first answer]",
        "SAY[the second answer] please",
    ]


async def test_a_turn_that_parley_died_in_ends_before_the_eyes_of_who_stayed(
    ada: Person,
) -> None:
    await ada.begin("WORDS[30] HOLD[gate]")
    await said(ada.page, "word0")
    await ada.parley.kill()
    await expect(ada.page.locator("#state")).to_be_visible()
    ada.parley.api.then(Reply(blocks=[Say("That is all of it.")]))

    await ada.parley.begin()

    await ada.ended()
    await expect(ada.page.locator("#state")).to_be_hidden()
    await expect(ada.turns).to_have_count(1)
    await expect(ada.turns.get_by_text("That is all of it.")).to_have_count(1)
    assert ada.parley.rows("SELECT count(*) FROM turn") == [(1,)]


# --- two tabs -----------------------------------------------------------------


async def test_two_tabs_show_the_same_and_stop_together(ada: Person) -> None:
    await ada.begin("SAY[the first answer]")
    await ada.ended()
    other = await ada.tab()
    await expect(other.locator(".turn")).to_contain_text("the first answer")

    await ada.say("WORDS[30] HOLD[never]")
    for page in (ada.page, other):
        await said(page, "word0")
        await expect(page.locator("#stop")).to_be_visible()
    await other.locator("#stop").click()

    for page in (ada.page, other):
        await expect(page.locator(".turn").last.locator(".foot")).to_contain_text(
            "Stopped"
        )
        await expect(page.locator("#stop")).to_be_hidden()
        await expect(page.locator(".turn")).to_have_count(2)
    await ada.say("SAY[still here]")
    for page in (ada.page, other):
        await said(page, "still here")


async def test_a_message_sent_in_two_tabs_waits_its_turn_in_both(ada: Person) -> None:
    await ada.begin("WORDS[3] HOLD[gate]")
    await said(ada.page, "word0")
    other = await ada.tab()
    await other.get_by_label("Message").fill("SAY[the second answer]")
    await other.get_by_label("Message").press("Enter")
    for page in (ada.page, other):
        await expect(page.locator(".turn").last.locator(".foot")).to_contain_text(
            "Queued"
        )

    ada.parley.api.release("gate")

    for page in (ada.page, other):
        await said(page, "the second answer")
        await expect(page.locator(".turn").first).to_contain_text(words(3))
        await expect(page.locator("#pending > *")).to_have_count(0)


# --- files --------------------------------------------------------------------


async def drop(page: Page, file: Path) -> None:
    """From the desktop on the middle of the page, as the browser has it from there."""
    devtools = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": 700, "y": 300, "data": data}
        await devtools.send("Input.dispatchDragEvent", event)


async def test_a_dropped_file_is_read_by_the_agent(ada: Person, tmp_path: Path) -> None:
    file = tmp_path / "weekly numbers.txt"
    file.write_text("The sum is 4711.")
    await drop(ada.page, file)
    await expect(ada.page.locator("#attached")).to_contain_text(file.name)
    await ada.shot("dropped")
    await ada.begin("What is the sum?")

    await expect(ada.turns.last.locator(".asked")).to_contain_text(file.name)
    await ada.ended()
    await ada.say(f"READ[{attached(ada.parley)}]")
    await ada.ended(turn=1)
    await expect(ada.turns.last).to_contain_text("The sum is 4711.")


async def test_a_file_that_is_dropped_later_is_read_without_a_question(
    ada: Person, tmp_path: Path
) -> None:
    await ada.begin("SAY[the first answer]")
    await ada.ended()
    file = tmp_path / "weekly numbers.txt"
    file.write_text("The sum is 4711.")
    await drop(ada.page, file)
    await ada.say("What is the sum?")
    await ada.ended(turn=1)

    await ada.say(f"READ[{attached(ada.parley)}]")

    await ada.ended(turn=2)  # it would wait for a permission
    await expect(ada.turns.last).to_contain_text("The sum is 4711.")


def attached(parley: WebParley) -> Path:
    """Where the file of the newest prompt is, as the model was told."""
    (told,) = [text for text in parley.api.requests[-1].texts if "Attached" in text]
    found = re.search(r'Attached file: "(.*?)"', told)
    assert found
    return Path(found[1])


COPY = """async () => {
  const drawn = new OffscreenCanvas(32, 32);
  drawn.getContext("2d").fillRect(4, 4, 8, 8);
  const picture = await drawn.convertToBlob({type: "image/png"});
  await navigator.clipboard.write([new ClipboardItem({"image/png": picture})]);
}"""


async def test_a_pasted_picture_is_seen_by_the_model(ada: Person) -> None:
    await ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ada.page.evaluate(COPY)
    await ada.message.focus()
    await ada.page.keyboard.press("Control+v")
    await expect(ada.page.locator("#attached .file")).to_have_count(1)

    await ada.begin("What is in it?")

    await ada.ended()
    await expect(ada.turns.last.locator(".asked .file")).to_have_count(1)
    assert pictures(ada.parley) == ["image/png"]


def pictures(parley: WebParley) -> list[str]:
    """The media types of the pictures in the newest request."""
    blocks: list[dict[str, Any]] = [
        block
        for message in parley.api.requests[-1].body["messages"]
        for block in message["content"]
        if isinstance(block, dict)
    ]
    return [
        block["source"]["media_type"] for block in blocks if block["type"] == "image"
    ]


# --- a narrow screen and no mouse ---------------------------------------------


async def test_everything_is_done_by_keys_on_a_narrow_screen(
    browser: Browser, parley: WebParley
) -> None:
    async with person(browser, parley, **NARROW) as ada:
        keys = ada.page.keyboard
        await ada.enter()
        await ada.reach("Works in")
        await keys.type("default")
        await ada.reach("Message", back=True)
        await keys.type(ASKING)
        await keys.press("Enter")
        await ada.page.wait_for_url("**/c/*")
        await expect(ada.card("Run a command?")).to_be_visible()
        await ada.shot("keys-permission")
        await ada.reach("Allow once", back=True)
        await keys.press("Enter")
        await ada.ended()
        await expect(ada.turns.last).to_contain_text("Tool said")

        await ada.reach("Message")
        await keys.type("WORDS[30] HOLD[never]")
        await keys.press("Enter")
        await said(ada.page, "word0")
        await ada.reach("Stop")
        await ada.shot("keys-stop")
        await keys.press("Enter")
        await ada.ended("Stopped")

        await keys.press("Control+k")
        await keys.type("never")
        await expect(ada.page.locator("#found a")).to_have_count(1)
        await ada.shot("keys-search")
        await keys.press("Enter")
        await ada.page.wait_for_url("**/c/*?to=*")
        await expect(ada.turns.last).to_be_in_viewport()

        await ada.reach("Show the list", back=True)
        await keys.press("Enter")
        await ada.reach("New conversation")
        await ada.shot("keys-list")
        await keys.press("Enter")
        await ada.page.wait_for_url(f"{parley.url}/")
        await expect(ada.message).to_be_focused()
    assert (parley.workspace / "proof.txt").read_text() == "ran\n"
    await eventually(lambda: len(parley.rows("SELECT id FROM turn")) == 2)
