"""Stories of agents that are deaf, die, or find no seat."""

from adapters.inbound import Choice, Command, Text
from adapters.views import TurnStatus, TurnView
from bot.prompts import RESUME
from runner.base import Evidence
from runner.events import TextFinished, TurnStarted
from tests.conftest import Bot
from tests.fakes import FakeAdapter, words
from tests.scripted import Die, Line, ScriptedRunner, Wait, says


async def test_a_deaf_agent_is_ended(bot: Bot, chat: FakeAdapter) -> None:
    runner = ScriptedRunner({"slow": [Wait()], "next": says("fresh")})
    runner.deaf = True
    bot.patience_s = 0.05
    bot.start(runner)
    chat.say(Text("slow"))
    await chat.until(lambda v: isinstance(v, TurnView))

    chat.say(Command("stop"))
    chat.say(Text("next"))

    await chat.answer("fresh")
    assert len(runner.opened) == 2


async def test_a_dying_agent_is_asked_to_go_on(bot: Bot, chat: FakeAdapter) -> None:
    dying: list[Line] = [*says("half"), Wait(), Die()]
    runner = ScriptedRunner({"work": dying, RESUME: says("whole")})
    bot.start(runner)
    chat.say(Text("work"))
    await chat.until(lambda v: words(v) == "half")
    runner.evidences[runner.uuids[0]] = Evidence(
        last=runner.uuids[0], events=(TextFinished("m", "half"),)
    )

    runner.proceed()

    answer = await chat.answer("whole")

    assert runner.prompts == ["work", RESUME]
    assert words(answer) == "half\nwhole"
    assert len(chat.turns()) == 1


async def test_after_three_attempts_a_person_is_asked(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"work": [Die()]})
    bot.start(runner)
    chat.say(Text("work"))

    question = await chat.question()
    assert runner.prompts == ["work"] * 3
    runner.script["work"] = says("at last")
    chat.say(Choice(question.id, "again"))

    await chat.answer("at last")


async def test_a_full_house_lets_the_idle_go(bot: Bot, chat: FakeAdapter) -> None:
    bot.limit = 1
    runner = ScriptedRunner({"hello": says("one"), "next": says("two")})
    bot.start(runner)
    chat.say(Text("hello"))
    await chat.answer("one")

    chat.say(Command("new"))
    chat.say(Text("next"))

    await chat.answer("two")
    assert len(runner.live) == 1


async def test_what_the_agent_does_unasked_can_be_stopped(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("one")})
    bot.start(runner)
    chat.say(Text("hello"))
    await chat.answer("one")
    runner.speak([TurnStarted(None, "own-1"), TextFinished("m9", "And now I")])
    view = await chat.until(lambda v: words(v) == "And now I")

    chat.say(Choice(view.id, "stop"))

    stopped = await chat.until(lambda v: v.id == view.id and v.final)
    assert stopped.status is TurnStatus.CANCELLED  # type: ignore[union-attr]
    assert runner.interrupts == 1


async def test_an_agent_killed_while_it_starts_is_started_again(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("Hi.")})
    runner.cut_starts = 2
    bot.start(runner)

    chat.say(Text("hello"))

    await chat.answer("Hi.")
    assert len(runner.opened) == 3
    assert runner.prompts == ["hello"]


async def test_an_agent_that_is_always_killed_is_given_up_with_a_word(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("Hi.")})
    runner.cut_starts = 99
    bot.start(runner)

    chat.say(Text("hello"))

    view = await chat.until(lambda v: isinstance(v, TurnView) and v.final)
    assert view.status is TurnStatus.FAILED  # type: ignore[union-attr]
    assert "did not start" in view.note  # type: ignore[union-attr]
    assert len(runner.opened) == 3
