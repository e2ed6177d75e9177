"""The desk: conversations of all platforms, each thing done once, through kills."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.inbound import Attachment, Choice, Inbound, Text
from adapters.views import QuestionView, Said, TurnStatus, TurnView
from adapters.web.port import Change, Conflict, Settings, UnknownConversation
from bot.commands import COMMANDS
from bot.deeds import YOU
from bot.screens import turn_of_view
from runner.events import (
    PermissionRequested,
    Phrase,
    Possible,
    Question,
    QuestionsAsked,
    TextFinished,
)
from store.activity import ActivityRecord
from store.records import ConversationId
from tests.bot.office import Office
from tests.fakes import ADA, CHAT, ScriptedRunner, Wait, says, words

ASKS = [PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run")), *says("Ran.")]
WONDERS = [
    QuestionsAsked("q-1", (Question("Which?", "", (Possible("A"), Possible("B"))),)),
    *says("Fine."),
]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


# --- saying something ---------------------------------------------------------


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


# --- conversations of other platforms -----------------------------------------


async def test_a_messengers_conversation_is_there_and_can_be_joined(
    office: Office,
) -> None:
    runner = ScriptedRunner({"from the phone": says("one"), "from here": says("two")})
    async with office.open(runner) as desk:
        office.chat.say(Text("from the phone"))
        await office.chat.answer("one")
        [card] = await desk.conversations()
        assert (card.title, card.platform) == ("from the phone", "fake")
        assert card.settings.project == "default"

        turn = await desk.say(card.id, "from here", key="1")

        shown = await office.chat.answer("two")
        assert shown.id == turn
        assert shown.for_id == ""  # nobody of that platform asked
        first, second = await desk.history(card.id)
        assert (first.asked_by, second.yours) == ("Ada", True)
    assert len(runner.opened) == 1


async def test_a_permission_asked_on_the_phone_is_given_here_and_retires_there(
    office: Office,
) -> None:
    runner = ScriptedRunner({"build": ASKS})
    async with office.open(runner) as desk:
        office.chat.say(Text("build"))
        question = await office.chat.question()
        [card] = await desk.conversations()
        assert card.activity == "waiting"
        assert await desk.questions(card.id) == [question]

        await desk.choose(card.id, Choice(question.id, "once"), key="1")
        await desk.choose(card.id, Choice(question.id, "once"), key="1")

        await office.chat.answer("Ran.")
        closed = await office.chat.until(lambda v: v.id == question.id and v.final)
        assert isinstance(closed, QuestionView)
        assert closed.outcome == "Allowed once by the owner"
        assert await desk.questions(card.id) == []
    assert len(runner.answers) == 1


async def test_what_was_decided_can_be_read_after_a_restart(office: Office) -> None:
    runner = ScriptedRunner({"build": ASKS, "wonder": WONDERS, "hello": says("Hi.")})
    async with office.open(runner) as desk:
        office.chat.say(Text("build"))
        permission = await office.chat.question()
        [card] = await desk.conversations()
        [entry] = await desk.history(card.id)
        assert entry.questions == (permission,)
        office.chat.say(Choice(permission.id, "once"))
        await office.ended(card.id, permission.turn_id)

        wondering = await desk.say(card.id, "wonder", key="1")
        question = await office.question(card.id)
        await desk.say(card.id, "C, rather", key="2")
        await office.ended(card.id, wondering)
        plain = await desk.say(card.id, "hello", key="3")
        await office.ended(card.id, plain)

    async with office.open(ScriptedRunner({})) as desk:
        entries = await desk.history(card.id)
        for entry in entries:
            assert await desk.entry(card.id, entry.view.id) == entry
    told = [[(q.id, q.outcome) for q in entry.questions] for entry in entries]
    assert told == [
        [(permission.id, f"Allowed once by {ADA.name}")],
        [(question.id, "the owner: C, rather")],
        [],
    ]


async def test_a_question_that_was_taken_back_says_so_and_no_more(
    office: Office,
) -> None:
    async with office.open(ScriptedRunner({"build": ASKS})) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "build", key="1")
        assert turn
        question = await office.question(card.id)
        with desk.watch(card.id) as watch:
            await desk.choose(card.id, Choice(turn, "stop"), key="2")
            shown = None
            while shown is None or not shown.final:
                views = [change.view for change in await anext(aiter(watch))]
                shown = next((v for v in views if v.id == question.id), shown)

        entry = await desk.entry(card.id, turn)

        assert entry is not None
        assert entry.questions == (shown,)
        assert entry.questions[0].outcome == "No longer needed"


async def test_an_open_question_is_in_its_turn_as_it_looks_now(office: Office) -> None:
    offered = (Possible("A"), Possible("B"))
    several = Question("Which?", "", offered, several=True)
    runner = ScriptedRunner({"go": [QuestionsAsked("q-1", (several,)), *says("Fine.")]})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")
        turn = await desk.say(card.id, "go", key="1")
        assert turn
        question = await office.question(card.id)

        await desk.choose(card.id, Choice(question.id, "o2"), key="2")

        entry = await desk.entry(card.id, turn)
        assert entry is not None
        assert [one.chosen for one in entry.questions] == [("o2",)]
        assert entry.questions == tuple(await desk.questions(card.id))


async def test_a_question_asked_from_here_can_be_answered_on_the_phone(
    office: Office,
) -> None:
    runner = ScriptedRunner({"hello": says("Hi."), "build": ASKS})
    async with office.open(runner) as desk:
        office.chat.say(Text("hello"))
        await office.chat.answer("Hi.")
        [card] = await desk.conversations()
        turn = await desk.say(card.id, "build", key="1")
        question = await office.chat.question()

        office.chat.say(Choice(question.id, "once"))

        assert words((await office.ended(card.id, turn)).view) == "Ran."


async def test_whoever_is_no_owner_any_more_is_not_heard(office: Office) -> None:
    office.admins = []
    runner = ScriptedRunner({})
    async with office.open(runner) as desk:
        card = await desk.begin(Settings(), key="b")

        assert await desk.say(card.id, "hello", key="1") is None

        assert await desk.history(card.id) == []
        assert await office.shared.store.pending("web") == []


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


# --- watching -----------------------------------------------------------------


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

            async with asyncio.timeout(5):
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


# --- history, search, delete --------------------------------------------------


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


# --- what it tells besides ----------------------------------------------------


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
