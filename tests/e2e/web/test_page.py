"""The chat page as a person has it: a real browser over a desk held in memory."""

import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Route, expect

from adapters.views import (
    FileView,
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
)
from tests import browser as browsers
from tests.e2e.web.visit import Visit, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONCE = Option("once", "✅ Allow once", "good")
DENY = Option("deny", "❌ Deny", "danger", words="Why?")
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NARROW = {"viewport": {"width": 390, "height": 844}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with browsers.browser() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, tmp_path: Path) -> AsyncIterator[Visit]:
    async with visiting(browser, tmp_path) as visit:
        yield visit


def permission(turn: str) -> QuestionView:
    return QuestionView(
        id="q1",
        turn_id=turn,
        title="Run a command?",
        body="```bash\nrm -r build\n```",
        options=(ONCE, DENY),
    )


async def asked(visit: Visit, *, question: bool = True) -> tuple[int, str]:
    """A conversation with a turn at work, and its question if there is one."""
    card = visit.desk.add("Clean up")
    turn = await visit.desk.say(card.id, "Clean up, please", key="asked") or ""
    visit.desk.grow(card.id, turn, Said("Let me look."), status=TurnStatus.WAITING)
    if question:
        visit.desk.show(card.id, permission(turn))
    return card.id, turn


# --- writing ------------------------------------------------------------------


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


# --- deciding -----------------------------------------------------------------


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


# --- finding one's way --------------------------------------------------------


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
    await expect(ticking).to_have_text(re.compile(r"^[2-9] s$"))


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


# --- commands, files, languages -----------------------------------------------


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
