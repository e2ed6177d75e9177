"""What is said and done at the desk happens once, through kills."""

import asyncio
import stat
from dataclasses import replace

import pytest

from adapters.inbound import Attachment, Choice
from adapters.views import Said, TurnStatus
from adapters.web.port import Conflict
from adapters.web.values import Settings
from tests.bot.asking import WONDERS
from tests.bot.office import Office
from tests.fakes import words
from tests.scripted import ScriptedRunner, Wait, says


async def test_what_is_said_is_answered_and_is_in_the_history(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi **there**.")})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        assert (card.title, card.platform) == ("", "web")

        turn = await desk.say(card.id, "hello", key="1")
        entry = await office.ended(card.id, turn)

        assert entry.view.parts == (Said("Hi **there**."),)
        assert (entry.yours, entry.answer) == (True, "Hi **there**.")
        assert await desk.history(card.id) == [entry]
        [card] = await desk.conversations()
        assert (card.title, card.preview) == ("hello", "Hi there.")
        assert card.activity == "idle"


async def test_the_same_key_asks_once_and_tells_the_same(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("one"), "other": says("two")})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(name="Mine"), key="b")
        assert await desk.begin(Settings(name="Again"), key="b") == card

        at_once = await asyncio.gather(
            *(desk.say(card.id, "hello", key="1") for _ in range(3))
        )
        [turn] = set(at_once)
        await office.ended(card.id, turn)
        assert await desk.say(card.id, "hello", key="1") == turn
        assert await desk.say(card.id, "other", key="2") != turn

        second = await desk.begin(Settings(), key="c")
        elsewhere = await desk.say(second.id, "hello", key="1")
        assert elsewhere != turn
        await office.ended(second.id, elsewhere)
    assert sorted(runner.prompts) == ["hello", "hello", "other"]


async def test_a_key_is_known_after_a_kill(office: Office) -> None:
    async with office.open(ScriptedRunner({"hello": [Wait()]})) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "hello", key="1")

    runner = ScriptedRunner({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        assert (await desk.begin(Settings(), key="b")).id == card.id
        assert await desk.say(card.id, "hello", key="1") == turn
        assert words((await office.ended(card.id, turn)).view) == "Hi."
    assert runner.prompts == ["hello"]


async def test_what_was_kept_and_not_handed_over_is_taken_up(office: Office) -> None:
    async with office.open(ScriptedRunner({})) as desk:
        card = await desk.begin(Settings(), key="b")
        gone = await desk.begin(Settings(), key="g")
        await desk.delete(gone.id)
    # Killed between the two: on disk, and nobody has heard of it.
    async with office.open(ScriptedRunner({})):
        store = office.shared.store
        for number, event in ((card.id, "left"), (gone.id, "of nobody")):
            payload = f'{{"conversation": {number}, "text": {{"text": "hello"}}}}'
            await store.keep("web", [(event, payload)])
        await store.keep("web", [("broken", "{}{")])

    runner = ScriptedRunner({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        [entry] = await office.until(lambda: desk.history(card.id), bool)
        await office.ended(card.id, entry.view.id)
        assert await office.shared.store.pending("web") == []
        [parked] = await office.shared.store.parked()
        assert parked.event_id == "broken"
    assert runner.prompts == ["hello"]


async def test_whoever_asked_may_go_away(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        for steps in range(40):  # gone after each number of turns of the event loop
            asking = asyncio.create_task(desk.say(card.id, "hello", key=str(steps)))
            for _ in range(steps):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait([asking])

        turns = [await desk.say(card.id, "hello", key=str(key)) for key in range(40)]

        assert len(set(turns)) == 40
        for turn in turns:
            await office.ended(card.id, turn)
    assert len(runner.prompts) == 40


async def test_words_may_answer_the_agents_question(office: Office) -> None:
    runner = ScriptedRunner({"go": WONDERS})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "go", key="1")
        await office.question(card.id)

        assert await desk.say(card.id, "C, rather", key="2") is None
        assert await desk.say(card.id, "C, rather", key="2") is None

        await office.ended(card.id, turn)
    assert runner.answers[0][1].answers == {"Which?": "C, rather"}  # type: ignore[union-attr]
    assert runner.prompts == ["go"]


async def test_files_come_with_the_words(office: Office) -> None:
    async with office.open(ScriptedRunner({"look": says("Nice.")})) as desk:
        card = await desk.begin(Settings(), key="b")
        folder = await desk.inbox(card.id)
        file = Attachment("a.png", "image/png", 3, path=str(folder / "a.png"))

        turn = await desk.say(card.id, "look", key="1", files=[file])

        assert (await office.ended(card.id, turn)).files == (file,)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# --- stopping, commands -------------------------------------------------------


async def test_stop_and_cancel_are_presses_on_the_turn(office: Office) -> None:
    runner = ScriptedRunner({"slow": [*says("half"), Wait()]})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        running = await desk.say(card.id, "slow", key="1")
        waiting = await desk.say(card.id, "next", key="2")
        assert running
        assert waiting
        await office.is_(card.id, running, TurnStatus.RUNNING)
        queued = await office.is_(card.id, waiting, TurnStatus.QUEUED)
        assert queued.view.position == 1

        await desk.choose(card.id, Choice(waiting, "cancel"), key="3")
        await desk.choose(card.id, Choice(running, "stop"), key="4")

        for turn in (waiting, running):
            entry = await desk.entry(card.id, turn)
            assert entry is not None
            assert entry.view.status is TurnStatus.CANCELLED
    assert runner.prompts == ["slow"]


async def test_a_command_is_given_once(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "again": says("Who?")})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        await office.ended(card.id, await desk.say(card.id, "hello", key="1"))
        with desk.watch(card.id) as watch:
            for _ in range(2):
                await desk.command(card.id, "new", key="2")
            seen = [c.view for c in await anext(aiter(watch))]
        assert ["A new conversation" in getattr(view, "text", "") for view in seen] == [
            True
        ]
        session = (await desk.conversation(card.id)).session_id
        assert session != card.session_id

        await office.ended(card.id, await desk.say(card.id, "again", key="3"))
    assert [spec.session_id for spec in runner.opened] == [card.session_id, session]


# --- settings -----------------------------------------------------------------


async def test_settings_reach_the_agent(office: Office) -> None:
    settings = Settings(
        name="Mine",
        model="opus",
        system_prompt="Be brief.",
        allowed_tools=("Read", "Bash(git *)"),
        permission_mode="plan",
        max_turns=3,
        output_schema="{}",
        task="t-1",
    )
    runner = ScriptedRunner({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        card = await desk.begin(settings, key="b")
        assert card.title == "Mine"
        assert card.settings == replace(settings, agent="scripted")
        await office.ended(card.id, await desk.say(card.id, "hello", key="1"))
        assert [one.id for one in await desk.task("t-1")] == [card.id]
        storage = await desk.storage(card.id)

    [spec] = runner.opened
    assert (spec.model, spec.permission_mode, spec.max_turns) == ("opus", "plan", 3)
    assert (spec.allowed_tools, spec.output_schema) == (settings.allowed_tools, "{}")
    assert spec.system_prompt.endswith("\n\nBe brief.")
    assert spec.workspace == storage == office.folder / "storage" / str(card.id)
    assert stat.S_IMODE(storage.stat().st_mode) == 0o700


async def test_a_project_is_worked_in_and_not_served(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        assert [one.name for one in desk.projects()] == ["default", "shop"]
        card = await desk.begin(Settings(project="shop"), key="b")
        await office.ended(card.id, await desk.say(card.id, "hello", key="1"))
        with pytest.raises(Conflict):
            await desk.storage(card.id)

    [spec] = runner.opened
    assert (spec.workspace, spec.model) == (office.folder / "shop", "sonnet")


@pytest.mark.parametrize(
    "settings",
    [
        Settings(project="nowhere"),
        Settings(agent="another"),
        Settings(permission_mode="bypassPermissions"),
    ],
)
async def test_what_there_is_not_is_refused(office: Office, settings: Settings) -> None:
    async with office.open(ScriptedRunner({})) as desk:
        with pytest.raises(Conflict):
            await desk.begin(settings, key="b")


async def test_another_schema_restarts_the_agent_and_the_same_does_not(
    office: Office,
) -> None:
    runner = ScriptedRunner({word: says(word) for word in "abcde"})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        for word, schema in zip("abcde", ["", "", "{1}", "{1}", ""], strict=True):
            turn = await desk.say(card.id, word, key=word, output_schema=schema)
            await office.ended(card.id, turn)

    assert [spec.output_schema for spec in runner.opened] == ["", "{1}", ""]
    assert {spec.session_id for spec in runner.opened} == {card.session_id}
    assert runner.prompts == list("abcde")
