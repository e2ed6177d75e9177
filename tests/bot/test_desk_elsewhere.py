"""Conversations of other platforms at the desk: joined, and decided here or there."""

from adapters.inbound import Choice, Text
from adapters.views import QuestionView
from adapters.web.values import Settings
from runner.events import (
    PermissionRequested,
    Phrase,
    Possible,
    Question,
    QuestionsAsked,
)
from tests.bot.asking import WONDERS
from tests.bot.office import Office
from tests.fakes import ADA, words
from tests.scripted import ScriptedRunner, says

ASKS = [PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run")), *says("Ran.")]


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
