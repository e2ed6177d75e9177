"""Parley was killed and its agent was not: the turn goes on as if nothing had been."""

from adapters.inbound import Choice, Command, Text
from adapters.views import QuestionStatus, QuestionView, TurnStatus, TurnView
from runner.base import Allow, Evidence
from runner.events import (
    PermissionRequested,
    Phrase,
    PromptJoined,
    Question,
    QuestionsAsked,
    RunnerEvent,
    TextDelta,
    TextFinished,
    TurnFinished,
    TurnStarted,
)
from tests.conftest import Bot
from tests.e2e.parley import eventually
from tests.fakes import FakeAdapter, words
from tests.scripted import ScriptedRunner, Wait, says

ASKS = PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run"))
HALF: list[RunnerEvent] = [TextDelta("m", "half")]


async def killed(
    bot: Bot, first: ScriptedRunner, told: list[RunnerEvent]
) -> ScriptedRunner:
    """Kill it; the agent is there for the next run, having *told* so much."""
    await bot.kill()
    bot.chat.views.clear()
    runner = ScriptedRunner({"next": says("fresh")})
    runner.left[first.opened[0].session_id] = told
    return runner


async def killed_at_half(bot: Bot, chat: FakeAdapter) -> ScriptedRunner:
    first = ScriptedRunner({"work": [*HALF, Wait()], "second": says("two")})
    bot.start(first)
    chat.say(Text("work"))
    await chat.until(lambda v: words(v) == "half")
    return first


def notes(chat: FakeAdapter) -> set[str]:
    return {v.note for v in chat.views if isinstance(v, TurnView)}


async def test_the_turn_goes_on_where_it_is(bot: Bot, chat: FakeAdapter) -> None:
    first = await killed_at_half(bot, chat)
    again = await killed(
        bot, first, [TextDelta("m", "half"), TextFinished("m", "half and more")]
    )

    bot.start(again)
    await chat.until(lambda v: words(v) == "half and more")
    again.proceed()

    await chat.answer("half and more")
    assert again.opened[0].turn == first.uuids[0]
    assert again.uuids == [first.uuids[0]]
    assert notes(chat) == {""}
    blank = [v for v in chat.views if isinstance(v, TurnView) and not words(v)]
    assert blank == []


async def test_a_turn_that_ended_meanwhile_is_answered(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = await killed_at_half(bot, chat)
    ended = TurnFinished(turn=first.uuids[0], stop_reason="end_turn")
    again = await killed(bot, first, [TextFinished("m", "whole"), ended])

    bot.start(again)

    await chat.answer("whole")
    assert len(chat.turns()) == 1


async def test_what_waited_comes_after_it(bot: Bot, chat: FakeAdapter) -> None:
    first = await killed_at_half(bot, chat)
    chat.say(Text("second"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    again = await killed(bot, first, HALF)
    again.script["second"] = says("two")

    bot.start(again)
    await chat.until(lambda v: words(v) == "half")
    again.proceed()

    await chat.answer("two")
    assert again.prompts == ["work", "second"]


async def test_an_open_question_is_still_open_and_can_be_answered(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = ScriptedRunner({"work": [ASKS, Wait()]})
    bot.start(first)
    chat.say(Text("work"))
    question = await chat.question()
    again = await killed(bot, first, [ASKS])

    bot.start(again)
    await chat.until(lambda v: isinstance(v, QuestionView))
    chat.say(Choice(question.id, "once"))

    await chat.until(lambda v: isinstance(v, TurnView) and v.final)
    assert again.answers == [("p-1", Allow("once"))]
    asked = [v for v in chat.views if isinstance(v, QuestionView)]
    assert {v.id for v in asked} == {question.id}
    assert asked[-1].status is QuestionStatus.DECIDED


async def test_an_answer_the_agent_never_heard_is_told_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    """Committed, and killed before it was written."""
    first = ScriptedRunner({"work": [ASKS, Wait()]})
    bot.start(first)
    chat.say(Text("work"))
    question = await chat.question()
    chat.say(Choice(question.id, "deny"))
    await chat.until(lambda v: isinstance(v, QuestionView) and v.final)
    again = await killed(bot, first, [ASKS])

    bot.start(again)

    await chat.until(lambda v: isinstance(v, TurnView) and v.final)
    [(request, answer)] = again.answers
    assert (request, type(answer).__name__) == ("p-1", "Deny")
    shown = [v for v in chat.views if isinstance(v, QuestionView)]
    assert all(v.id == question.id and v.final for v in shown)


async def test_the_second_of_several_questions_is_asked_after_the_first(
    bot: Bot, chat: FakeAdapter
) -> None:
    asks = QuestionsAsked("p-1", (Question("Which?"), Question("How?")))
    first = ScriptedRunner({"work": [asks, Wait()]})
    bot.start(first)
    chat.say(Text("work"))
    await chat.question()
    chat.say(Text("this one"))
    await chat.until(lambda v: isinstance(v, QuestionView) and v.body == "How?")
    again = await killed(bot, first, [asks])

    bot.start(again)
    await chat.until(lambda v: isinstance(v, QuestionView) and v.body == "How?")
    chat.say(Text("like that"))

    await chat.until(lambda v: isinstance(v, TurnView) and v.final)
    answers = {"Which?": "this one", "How?": "like that"}
    assert again.answers == [("p-1", Allow(answers=answers))]


async def test_a_turn_that_was_stopped_is_not_taken_up(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = await killed_at_half(bot, chat)
    first.deaf = True
    chat.say(Command("stop"))
    stopped = await chat.until(lambda v: isinstance(v, TurnView) and v.final)
    again = await killed(bot, first, HALF)

    bot.start(again)
    chat.say(Text("next"))

    await chat.answer("fresh")
    assert again.opened[0].turn == ""  # the runner ends what is not wanted
    assert again.prompts == ["next"]
    assert stopped.id not in chat.turns()


async def test_an_agent_that_was_not_given_the_prompt_is_no_evidence(
    bot: Bot, chat: FakeAdapter
) -> None:
    """Or dies in the moment in between."""
    first = await killed_at_half(bot, chat)
    again = await killed(bot, first, HALF)
    again.evidences[first.uuids[0]] = Evidence(
        last=first.uuids[0], answered=True, events=(TextFinished("m", "It was 42."),)
    )
    living = again.living

    async def gone() -> frozenset[str]:
        sessions = await living()
        again.left.clear()
        return sessions

    again.living = gone  # type: ignore[method-assign]  # it ends right after it is asked
    bot.start(again)

    await chat.answer("It was 42.")
    assert again.prompts == []


async def test_words_that_were_steered_in_join_the_turn_once(
    bot: Bot, chat: FakeAdapter
) -> None:
    first = await killed_at_half(bot, chat)
    chat.say(Text("second"))
    waiting = await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)
    chat.say(Choice(waiting.id, "steer"))
    await chat.until(lambda v: v.id == waiting.id and getattr(v, "joining", False))
    again = await killed(bot, first, [*HALF, PromptJoined(first.steered[0].uuid)])

    bot.start(again)
    await chat.until(lambda v: v.id == waiting.id and getattr(v, "joining", False))
    again.proceed()

    await chat.until(lambda v: v.id == waiting.id and v.final)
    assert again.prompts == ["work"]
    assert chat.turns()[waiting.id].status is TurnStatus.DONE


async def test_a_report_nobody_asked_for_goes_on(bot: Bot, chat: FakeAdapter) -> None:
    first = ScriptedRunner({"hello": says("one")})
    bot.start(first)
    chat.say(Text("hello"))
    await chat.answer("one")
    first.speak([TurnStarted(None, "own-1"), TextFinished("m", "The job")])
    report = await chat.until(lambda v: words(v) == "The job")
    again = await killed(bot, first, [])

    bot.start(again)
    await eventually(lambda: again.live)
    again.speak(
        [
            TurnStarted(None, "own-1"),
            TextFinished("m", "The job is done"),
            TurnFinished(turn=None, stop_reason="end_turn"),
        ]
    )

    answer = await chat.answer("The job is done")
    assert answer.id == report.id


async def test_an_agent_nobody_has_a_conversation_with_is_ended(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"next": says("fresh")})
    runner.left["forgotten"] = HALF

    bot.start(runner)
    chat.say(Text("next"))

    await chat.answer("fresh")
    assert runner.abandoned == ["forgotten"]
