"""Stories of a person who decides, and looks at what there is to decide."""

from adapters.inbound import Choice, Text
from adapters.views import QuestionStatus
from runner.base import Allow, Deny
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    TextFinished,
    ToolFinished,
    ToolStarted,
)
from tests.conftest import Bot
from tests.fakes import FakeAdapter, words
from tests.scripted import Line, ScriptedRunner, says

BUILD: list[Line] = [
    TextFinished("m", "I shall build it."),
    ToolStarted("t-1", "Bash", "execute", Phrase("step-run", {"what": "make"})),
    PermissionRequested(
        "p-1", "Bash", "execute", Phrase("ask-run"), body="`make`", can_remember=True
    ),
    ToolFinished("t-1", ok=True),
    TextFinished("m2", "Built."),
]


async def test_the_agent_waits_for_the_button_and_hears_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"build it": BUILD})
    bot.start(runner)
    chat.say(Text("build it"))
    question = await chat.question()
    assert [option.id for option in question.options] == ["once", "session", "deny"]

    chat.say(Choice(question.id, "once"))

    answer = await chat.answer("Built.")
    assert words(answer).startswith("I shall build it.")
    assert runner.answers == [("p-1", Allow("once"))]
    closed = await chat.until(lambda v: v.id == question.id and v.final)
    assert closed.outcome == "Allowed once by Ada"  # type: ignore[union-attr]


async def test_only_the_first_decision_counts(bot: Bot, chat: FakeAdapter) -> None:
    runner = ScriptedRunner({"build it": BUILD})
    bot.start(runner)
    chat.say(Text("build it"))
    question = await chat.question()

    chat.say(Choice(question.id, "deny"))
    chat.say(Choice(question.id, "once"))
    chat.say(Choice(question.id, "nonsense"))

    await chat.answer("Built.")
    assert [type(answer) for _, answer in runner.answers] == [Deny]


async def test_details_are_shown_without_deciding(bot: Bot, chat: FakeAdapter) -> None:
    runner = ScriptedRunner({"build it": BUILD})
    bot.start(runner)
    chat.say(Text("build it"))
    question = await chat.question()

    chat.say(Choice(question.id, "details"))

    await chat.until(lambda v: v.id == question.id and v.details_shown)  # type: ignore[union-attr]
    assert runner.answers == []


async def test_a_withdrawn_request_loses_its_buttons(
    bot: Bot, chat: FakeAdapter
) -> None:
    asks: list[Line] = [
        PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run")),
        PermissionWithdrawn("p-1"),
        *says("never mind"),
    ]
    runner = ScriptedRunner({"ask": asks})
    bot.start(runner)
    chat.say(Text("ask"))
    question = await chat.question()

    runner.proceed()

    closed = await chat.until(lambda v: v.id == question.id and v.final)
    assert closed.status is QuestionStatus.WITHDRAWN  # type: ignore[union-attr]
