"""What a person sees, from message in to answer out."""

import pytest

from adapters.inbound import Choice, Command, Deleted, Edited, Sender, Text
from adapters.views import QuestionStatus, Said, TurnStatus, TurnView
from bot.prompts import RESUME
from runner.base import Allow, Deny, Evidence
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    TextFinished,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.conftest import Bot
from tests.fakes import Die, FakeAdapter, Line, ScriptedRunner, Wait, says, words

BUILD: list[Line] = [
    TextFinished("m", "I shall build it."),
    ToolStarted("t-1", "Bash", "execute", Phrase("step-run", {"what": "make"})),
    PermissionRequested(
        "p-1", "Bash", "execute", Phrase("ask-run"), body="`make`", can_remember=True
    ),
    ToolFinished("t-1", ok=True),
    TextFinished("m2", "Built."),
]
STRANGER = Sender("666", "Mallory")


async def test_a_message_is_answered(bot: Bot, chat: FakeAdapter) -> None:
    bot.start(ScriptedRunner({"hello": says("Hi.")}))

    chat.say(Text("hello"), message="m-7")

    answer = await chat.answer("Hi.")
    assert answer.status is TurnStatus.DONE
    assert answer.reply_to == "m-7"
    assert answer.parts == (Said("Hi."),)


async def test_a_redelivered_message_is_answered_once(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("one"), "next": says("two")})
    bot.start(runner)

    chat.say(Text("hello"), event_id="same")
    chat.say(Text("hello"), event_id="same")
    chat.say(Text("next"))

    await chat.answer("two")
    assert runner.prompts == ["hello", "next"]


async def test_a_second_message_uses_the_same_process(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("one"), "next": says("two")})
    bot.start(runner)

    chat.say(Text("hello"))
    await chat.answer("one")
    chat.say(Text("next"))

    await chat.answer("two")
    assert len(runner.opened) == 1


async def test_a_stranger_gets_nothing_and_leaves_nothing(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("Hi.")})
    bot.start(runner)

    chat.say(Text("let me in"), sender=STRANGER)
    chat.say(Command("status"), sender=STRANGER)
    chat.say(Text("hello"))

    await chat.answer("Hi.")
    assert runner.prompts == ["hello"]
    assert len(chat.turns()) == 1


async def test_a_message_during_a_turn_waits_visibly_and_can_be_cancelled(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"slow": [Wait(), *says("one")], "third": says("three")})
    bot.start(runner)
    chat.say(Text("slow"))
    chat.say(Text("second"))
    chat.say(Text("third"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 2)
    second = await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)

    chat.say(Choice(second.id, "cancel"))
    await chat.until(lambda v: v.id == second.id and v.final)
    runner.proceed()

    await chat.answer("three")
    assert runner.prompts == ["slow", "third"]
    assert chat.turns()[second.id].status is TurnStatus.CANCELLED


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


@pytest.mark.parametrize("way", ["button", "command"])
async def test_stop_ends_the_turn_at_once(
    bot: Bot, chat: FakeAdapter, way: str
) -> None:
    runner = ScriptedRunner({"slow": [*says("half"), Wait()], "next": says("fresh")})
    bot.start(runner)
    chat.say(Text("slow"))
    view = await chat.until(lambda v: words(v) == "half")

    chat.say(Choice(view.id, "stop") if way == "button" else Command("stop"))

    stopped = await chat.until(lambda v: v.id == view.id and v.final)
    assert stopped.status is TurnStatus.CANCELLED  # type: ignore[union-attr]
    chat.say(Text("next"))
    await chat.answer("fresh")
    assert runner.interrupts == 1


async def test_the_stop_command_drops_what_waits(bot: Bot, chat: FakeAdapter) -> None:
    runner = ScriptedRunner({"slow": [Wait()], "next": says("fresh")})
    bot.start(runner)
    chat.say(Text("slow"))
    chat.say(Text("second"))
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)

    chat.say(Command("stop"))
    chat.say(Text("next"))

    await chat.answer("fresh")
    assert runner.prompts == ["slow", "next"]


async def test_new_begins_another_session(bot: Bot, chat: FakeAdapter) -> None:
    runner = ScriptedRunner({"hello": says("one"), "next": says("two")})
    bot.start(runner)
    chat.say(Text("hello"))
    await chat.answer("one")

    chat.say(Command("new"))
    chat.say(Text("next"))

    await chat.answer("two")
    first, second = runner.opened
    assert first.session_id != second.session_id


async def test_status_and_help_are_answered_while_the_agent_works(
    bot: Bot, chat: FakeAdapter
) -> None:
    bot.start(ScriptedRunner({"slow": [Wait()]}))
    chat.say(Text("slow"))
    await chat.until(lambda v: isinstance(v, TurnView))

    chat.say(Command("status"))
    chat.say(Command("help"))
    chat.say(Command("frobnicate"))

    await chat.notice("working for")
    await chat.notice("/stop")
    await chat.notice("I do not know /frobnicate")


async def test_an_edit_replaces_what_still_waits(bot: Bot, chat: FakeAdapter) -> None:
    runner = ScriptedRunner({"slow": [Wait()], "better": says("yes")})
    bot.start(runner)
    chat.say(Text("slow"), message="m-1")
    chat.say(Text("worse"), message="m-2")
    await chat.until(lambda v: isinstance(v, TurnView) and v.position == 1)

    chat.say(Edited("better"), message="m-2")
    chat.say(Edited("too late"), message="m-1")
    await chat.notice("already started")
    runner.proceed()

    await chat.answer("yes")
    assert runner.prompts == ["slow", "better"]


async def test_a_deleted_message_is_taken_out_of_the_queue(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"slow": [Wait()], "third": says("three")})
    bot.start(runner)
    chat.say(Text("slow"))
    chat.say(Text("second"), message="m-2")
    chat.say(Text("third"))

    chat.say(Deleted(), message="m-2")
    await chat.until(
        lambda v: isinstance(v, TurnView) and v.status.value == "cancelled"
    )
    runner.proceed()

    await chat.answer("three")
    assert runner.prompts == ["slow", "third"]


async def test_forwards_join_the_comment_they_follow(
    bot: Bot, chat: FakeAdapter
) -> None:
    both = "what is this?\n\n> forwarded"
    runner = ScriptedRunner({"what is this?": [Wait()], both: says("a forward")})
    bot.start(runner)
    comment = chat.say(Text("what is this?"))
    await chat.until(lambda v: isinstance(v, TurnView))

    chat.say(Text("> forwarded", follows=comment))

    await chat.answer("a forward")
    assert len(chat.turns()) == 1


async def test_a_turn_nobody_asked_for_is_a_message_of_its_own(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"hello": says("one"), "next": says("two")})
    bot.start(runner)
    chat.say(Text("hello"))
    await chat.answer("one")

    runner.speak(
        [
            TurnStarted(None, "own-1"),
            TextFinished("m9", "The background job is done."),
            TurnFinished(turn=None, stop_reason="end_turn"),
        ]
    )

    view = await chat.answer("The background job is done.")
    chat.say(Text("next"))
    await chat.answer("two")
    assert len(chat.turns()) == 3
    assert view.reply_to is None


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
