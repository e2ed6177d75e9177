"""Who watches the desk hears of everything, in batches, and is told of more."""

import asyncio

import pytest

from adapters.views import TurnStatus, TurnView
from adapters.web.port import Conflict
from adapters.web.values import Settings
from runner.events import TextFinished
from tests.bot.office import Office
from tests.fakes import words
from tests.scripted import ScriptedRunner, Wait, says


async def test_changes_come_in_batches_and_the_newest_wins(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "more": says("Yes.")})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        other = await desk.begin(Settings(), key="c")
        with desk.watch(card.id) as one, desk.watch(None) as everything:
            turn = await desk.say(card.id, "hello", key="1")
            await office.ended(card.id, turn)
            also = await desk.say(other.id, "more", key="1")
            await office.ended(other.id, also)

            [change] = await anext(aiter(one))
            assert (change.conversation, change.view.id) == (card.id, turn)
            assert change.view.final
            batch = await anext(aiter(everything))
            assert [one.view.id for one in batch] == [turn, also]


async def test_lists_hear_of_what_begins_and_of_what_is_deleted(
    office: Office,
) -> None:
    async with office.open(ScriptedRunner({"hello": says("Hi.")})) as desk:
        with desk.watch(None) as watch:
            changes = aiter(watch)
            card = await desk.begin(Settings(), key="b")
            assert [one.conversation for one in await anext(changes)] == [card.id]
            turn = await desk.say(card.id, "hello", key="1")
            await office.ended(card.id, turn)
            await desk.begin(Settings(), key="b")
            assert {one.view.id for one in await anext(changes)} == {turn}
            await desk.delete(card.id)
            assert [one.conversation for one in await anext(changes)] == [card.id]


async def test_a_reader_who_waits_may_be_interrupted_and_go_on(office: Office) -> None:
    async with office.open(ScriptedRunner({"hello": says("Hi.")})) as desk:
        card = await desk.begin(Settings(), key="b")
        with desk.watch(card.id) as watch:
            changes = aiter(watch)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(changes), 0.01)

            await desk.say(card.id, "hello", key="1")

            async with asyncio.timeout(20):
                while not (await anext(changes))[-1].view.final:
                    pass


async def test_a_reader_who_never_reads_is_cut_off(office: Office) -> None:
    async with office.open(ScriptedRunner({})):
        feed = office.shared.feed
        with feed.watch(7) as watch:
            for number in range(1100):
                view = TurnView(id=f"t{number}", status=TurnStatus.DONE)
                feed.publish(7, view)

            assert [batch async for batch in watch] == []
            assert len(watch._unread) == 0


async def test_what_runs_is_seen_by_whoever_comes_later(office: Office) -> None:
    runner = ScriptedRunner({"slow": [TextFinished("m", "half"), Wait()]})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "slow", key="1")
        assert turn
        await office.entry(card.id, turn, lambda view: words(view) == "half")

        [entry] = await desk.history(card.id)
        assert entry.view.status is TurnStatus.RUNNING
        assert (await desk.conversation(card.id)).activity == "running"
        runner.proceed()
        await office.ended(card.id, turn)
        assert office.shared.feed.open(card.id) == {}


async def test_what_a_failed_conversation_did_not_take_can_be_sent_again(
    office: Office,
) -> None:
    async with office.open(ScriptedRunner({"hello": says("Hi.")})) as desk:
        card = await desk.begin(Settings(), key="b")
        database = office.shared.store._database
        await database.run(
            "CREATE TRIGGER broken BEFORE INSERT ON turn "
            "BEGIN SELECT raise(ABORT, 'the disk is tired'); END"
        )
        with desk.watch(card.id) as watch:
            with pytest.raises(Conflict):
                await desk.say(card.id, "hello", key="1")
            [sorry] = await anext(aiter(watch))
        assert "Something went wrong" in getattr(sorry.view, "text", "")
        await database.run("DROP TRIGGER broken")

        turn = await desk.say(card.id, "hello", key="1")

        assert (await office.ended(card.id, turn)).answer == "Hi."
