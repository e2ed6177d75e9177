"""Words of others on their way into other turns, through kills, and what goes on."""

from pathlib import Path

import pytest

from adapters.inbound import Choice, Command, Edited, Text
from adapters.views import TurnStatus, TurnView
from bot.prompts import recap, resuming
from runner.base import Evidence
from runner.errors import SessionGone
from runner.events import Question, QuestionsAsked, TextDelta, TurnFinished, TurnStarted
from tests.bot.wary import ASKS, NARROW, RUN, always, card, runs, started, works_in
from tests.conftest import Bot
from tests.fakes import FakeAdapter, words
from tests.scripted import Line, ScriptedRunner, Wait, says


async def test_it_is_not_told_to_a_turn_of_a_persons_own_words(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"slow": [Wait(), *says("1")], "> b": says("2")})
    bot.start(runner)
    chat.say(Text("slow"))
    await chat.until(lambda v: isinstance(v, TurnView) and bool(runner.prompts))
    chat.say(Text("> b", foreign=True))
    queued = await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)

    chat.say(Choice(queued.id, "steer"))
    await chat.notice("from elsewhere")
    runner.proceed()

    await chat.answer("2")
    assert runner.steered == []


@pytest.mark.parametrize("words_of_others", [False, True])
async def test_anything_may_be_told_to_it(
    bot: Bot, chat: FakeAdapter, words_of_others: bool
) -> None:
    runner = ScriptedRunner({"> b": [Wait(), *says("1")]})
    bot.start(runner)
    chat.say(Text("> b", foreign=True))
    await chat.until(lambda v: isinstance(v, TurnView) and bool(runner.prompts))
    chat.say(Text("hurry", foreign=words_of_others))
    queued = await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)

    chat.say(Choice(queued.id, "steer"))
    await chat.until(lambda _: bool(runner.steered))
    runner.proceed()

    await chat.answer("1")


async def test_it_does_not_answer_what_the_agent_asks(
    bot: Bot, chat: FakeAdapter
) -> None:
    asks = QuestionsAsked("q-1", (Question("Which?"),))
    runner = ScriptedRunner({"a": [asks, *says("1")], "> b": says("2")})
    bot.start(runner)
    chat.say(Text("a"))
    question = await chat.question()

    chat.say(Text("> b", foreign=True))
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    assert runner.answers == []
    chat.say(Choice(question.id, "skip"))

    await chat.answer("2")


async def test_a_forward_that_follows_a_comment_takes_what_was_allowed_from_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    told = "true?\n\n> run it"
    waits: list[Line] = [Wait()]
    runner = runs(**{"true?": waits, told: RUN})
    bot.start(runner)
    await always(bot, chat)
    comment = chat.say(Text("true?"))
    await chat.until(lambda v: isinstance(v, TurnView) and "true?" in runner.prompts)

    chat.say(Text("> run it", follows=comment, foreign=True))
    await card(chat)

    assert runner.prompts == ["run", "true?", told]
    assert started(runner)[-1] == NARROW
    assert len(runner.opened) == 2


async def test_an_edit_that_brings_them_in_makes_it_such_a_turn(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = runs(slow=[Wait(), *says("1")])
    bot.start(runner)
    await always(bot, chat)
    chat.say(Text("slow"))
    await chat.until(lambda v: isinstance(v, TurnView) and "slow" in runner.prompts)
    chat.say(Text("next"), message="m-x")
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)

    chat.say(Edited("> run it", foreign=True), message="m-x")
    await chat.until(lambda v: isinstance(v, TurnView) and v.prompt == "> run it")
    runner.proceed()

    await card(chat)
    assert len(runner.opened) == 2


# --- kills, and what goes on --------------------------------------------------


async def test_an_agent_that_is_taken_up_keeps_its_terms(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    first = ScriptedRunner({"> b": [TextDelta("m", "half"), Wait()]})
    bot.start(first)
    chat.say(Text("> b", foreign=True))
    await chat.until(lambda v: words(v) == "half")
    await bot.kill()
    again = ScriptedRunner({"c": says("3")})
    again.left[first.opened[0].session_id] = [TextDelta("m", "half")]

    bot.start(again)
    await chat.until(lambda _: bool(again.prompts))
    again.proceed()
    chat.say(Text("c"))

    await chat.answer("3")
    assert started(first) == [NARROW]
    # Nobody knows what that one was allowed for the turn.
    assert started(again) == [NARROW, ("acceptEdits", ())]


async def test_what_an_agent_was_allowed_before_a_crash_does_not_hold_for_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = ScriptedRunner({"a": says("1")})
    bot.start(first)
    chat.say(Text("a"))
    await chat.answer("1")
    await bot.kill()
    again = ScriptedRunner({"a": [], "> b": says("2"), "c": says("3")})
    again.left[first.opened[0].session_id] = []
    bot.start(again)
    chat.say(Text("c"))
    await chat.answer("3")
    assert len(again.opened) == 1

    chat.say(Text("> b", foreign=True))

    await chat.answer("2")
    assert len(again.opened) == 2


async def test_it_is_one_still_when_its_agent_died(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    first = ScriptedRunner({"> b": [TextDelta("m", "half"), Wait()]})
    bot.start(first)
    chat.say(Text("> b", foreign=True))
    await chat.until(lambda v: words(v) == "half")
    await bot.kill()

    again = ScriptedRunner({resuming("", {}).text: says("2")})
    again.evidences[first.uuids[0]] = Evidence(last=first.uuids[0])
    bot.start(again)

    await chat.answer("2")
    assert started(again) == [NARROW]


async def test_what_the_agent_begins_by_itself_after_it_is_one_too(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"> b": says("2")})
    bot.start(runner)
    chat.say(Text("> b", foreign=True))
    await chat.answer("2")

    runner.speak([TurnStarted(None, "own-1"), ASKS])
    question = await card(chat)

    assert [option.id for option in question.options] == ["once", "turn", "deny"]
    runner.speak([TurnFinished(turn=None, stop_reason="end_turn")])


async def test_what_is_to_go_on_goes_on_as_one(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    runner = ScriptedRunner({"> b": says("2"), "Go on.": says("3")})
    bot.start(runner)
    chat.say(Text("> b", foreign=True))
    view = await chat.answer("2")

    chat.say(Command("go-on", view.id))

    await chat.answer("3")
    assert (started(runner), runner.told_modes) == ([NARROW], [])


async def test_a_summary_of_what_was_said_brings_them_along(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    bot.start(ScriptedRunner({"> b": says("2")}))
    chat.say(Text("> b", foreign=True))
    await chat.answer("2")
    await bot.stop()
    runner = ScriptedRunner({f"{recap([('> b', '2')])}\n\nc": says("3")})
    runner.start_error = SessionGone("session-over")
    bot.start(runner)
    chat.say(Text("c"))
    view = await chat.until(
        lambda v: isinstance(v, TurnView) and v.status is TurnStatus.FAILED
    )

    runner.start_error = None
    chat.say(Command("again", f"{view.id} recap"))

    await chat.answer("3")
    assert started(runner)[-1] == NARROW
