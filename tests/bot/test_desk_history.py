"""What the desk remembers can be read, searched and deleted."""

import asyncio

import pytest

from adapters.inbound import Inbound, Text
from adapters.views import Said, TurnStatus
from adapters.web.port import UnknownConversation
from adapters.web.values import Change, Settings
from bot.deeds import YOU
from tests.bot.office import Office
from tests.fakes import ADA, CHAT
from tests.scripted import ScriptedRunner, Wait, says


async def test_a_view_that_is_long_over_is_rebuilt_from_its_row(
    office: Office,
) -> None:
    async with office.open(ScriptedRunner({"hello": says("Hi.")})) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "hello", key="1")
        await office.ended(card.id, turn)
        await office.shared.store._database.run("UPDATE turn SET view = NULL")

        [entry] = await desk.history(card.id)
        assert (entry.view.status, entry.view.prompt) == (TurnStatus.DONE, "hello")
        assert entry.view.parts == (Said("Hi."),)


async def test_history_comes_in_pages(office: Office) -> None:
    runner = ScriptedRunner({str(number): says("ok") for number in range(5)})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        turns = [await desk.say(card.id, str(n), key=str(n)) for n in range(5)]
        await office.ended(card.id, turns[-1])

        newest = await desk.history(card.id, limit=2)
        before = await desk.history(card.id, before=newest[0].view.id, limit=2)
        assert [entry.view.id for entry in [*before, *newest]] == turns[1:]
        other = await desk.begin(Settings(), key="c")
        assert await desk.entry(other.id, turns[0] or "") is None


async def test_a_search_shows_where_the_words_are(office: Office) -> None:
    long = f"{'x ' * 200}the **needle** is here{' y' * 200}"
    async with office.open(ScriptedRunner({"find it": says(long)})) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "find it", key="1")
        await office.ended(card.id, turn)

        [found] = await desk.search("NEEDLE")

        assert (found.conversation, found.turn, found.title) == (
            card.id,
            turn,
            "find it",
        )
        assert "the needle is here" in found.excerpt
        assert len(found.excerpt) < 200
        assert await desk.search("  ") == []


async def test_a_deleted_conversation_is_gone_with_its_agent_and_its_folder(
    office: Office,
) -> None:
    runner = ScriptedRunner({"slow": [Wait()]})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "slow", key="1")
        await office.is_(card.id, turn, TurnStatus.RUNNING)
        (await desk.storage(card.id) / "made").touch()
        inbox = await desk.inbox(card.id)

        with desk.watch(card.id) as watch:
            await desk.delete(card.id)
            [*_, last] = await anext(aiter(watch))

        assert isinstance(last, Change)
        assert last.view.final
        assert runner.live == []
        assert not (office.folder / "storage" / str(card.id)).exists()
        assert not inbox.exists()
        assert await desk.conversations() == []
        assert await desk.search("slow") == []
        for call in (
            desk.conversation(card.id),
            desk.say(card.id, "slow", key="1"),
            desk.delete(card.id),
        ):
            with pytest.raises(UnknownConversation):
                await call


async def test_a_deleted_conversation_of_a_messenger_begins_anew(
    office: Office,
) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "again": says("Who?")})
    async with office.open(runner) as desk:
        office.chat.say(Text("hello"))
        await office.chat.answer("Hi.")
        [card] = await desk.conversations()
        project = office.folder / "kept.txt"
        project.touch()

        await desk.delete(card.id)
        office.chat.say(Text("again"))

        await office.chat.answer("Who?")
        [new] = await desk.conversations()
        assert (new.title, project.exists()) == ("again", True)
    assert runner.opened[0].session_id != runner.opened[1].session_id


async def test_a_message_that_meets_a_deletion_begins_another(office: Office) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "late": says("Who?")})
    async with office.open(runner) as desk:
        office.chat.say(Text("hello"))
        await office.chat.answer("Hi.")
        [card] = await desk.conversations()
        late = [_late("fake", "phone"), _late("web", "page", via="web")]
        for inbound in late:
            await office.shared.store.keep(
                inbound.platform, [(inbound.events[0], "{}")]
            )

        forgetting = asyncio.create_task(office.dispatcher.forget(CHAT))
        await asyncio.sleep(0)  # it is in the mailbox, and not taken yet
        for inbound in late:
            await office.dispatcher.dispatch(inbound)
        await forgetting

        await office.chat.answer("Who?")
        [new] = await desk.conversations()
        assert new.id != card.id
        assert await office.shared.store.pending("web") == []
    assert runner.prompts == ["hello", "late"]


def _late(platform: str, event: str, via: str = "") -> Inbound:
    sender = ADA if platform == "fake" else YOU
    return Inbound(
        events=(event,), address=CHAT, sender=sender, body=Text("late"), via=via
    )
