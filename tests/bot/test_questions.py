"""The agent asks, and people answer: with a press, in words, or not at all."""

import pytest

from adapters.inbound import Attachment, Body, Choice, Command, Sender, Text
from adapters.views import QuestionStatus, QuestionView, TurnStatus, TurnView
from runner.base import Allow
from runner.events import PermissionWithdrawn, Possible, Question, QuestionsAsked
from tests.bot.asking import PERMISSION, SIZE, TOPPINGS, asking, card, closed
from tests.conftest import Bot
from tests.fakes import ADA, BOB, FakeAdapter
from tests.scripted import Line, ScriptedRunner, says


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
