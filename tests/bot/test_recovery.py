"""Parley is killed at every state of the ledger; each message is answered once."""

from adapters.inbound import Command, Text
from adapters.views import Step, TurnStatus, TurnView
from bot.prompts import RESUME
from runner.base import Evidence
from runner.events import (
    Phrase,
    TextFinished,
    ToolStarted,
    TurnStarted,
)
from tests.conftest import Bot
from tests.fakes import FakeAdapter, words
from tests.scripted import ScriptedRunner, Wait, says


async def test_what_waited_runs_after_a_kill(bot: Bot, chat: FakeAdapter) -> None:
    bot.start(ScriptedRunner({"slow": [Wait()]}))
    chat.say(Text("slow"))
    chat.say(Text("second"))
    waiting = await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    await bot.kill()

    again = ScriptedRunner({"slow": says("one"), "second": says("two")})
    bot.start(again)

    assert (await chat.answer("two")).id == waiting.id
    assert again.prompts == ["slow", "second"]
    assert len(chat.turns()) == 2


async def test_a_prompt_the_agent_never_saw_is_submitted_again_under_its_uuid(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = ScriptedRunner({"work": [Wait()]})
    bot.start(first)
    chat.say(Text("work"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.model)
    await bot.kill()

    again = ScriptedRunner({"work": says("done")})
    bot.start(again)

    await chat.answer("done")
    assert again.uuids == first.uuids
    assert again.opened[0].session_id == first.opened[0].session_id


async def test_an_answer_the_agent_recorded_is_taken_from_there(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = ScriptedRunner({"work": [Wait()]})
    bot.start(first)
    chat.say(Text("work"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.model)
    await bot.kill()

    again = ScriptedRunner({})
    again.evidences[first.uuids[0]] = Evidence(
        last=first.uuids[0], answered=True, events=(TextFinished("m", "It was 42."),)
    )
    bot.start(again)

    await chat.answer("It was 42.")
    assert again.prompts == []


async def test_a_prompt_the_agent_was_working_on_is_resumed(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = await _killed_half_way(bot, chat)

    again = ScriptedRunner({RESUME: says("whole")})
    again.evidences[first.uuids[0]] = Evidence(
        last=first.uuids[0], events=(TextFinished("m", "half"),)
    )
    bot.start(again)

    assert words(await chat.answer("whole")) == "half\nwhole"
    assert again.uuids != first.uuids


async def test_a_step_whose_end_nobody_knows_is_not_shown_as_done(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = await _killed_half_way(bot, chat)

    again = ScriptedRunner({RESUME: says("whole")})
    step = ToolStarted("c1", "Bash", "execute", Phrase("step-run", {"what": "make"}))
    again.evidences[first.uuids[0]] = Evidence(last=first.uuids[0], events=(step,))
    bot.start(again)

    (shown,) = [
        part for part in (await chat.answer("whole")).parts if isinstance(part, Step)
    ]
    assert shown.ok is False
    assert "not known" in shown.output


async def test_a_stopped_turn_stays_stopped(bot: Bot, chat: FakeAdapter) -> None:
    first = ScriptedRunner({"work": [*says("half"), Wait()]})
    first.deaf = True
    bot.start(first)
    chat.say(Text("work"))
    view = await chat.until(lambda v: words(v) == "half")
    chat.say(Command("stop"))
    await chat.until(lambda v: v.id == view.id and v.final)
    await bot.kill()

    again = ScriptedRunner({"next": says("fresh")})
    bot.start(again)
    chat.say(Text("next"))

    await chat.answer("fresh")
    assert again.prompts == ["next"]
    assert chat.turns()[view.id].status is TurnStatus.CANCELLED


async def test_a_report_cut_off_by_a_restart_is_not_run_as_a_prompt(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = ScriptedRunner({"hello": says("one")})
    bot.start(first)
    chat.say(Text("hello"))
    await chat.answer("one")
    first.speak([TurnStarted(None, "own-1"), TextFinished("m", "The job")])
    await chat.until(lambda v: words(v) == "The job")
    await bot.kill()

    again = ScriptedRunner({"next": says("two")})
    bot.start(again)
    chat.say(Text("next"))

    await chat.answer("two")
    assert again.prompts == ["next"]


async def test_a_polite_end_says_that_work_goes_on(bot: Bot, chat: FakeAdapter) -> None:
    bot.start(ScriptedRunner({"work": [*says("half"), Wait()]}))
    chat.say(Text("work"))
    await chat.until(lambda v: words(v) == "half")

    await bot.stop()

    assert "restarting" in next(iter(chat.turns().values())).note


async def test_two_kills_still_give_one_answer(bot: Bot, chat: FakeAdapter) -> None:
    chat.say(Text("hello"))
    for _ in range(2):
        bot.start(ScriptedRunner({"hello": [Wait()]}))
        await chat.until(lambda v: isinstance(v, TurnView) and v.model)
        await bot.kill()
        chat.views.clear()

    bot.start(ScriptedRunner({"hello": says("Hi.")}))

    await chat.answer("Hi.")
    assert len(chat.turns()) == 1


async def test_what_waits_behind_a_recorded_answer_runs(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = ScriptedRunner({"work": [Wait()]})
    bot.start(first)
    chat.say(Text("work"))
    chat.say(Text("next"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    await bot.kill()

    again = ScriptedRunner({"next": says("two")})
    again.evidences[first.uuids[0]] = Evidence(
        last=first.uuids[0], answered=True, events=(TextFinished("m", "It was 42."),)
    )
    bot.start(again)

    await chat.answer("It was 42.")
    await chat.answer("two")
    assert again.prompts == ["next"]


async def _killed_half_way(bot: Bot, chat: FakeAdapter) -> ScriptedRunner:
    runner = ScriptedRunner({"work": [*says("half"), Wait()]})
    bot.start(runner)
    chat.say(Text("work"))
    await chat.until(lambda v: words(v) == "half")
    await bot.kill()
    return runner
