"""Stories: the whole bot over fakes, and only what a person would see."""

import pytest

from adapters.inbound import Choice, Command, Deleted, Edited, Sender, Text
from adapters.views import Said, TurnStatus, TurnView
from runner.events import TextFinished, TurnFinished, TurnStarted
from tests.conftest import Bot
from tests.fakes import FakeAdapter, words
from tests.scripted import ScriptedRunner, Wait, says

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
