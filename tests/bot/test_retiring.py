"""Conversations that nobody uses leave memory, and nothing is lost by it."""

import asyncio
import gc
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from adapters.inbound import Address
from adapters.views import TurnStatus
from adapters.web.port import Desk
from adapters.web.values import Card, Settings
from bot.conversation import Conversation, Word
from bot.screens import address_of, address_record
from runner.base import SessionInfo
from store.records import ConversationId
from tests.bot.office import Office
from tests.scripted import Line, ScriptedRunner, Wait, says

PEOPLE = 5
ROUNDS = 8


async def begin(office: Office, desk: Desk, key: str) -> tuple[Card, Address]:
    card = await desk.begin(Settings(), key=key)
    [home] = await office.shared.store.addresses(ConversationId(card.id))
    return card, address_of(home)


async def gone(office: Office, conversation: weakref.ref[Conversation]) -> None:
    """Wait until nothing holds it any more."""
    async with asyncio.timeout(10):
        while conversation() is not None:
            office.dispatcher.retire(0)
            await asyncio.sleep(0.01)
            gc.collect()


async def test_an_unused_conversation_is_on_disk_only_and_goes_on_where_it_was(
    office: Office,
) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "and?": says("That is all.")})
    office.options["idle_s"] = 0.0
    async with office.open(runner) as desk:
        card, home = await begin(office, desk, "b")
        turn = await desk.say(card.id, "hello", key="1")
        await office.ended(card.id, turn)

        await gone(office, weakref.ref(office.dispatcher.conversation(home)))

        turn = await desk.say(card.id, "and?", key="2")
        assert (await office.ended(card.id, turn)).answer == "That is all."
        history = await desk.history(card.id)
        assert [entry.answer for entry in history] == ["Hi.", "That is all."]
    first, second = runner.opened
    assert first.session_id == second.session_id


async def test_one_that_was_just_used_stays(office: Office) -> None:
    office.options["idle_s"] = 0.0
    async with office.open(ScriptedRunner({})) as desk:
        card, home = await begin(office, desk, "b")
        await desk.command(card.id, "status", key="1")
        conversation = office.dispatcher.conversation(home)

        office.dispatcher.retire(3600)
        await desk.command(card.id, "status", key="2")

        assert office.dispatcher.conversation(home) is conversation


async def test_with_an_agent_a_turn_or_a_card_there_is_something_to_do(
    office: Office,
) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "work": [Wait(), *says("Done.")]})
    async with office.open(runner) as desk:
        resting, working, choosing = [await begin(office, desk, key) for key in "abc"]
        turn = await desk.say(resting[0].id, "hello", key="1")
        await office.ended(resting[0].id, turn)
        turn = await desk.say(working[0].id, "work", key="2")
        await desk.command(choosing[0].id, "mode", key="3")
        card = await office.question(choosing[0].id)
        homes = [home for _, home in (resting, working, choosing)]
        open_ = [office.dispatcher.conversation(home) for home in homes]

        for _ in range(20):
            office.dispatcher.retire(0)
            await asyncio.sleep(0)

        assert [office.dispatcher.conversation(home) for home in homes] == open_
        assert await desk.questions(choosing[0].id) == [card]
        assert len(runner.opened) == 2
        runner.proceed()
        assert (await office.ended(working[0].id, turn)).answer == "Done."


async def test_whenever_it_leaves_nothing_that_is_said_is_lost_or_done_twice(
    office: Office,
) -> None:
    words = [[f"{who} {n}" for n in range(ROUNDS)] for who in range(PEOPLE)]
    runner = ScriptedRunner({word: says(word) for each in words for word in each})
    office.options["idle_s"] = 0.0
    opened: set[Conversation] = set()

    async def retire_all_the_time() -> None:
        while True:
            office.dispatcher.retire(0)
            await asyncio.sleep(0)

    async with office.open(runner) as desk, asyncio.TaskGroup() as tasks:

        async def talk(who: int) -> None:
            card, home = await begin(office, desk, f"b{who}")
            for n, word in enumerate(words[who]):
                turn = await desk.say(card.id, word, key=f"{who}-{n}")
                assert (await office.ended(card.id, turn)).answer == word
                opened.add(office.dispatcher.conversation(home))
            history = await desk.history(card.id)
            assert [entry.answer for entry in history] == words[who]

        retiring = tasks.create_task(retire_all_the_time())
        async with asyncio.TaskGroup() as talking:
            for who in range(PEOPLE):
                talking.create_task(talk(who))
        retiring.cancel()
        assert await office.shared.store.pending("web") == []
    assert sorted(runner.prompts) == sorted(word for each in words for word in each)
    assert len(opened) > PEOPLE  # they did leave in between


class Slow(ScriptedRunner):
    """Takes its time to tell of its sessions."""

    def __init__(self, script: Mapping[str, Sequence[Line]]) -> None:
        super().__init__(script)
        self.asked, self.told = asyncio.Event(), asyncio.Event()

    async def sessions(self, workspace: Path, *, limit: int) -> Sequence[SessionInfo]:
        self.asked.set()
        await self.told.wait()
        return await super().sessions(workspace, limit=limit)


async def test_while_a_command_takes_its_time_it_stays(office: Office) -> None:
    runner = Slow({"hello": says("Hi.")})
    async with office.open(runner) as desk:
        card, _ = await begin(office, desk, "b")
        await desk.command(card.id, "sessions", key="1")
        await runner.asked.wait()
        office.dispatcher.retire(0)
        await asyncio.sleep(0)

        turn = await desk.say(card.id, "hello", key="2")

        assert (await office.ended(card.id, turn)).answer == "Hi."
        runner.told.set()


async def test_a_prompt_that_nobody_has_seen_waiting_yet_keeps_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office.open(ScriptedRunner({})) as desk:
        await office.shared.parking.park(office.shared.account, until=None)
        card, home = await begin(office, desk, "b")
        conversation = office.dispatcher.conversation(home)

        def post(mail: object) -> None:
            Conversation.post(conversation, mail)  # type: ignore[arg-type]
            Conversation.post(conversation, Word.RETIRE)

        monkeypatch.setattr(conversation, "post", post)

        turn = await desk.say(card.id, "hello", key="1")

        await office.is_(card.id, turn, TurnStatus.QUEUED)
        assert office.dispatcher.conversation(home) is conversation


async def test_what_it_is_told_at_the_same_moment_comes_first(office: Office) -> None:
    async with office.open(ScriptedRunner({})) as desk:
        _, home = await begin(office, desk, "b")
        office.dispatcher.conversation(home).post(Word.RETIRE)

        await office.dispatcher.forget(home)

        assert not await office.shared.store.lives_at(address_record(home))
