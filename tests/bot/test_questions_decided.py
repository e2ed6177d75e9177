"""Who decides, with what reason, and what a kill leaves of it."""

from adapters.inbound import Choice, Command, Text
from adapters.views import QuestionStatus, TurnStatus, TurnView
from bot.prompts import resuming
from runner.base import Allow, Deny, Evidence
from runner.events import TurnFinished, TurnStarted
from tests.bot.asking import PERMISSION, SIZE, TOPPINGS, asking, card, closed
from tests.conftest import Bot
from tests.fakes import ADA, BOB, FakeAdapter
from tests.scripted import Line, ScriptedRunner, Wait, says


async def test_an_answer_is_not_lost_with_the_agent_that_should_have_heard_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = asking(SIZE, TOPPINGS)
    bot.start(first)
    chat.say(Text("pizza"))
    await card(chat, "size")
    chat.say(Text("family size"))
    left = await card(chat, "toppings")
    await bot.kill()

    told = resuming("", {SIZE.text: "family size"}).text
    assert "family size" in told
    again = ScriptedRunner({told: says("Noted.")})
    again.evidences[first.uuids[0]] = Evidence(last=first.uuids[0])
    bot.start(again)

    await chat.answer("Noted.")
    assert again.prompts == [told]
    assert len(chat.turns()) == 1
    assert (await closed(chat, left)).status is QuestionStatus.WITHDRAWN


async def test_words_for_a_question_that_died_become_a_message(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = asking(SIZE)
    bot.start(first)
    chat.say(Text("pizza"))
    question = await card(chat, "size")
    await bot.kill()
    chat.say(Text("family size"))

    told = resuming("", {}).text
    again = ScriptedRunner({told: says("Sorry."), "family size": says("Noted.")})
    again.evidences[first.uuids[0]] = Evidence(last=first.uuids[0])
    bot.start(again)

    await chat.answer("Noted.")
    assert again.prompts == [told, "family size"]
    assert (await closed(chat, question)).status is QuestionStatus.WITHDRAWN


# --- who may decide -----------------------------------------------------------


async def test_only_whoever_asked_decides(bot: Bot, chat: FakeAdapter) -> None:
    bot.people.append(BOB.id)
    asks: list[Line] = [PERMISSION, *says("Ran it.")]
    runner = ScriptedRunner({"run": asks})
    bot.start(runner)
    chat.say(Text("run"))
    question = await chat.question()

    chat.say(Choice(question.id, "once"), sender=BOB)
    notice = await chat.notice("Only Ada can decide this.")
    assert notice.only_for == BOB.id
    assert runner.answers == []
    chat.say(Choice(question.id, "deny"))

    await chat.answer("Ran it.")
    assert [type(answer) for _, answer in runner.answers] == [Deny]
    assert (await closed(chat, question)).outcome == "Denied by Ada"


async def test_nobody_else_ticks_a_box(bot: Bot, chat: FakeAdapter) -> None:
    bot.people.append(BOB.id)
    runner = asking(TOPPINGS)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "toppings")

    chat.say(Choice(question.id, "o1"), sender=BOB)
    chat.say(Choice(question.id, "", text="ham"), sender=BOB)
    chat.say(Choice(question.id, "o2"))
    chat.say(Choice(question.id, "done"))

    await chat.answer("Noted.")
    assert runner.answers == [("r-1", Allow(answers={TOPPINGS.text: "Ham"}))]


async def test_an_admin_may_decide_for_others(bot: Bot, chat: FakeAdapter) -> None:
    bot.admins.append(f"fake:{BOB.id}")
    runner = asking(SIZE)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "size")

    chat.say(Text("medium"), sender=BOB)

    await chat.answer("Noted.")
    assert (await closed(chat, question)).outcome == "Bob: medium"


async def test_what_nobody_asked_for_anybody_may_decide(
    bot: Bot, chat: FakeAdapter
) -> None:
    bot.people.append(BOB.id)
    runner = ScriptedRunner({"hello": says("one")})
    bot.start(runner)
    chat.say(Text("hello"))
    await chat.answer("one")
    runner.speak([TurnStarted(None, "own-1"), PERMISSION])
    question = await chat.question()
    assert question.for_id == ""

    chat.say(Choice(question.id, "once"), sender=BOB)

    assert (await closed(chat, question)).outcome == "Allowed once by Bob"
    runner.speak([TurnFinished(turn=None, stop_reason="end_turn")])


async def test_anybody_may_stop_what_another_asked_for(
    bot: Bot, chat: FakeAdapter
) -> None:
    bot.people.append(BOB.id)
    bot.start(ScriptedRunner({"slow": [*says("half"), Wait()]}))
    chat.say(Text("slow"))
    view = await chat.until(lambda v: isinstance(v, TurnView))
    assert isinstance(view, TurnView)
    assert view.for_id == ADA.id

    chat.say(Choice(view.id, "stop"), sender=BOB)

    stopped = await chat.until(lambda v: v.id == view.id and v.final)
    assert stopped.status is TurnStatus.CANCELLED  # type: ignore[union-attr]


# --- reasons, and answers for one person --------------------------------------


async def test_a_reason_reaches_the_agent_and_the_card(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"run": [PERMISSION, *says("All right.")]})
    bot.start(runner)
    chat.say(Text("run"))
    question = await chat.question()
    assert [o.words for o in question.options] == ["", "Why?"]

    chat.say(Choice(question.id, "deny", text="not on a Friday"))

    await chat.answer("All right.")
    [(_, answer)] = runner.answers
    assert isinstance(answer, Deny)
    assert "not on a Friday" in answer.reason
    view = await closed(chat, question)
    assert (view.outcome, view.refused) == ("Denied by Ada: not on a Friday", True)


async def test_an_answer_to_a_private_command_is_for_its_sender(
    bot: Bot, chat: FakeAdapter
) -> None:
    bot.start(ScriptedRunner({}))

    chat.say(Command("status"), private=True)
    chat.say(Command("help"))

    assert (await chat.notice("agents up")).only_for == ADA.id
    assert (await chat.notice("/stop")).only_for == ""


async def test_a_stop_that_comes_too_late_from_no_message_of_its_own(
    bot: Bot, chat: FakeAdapter
) -> None:
    bot.start(ScriptedRunner({"hello": says("Hi.")}))
    chat.say(Text("hello"))
    answer = await chat.answer("Hi.")
    chat.views.clear()

    chat.say(Choice(answer.id, "stop"), message=None)

    assert await chat.answer("Hi.") == answer
    assert await bot.posts(answer.id) == []
