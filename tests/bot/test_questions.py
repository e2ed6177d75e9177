"""The agent's questions and permissions: who decides, how, and what the agent hears."""

import pytest

from adapters.inbound import Attachment, Body, Choice, Command, Sender, Text
from adapters.views import QuestionStatus, QuestionView, TurnStatus, TurnView
from bot.prompts import resuming
from runner.base import Allow, Deny, Evidence
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    Possible,
    Question,
    QuestionsAsked,
    TurnFinished,
    TurnStarted,
)
from tests.conftest import Bot
from tests.fakes import ADA, FakeAdapter, Line, ScriptedRunner, Wait, says

BOB = Sender("1002", "Bob")
SIZE = Question(
    "Which **size**?", "Size", (Possible("S", "small"), Possible("L", "large"))
)
TOPPINGS = Question(
    "What toppings?",
    "Toppings",
    (Possible("Cheese"), Possible("Ham"), Possible("Olives")),
    several=True,
)
PERMISSION = PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run"))


def asking(*questions: Question) -> ScriptedRunner:
    asks: list[Line] = [QuestionsAsked("r-1", questions), *says("Noted.")]
    return ScriptedRunner({"pizza": asks, "next": says("next one")})


async def card(chat: FakeAdapter, containing: str) -> QuestionView:
    """The open card that asks this."""
    view = await chat.until(
        lambda v: isinstance(v, QuestionView) and not v.final and containing in v.body
    )
    assert isinstance(view, QuestionView)
    return view


async def closed(chat: FakeAdapter, question: QuestionView) -> QuestionView:
    view = await chat.until(lambda v: v.id == question.id and v.final)
    assert isinstance(view, QuestionView)
    return view


# --- the agent's own questions ------------------------------------------------


async def test_a_question_of_the_agent_is_answered_with_a_press(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = asking(SIZE)
    bot.start(runner)
    chat.say(Text("pizza"), message="m-7")
    question = await card(chat, "size")
    assert (question.title, question.body) == ("Size", "Which **size**?")
    assert [(o.id, o.label, o.description) for o in question.options] == [
        ("o1", "S", "small"),
        ("o2", "L", "large"),
        ("skip", "🚫 Don’t answer", ""),
    ]
    assert (question.free_text, question.several) == (True, False)
    assert (question.for_id, question.reply_to) == (ADA.id, "m-7")
    await chat.until(
        lambda v: isinstance(v, TurnView) and v.status is TurnStatus.WAITING
    )

    chat.say(Choice(question.id, "o2"))

    await chat.answer("Noted.")
    assert runner.answers == [("r-1", Allow(answers={"Which **size**?": "L"}))]
    assert (await closed(chat, question)).outcome == "Ada: L"


async def test_questions_come_one_by_one_and_their_answers_go_together(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = asking(SIZE, TOPPINGS)
    bot.start(runner)
    chat.say(Text("pizza"))
    first = await card(chat, "size")
    assert first.title == "Size (1 of 2)"

    chat.say(Choice(first.id, "o1"))
    second = await card(chat, "toppings")
    assert second.title == "Toppings (2 of 2)"
    assert runner.answers == []
    chat.say(Choice(second.id, "", text="pineapple, really"))

    await chat.answer("Noted.")
    answers = {"Which **size**?": "S", "What toppings?": "pineapple, really"}
    assert runner.answers == [("r-1", Allow(answers=answers))]
    assert (await closed(chat, second)).outcome == "Ada: pineapple, really"


async def test_several_are_ticked_and_unticked_until_it_is_done(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = asking(TOPPINGS)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "toppings")

    for option in ("o3", "o1", "o3", "o2"):
        chat.say(Choice(question.id, option))
    await chat.until(lambda v: isinstance(v, QuestionView) and v.chosen == ("o1", "o2"))
    chat.say(Choice(question.id, "done"))

    await chat.answer("Noted.")
    assert runner.answers == [("r-1", Allow(answers={TOPPINGS.text: "Cheese, Ham"}))]
    assert (await closed(chat, question)).outcome == "Ada: Cheese, Ham"


@pytest.mark.parametrize(
    ("chosen", "answer"),
    [(("o3", "o1"), "Cheese, Olives"), (("forged",), "none of these")],
)
async def test_boxes_of_the_platform_count(
    bot: Bot, chat: FakeAdapter, chosen: tuple[str, ...], answer: str
) -> None:
    runner = asking(TOPPINGS)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "toppings")

    chat.say(Choice(question.id, "done", chosen=chosen))

    await chat.answer("Noted.")
    assert runner.answers == [("r-1", Allow(answers={TOPPINGS.text: answer}))]


async def test_a_plain_message_answers_instead_of_waiting(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = asking(SIZE)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "size")

    chat.say(Text("as large\nas they come " + "please " * 60))

    await chat.answer("Noted.")
    [(_, answer)] = runner.answers
    assert isinstance(answer, Allow)
    assert answer.answers[SIZE.text].startswith("as large\nas they come please")
    outcome = (await closed(chat, question)).outcome
    assert outcome.startswith("Ada: as large as they come please")
    assert outcome.endswith("…")
    chat.say(Text("next"))
    await chat.answer("next one")
    assert runner.prompts == ["pizza", "next"]
    assert len(chat.turns()) == 2


@pytest.mark.parametrize(
    ("body", "sender"),
    [
        (Text("next"), BOB),
        (Text("next", files=(Attachment("a.txt", "text/plain", 1, "/a.txt"),)), ADA),
        (Text("next", follows="another message"), ADA),
    ],
)
async def test_what_is_no_answer_waits_its_turn(
    bot: Bot, chat: FakeAdapter, body: Body, sender: Sender
) -> None:
    bot.people.append(BOB.id)
    runner = asking(SIZE)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "size")

    chat.say(body, sender=sender)
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    chat.say(Choice(question.id, "o1"))

    await chat.answer("next one")
    assert runner.answers == [("r-1", Allow(answers={SIZE.text: "S"}))]


async def test_words_do_not_answer_a_permission(bot: Bot, chat: FakeAdapter) -> None:
    asks: list[Line] = [PERMISSION, *says("Ran it.")]
    runner = ScriptedRunner({"run": asks, "next": says("next one")})
    bot.start(runner)
    chat.say(Text("run"))
    question = await chat.question()

    chat.say(Choice(question.id, "", text="yes"))
    chat.say(Text("next"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    assert runner.answers == []
    chat.say(Choice(question.id, "once"))

    await chat.answer("next one")


async def test_what_was_not_offered_decides_nothing(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = asking(SIZE)
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "size")

    for option in ("o3", "done", "deny", "once"):
        chat.say(Choice(question.id, option))
    chat.say(Choice(question.id, "", text="  "))
    chat.say(Choice(question.id, "o1"))

    await chat.answer("Noted.")
    assert runner.answers == [("r-1", Allow(answers={SIZE.text: "S"}))]


async def test_what_an_answer_would_look_like_is_in_the_details(
    bot: Bot, chat: FakeAdapter
) -> None:
    mockup = Possible("Two columns", "side by side", preview="+--+--+\n|  |  |")
    bot.start(asking(Question("Which layout?", "", (mockup, Possible("One column")))))

    chat.say(Text("pizza"))

    question = await card(chat, "layout")
    assert question.title == "A question"
    assert question.details == (
        "Two columns\nside by side\n+--+--+\n|  |  |\n\nOne column"
    )


async def test_a_stop_withdraws_what_is_asked_and_what_would_be(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = asking(SIZE, TOPPINGS)
    bot.start(runner)
    chat.say(Text("pizza"))
    first = await card(chat, "size")
    chat.say(Choice(first.id, "o1"))
    second = await card(chat, "toppings")

    chat.say(Command("stop"))

    assert (await closed(chat, second)).status is QuestionStatus.WITHDRAWN
    chat.say(Text("next"))
    await chat.answer("next one")
    assert runner.answers == []


async def test_questions_the_agent_takes_back_lose_their_buttons(
    bot: Bot, chat: FakeAdapter
) -> None:
    asks: list[Line] = [
        QuestionsAsked("r-1", (SIZE, TOPPINGS)),
        PermissionWithdrawn("r-1"),
        *says("never mind"),
    ]
    runner = ScriptedRunner({"pizza": asks})
    bot.start(runner)
    chat.say(Text("pizza"))
    question = await card(chat, "size")

    runner.proceed()

    assert (await closed(chat, question)).status is QuestionStatus.WITHDRAWN
    await chat.answer("never mind")


# --- kills --------------------------------------------------------------------


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
