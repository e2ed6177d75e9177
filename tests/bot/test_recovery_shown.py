"""What a kill kept from people is shown after it, and what is over is closed."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from adapters.inbound import Choice, Command, Text
from adapters.views import Notice, QuestionStatus, QuestionView, TurnView, View
from runner.events import (
    PermissionRequested,
    Phrase,
)
from store.records import DecisionRecord
from store.store import Store
from tests.conftest import Bot
from tests.e2e.parley import eventually
from tests.fakes import FakeAdapter
from tests.scripted import Die, Line, ScriptedRunner, Wait, says


async def test_an_answer_that_was_not_shown_is_shown(
    bot: Bot, chat: FakeAdapter
) -> None:
    chat.confirming = False
    bot.start(ScriptedRunner({"work": says("done")}))
    chat.say(Text("work"))
    answer = await chat.answer("done")
    await bot.kill()
    chat.views.clear()
    chat.confirming = True

    bot.start(ScriptedRunner({}))

    assert await chat.answer("done") == answer
    await bot.stop()
    chat.views.clear()
    bot.start(ScriptedRunner({"next": says("other")}))
    chat.say(Text("next"))
    await chat.answer("other")
    assert answer.id not in chat.turns()


async def test_what_answers_an_order_is_shown_once_more_until_it_was_seen(
    bot: Bot, chat: FakeAdapter
) -> None:
    chat.confirming = False
    bot.start(ScriptedRunner({}))
    chat.say(Command("effort", "low"))
    answer = await chat.until(_of_effort)
    await eventually(lambda: _kept(bot) == 1)
    await bot.kill()
    chat.views.clear()
    chat.confirming = True

    bot.start(ScriptedRunner({}))

    assert await chat.until(_of_effort) == answer
    await eventually(lambda: _kept(bot) == 0)


async def _given_up_before_a_kill(bot: Bot, chat: FakeAdapter) -> QuestionView:
    """Whether to try once more; the turn is over, and nobody has decided."""
    bot.start(ScriptedRunner({"work": [Die()]}))
    chat.say(Text("work"))
    question = await chat.question()
    await chat.until(lambda v: isinstance(v, TurnView) and v.final)
    await bot.kill()
    return question


def _kept(bot: Bot) -> int:
    """Answers that are not known to be seen."""
    with closing(sqlite3.connect(bot.folder / "parley.db")) as looked:
        [(count,)] = looked.execute("SELECT count(*) FROM notice")
    return int(count)


def _of_effort(view: View) -> bool:
    return isinstance(view, Notice) and "Effort: low" in view.text


async def test_an_open_question_of_a_dead_process_is_retired(
    bot: Bot, chat: FakeAdapter
) -> None:
    asks: list[Line] = [
        PermissionRequested("p-1", "Bash", "execute", Phrase("ask-run")),
        Wait(),
    ]
    first = ScriptedRunner({"work": asks})
    bot.start(first)
    chat.say(Text("work"))
    question = await chat.question()
    await bot.kill()

    again = ScriptedRunner({"work": says("done")})
    bot.start(again)
    chat.say(Choice(question.id, "once"))

    closed = await chat.until(lambda v: v.id == question.id and v.final)
    assert closed.status is QuestionStatus.WITHDRAWN  # type: ignore[union-attr]
    await chat.answer("done")
    assert again.answers == []


async def test_whether_to_try_again_can_be_decided_after_a_restart(
    bot: Bot, chat: FakeAdapter
) -> None:
    question = await _given_up_before_a_kill(bot, chat)

    again = ScriptedRunner({"work": says("at last")})
    bot.start(again)
    chat.say(Choice(question.id, "again"))

    await chat.answer("at last")
    assert len(chat.turns()) == 1


async def test_a_card_nobody_has_seen_is_shown_after_a_restart(
    bot: Bot, chat: FakeAdapter
) -> None:
    question = await _given_up_before_a_kill(bot, chat)
    chat.views.clear()  # it had not been drawn

    bot.start(ScriptedRunner({}))

    assert await chat.question() == question


async def test_a_turn_is_not_given_up_before_its_person_is_asked(
    bot: Bot, chat: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = asyncio.Event()

    async def ask(*given: object, **values: object) -> DecisionRecord:
        asking.set()
        await asyncio.Event().wait()
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(Store, "ask", ask)
        bot.start(ScriptedRunner({"work": [Die()]}))
        chat.say(Text("work"))
        async with asyncio.timeout(10):
            await asking.wait()
        await bot.kill()

    bot.start(ScriptedRunner({"work": [Die()]}))

    assert (await chat.question()).title == "Try this once more?"


async def test_a_button_left_over_from_before_a_kill_brings_its_message_to_an_end(
    bot: Bot, chat: FakeAdapter
) -> None:
    bot.start(ScriptedRunner({"hello": says("Hi.")}))
    chat.say(Text("hello"))
    answer = await chat.answer("Hi.")
    chat.views.clear()

    chat.say(Choice(answer.id, "cancel"), message="m-unrecorded")
    chat.say(Choice("t99", "stop"), message="m-forged")
    chat.say(Choice("tx", "stop"), message="m-forged")

    assert await chat.answer("Hi.") == answer
    rows = await bot.posts(answer.id)
    assert "m-unrecorded" in rows
