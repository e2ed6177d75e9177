"""What the desk tells besides: files, a log, commands, languages."""

import asyncio

import pytest

from adapters.views import TurnStatus
from adapters.web.port import UnknownConversation
from adapters.web.values import Settings
from bot.commands import COMMANDS
from bot.screens import turn_of_view
from store.activity import ActivityRecord
from store.records import ConversationId
from tests.bot.office import Office
from tests.scripted import ScriptedRunner, Wait, says


async def test_a_file_that_was_sent_is_in_its_turn_also_after_a_restart(
    office: Office,
) -> None:
    async with office.open(ScriptedRunner({"hello": says("There.")})) as desk:
        card, other = [await desk.begin(Settings(), key=key) for key in "ab"]
        turn = await desk.say(card.id, "hello", key="1")
        await office.ended(card.id, turn)
        for view_id, of in (("f1", turn_of_view(turn or "")), ("f2", None)):
            await office.shared.store.send_file(
                view_id,
                conversation_id=ConversationId(card.id),
                turn_id=of,
                call_id="",
                path="/tmp/chart.png",
                name="chart.png",
                media_type="image/png",
                size=7,
                caption="",
            )

    async with office.open(ScriptedRunner({})) as desk:
        [entry] = await desk.history(card.id)
        assert [file.id for file in entry.sent] == ["f1"]
        assert entry.sent[0].turn_id == turn
        loose = await desk.file(card.id, "f2")
        assert loose is not None
        assert loose.turn_id == ""
        assert await desk.file(other.id, "f1") is None


async def test_the_log_counts_what_was_done(office: Office) -> None:
    async with office.open(ScriptedRunner({"hello": says("Hi.")})) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "hello", key="1")
        await office.ended(card.id, turn)
        row = ActivityRecord(
            conversation_id=ConversationId(card.id),
            turn_id=turn_of_view(turn or ""),
            kind="tool",
            name="Bash",
            ok=False,
            at=1.0,
        )
        await office.shared.store.note_activity([row])

        log = await desk.log(card.id, limit=10)

        assert sum(log.turns.values()) == 1
        assert log.tools == {"Bash": (1, 1)}
        assert (log.newest[-1].name, log.newest[-1].turn) == ("Bash", turn)
        assert await desk.raw_log(card.id) is None
        await office.shared.store.change(
            ConversationId(card.id), {"debug": 1}, platform="web", events=()
        )
        assert await desk.raw_log(card.id) is not None
        with pytest.raises(UnknownConversation):
            await desk.log(99, limit=10)


async def test_commands_are_in_the_readers_language(office: Office) -> None:
    async with office.open(ScriptedRunner({})) as desk:
        card = await desk.begin(Settings(), key="b")

        offers = await desk.commands(card.id, "en")

        assert [offer.name for offer in offers] == [spec.name for spec in COMMANDS]
        assert all(offer.description and offer.own for offer in offers)
        assert await desk.commands(None, "en") == offers


async def test_a_chosen_language_is_kept_and_answers_are_in_it(
    office: Office,
) -> None:
    async with office.open(ScriptedRunner({"hello": [Wait()]})) as desk:
        assert await desk.language() == ""
        await desk.choose_language("ko")

    async with office.open(ScriptedRunner({"hello": [Wait()]})) as desk:
        assert await desk.language() == "ko"
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "hello", key="1", language="en")
        entry = await office.is_(card.id, turn, TurnStatus.RUNNING)
        assert entry.view.language == "ko"
        await desk.choose_language("")
        second = await desk.say(card.id, "hello", key="2", language="en")
        queued = await office.is_(card.id, second, TurnStatus.QUEUED)
        assert queued.view.language == "en"


async def test_who_is_expected_finds_an_agent_ready(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")

        await desk.expect(card.id)
        await desk.expect(card.id)
        async with asyncio.timeout(20):
            while not runner.opened:
                await asyncio.sleep(0.01)

        assert len(runner.opened) == 1
        with pytest.raises(UnknownConversation):
            await desk.expect(99)
