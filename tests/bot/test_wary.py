"""A turn that brings words of others: nothing that was allowed before holds for it."""

from pathlib import Path

import pytest

from adapters.inbound import Attachment, Choice, Command, Text
from adapters.views import QuestionView, TurnView
from runner.base import Allow
from tests.bot.wary import (
    FORWARD,
    NARROW,
    RULE,
    RUN,
    always,
    card,
    runs,
    started,
    works_in,
)
from tests.conftest import Bot
from tests.fakes import FakeAdapter
from tests.scripted import ScriptedRunner, Wait, says


async def test_rules_do_not_hold_for_it_and_hold_again_for_the_next(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = runs()
    bot.start(runner)
    await always(bot, chat)

    chat.say(FORWARD)
    question = await card(chat)
    chat.say(Choice(question.id, "once"))
    await chat.answer("ran")
    chat.say(Text("next"))
    await chat.answer("two")

    assert started(runner) == [NARROW, NARROW, ("default", (RULE,))]
    assert [option.id for option in question.options] == ["once", "turn", "deny"]
    assert "from elsewhere" in question.body


async def test_a_wider_mode_is_left_for_it_without_a_new_process(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    runner = ScriptedRunner({"a": says("1"), "> b": says("2"), "c": says("3")})
    bot.start(runner)

    chat.say(Text("a"))
    await chat.answer("1")
    chat.say(Text("> b", foreign=True))
    await chat.answer("2")
    assert runner.told_modes == ["default"]
    chat.say(Text("c"))

    await chat.answer("3")
    assert runner.told_modes == ["default", "acceptEdits"]
    assert len(runner.opened) == 1


@pytest.mark.parametrize(
    ("mode", "narrow"),
    [("bypassPermissions", "default"), ("plan", "plan"), ("dontAsk", "dontAsk")],
)
async def test_a_process_started_for_it_has_the_narrower_mode(
    bot: Bot, chat: FakeAdapter, tmp_path: Path, mode: str, narrow: str
) -> None:
    works_in(bot, mode, tmp_path)
    runner = ScriptedRunner({"> b": says("2"), "c": says("3")})
    bot.start(runner)

    chat.say(Text("> b", foreign=True))
    await chat.answer("2")
    chat.say(Text("c"))
    await chat.answer("3")

    assert [mode for mode, _ in started(runner)] == list(dict.fromkeys((narrow, mode)))


async def test_a_mode_refused_live_is_had_by_a_new_process(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    runner = ScriptedRunner({"a": says("1"), "> b": says("2")})
    runner.refuses = True
    bot.start(runner)
    chat.say(Text("a"))
    await chat.answer("1")

    chat.say(Text("> b", foreign=True))

    await chat.answer("2")
    assert [mode for mode, _ in started(runner)] == ["acceptEdits", "default"]


async def test_where_everything_is_asked_for_there_is_nothing_to_change(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"a": says("1"), "> b": says("2"), "c": says("3")})
    bot.start(runner)

    for text, answer in (("a", "1"), ("> b", "2"), ("c", "3")):
        chat.say(Text(text, foreign=text.startswith(">")))
        await chat.answer(answer)

    assert (len(runner.opened), runner.told_modes) == (1, [])


async def test_what_was_allowed_for_the_session_does_not_hold_for_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = runs()
    bot.start(runner)
    chat.say(Text("run"))
    chat.say(Choice((await card(chat)).id, "session"))
    await chat.answer("ran")

    chat.say(FORWARD)
    await card(chat)

    assert len(runner.opened) == 2


@pytest.mark.parametrize("own_before", [True, False])
async def test_what_was_allowed_for_the_turn_ends_with_it(
    bot: Bot, chat: FakeAdapter, own_before: bool
) -> None:
    runner = runs(first=says("one"))
    bot.start(runner)
    if own_before:
        chat.say(Text("first"))
        await chat.answer("one")
    chat.say(FORWARD)
    chat.say(Choice((await card(chat)).id, "turn"))
    closed = await chat.until(lambda v: isinstance(v, QuestionView) and v.final)
    await chat.answer("ran")

    chat.say(Text("next"))

    await chat.answer("two")
    assert isinstance(closed, QuestionView)
    assert closed.outcome == "Allowed for this turn by Ada"
    assert runner.answers == [("p-1", Allow("session"))]
    assert len(runner.opened) == 2


async def test_a_mode_chosen_meanwhile_is_for_what_comes_after_it(
    bot: Bot, chat: FakeAdapter
) -> None:
    runner = ScriptedRunner({"> b": [Wait(), *says("2")], "c": says("3")})
    bot.start(runner)
    chat.say(Text("> b", foreign=True))
    await chat.until(lambda v: isinstance(v, TurnView) and bool(runner.prompts))

    chat.say(Command("mode", "acceptEdits"))
    await chat.notice("from now on")
    assert runner.told_modes == []
    runner.proceed()
    await chat.answer("2")
    chat.say(Text("c"))

    await chat.answer("3")
    assert runner.told_modes == ["acceptEdits"]


async def test_an_operator_may_trust_what_people_share(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path, trust_shared=True)
    runner = ScriptedRunner({"> b": RUN})
    bot.start(runner)

    chat.say(Text("> b", foreign=True))

    assert "always" in [option.id for option in (await card(chat)).options]
    assert started(runner) == [("acceptEdits", ())]


async def test_a_file_alone_is_enough(
    bot: Bot, chat: FakeAdapter, tmp_path: Path
) -> None:
    works_in(bot, "acceptEdits", tmp_path)
    runner = ScriptedRunner({"look": says("1")})
    bot.start(runner)
    file = Attachment("a.txt", "text/plain", 1, str(tmp_path / "a.txt"))

    chat.say(Text("look", files=(file,), foreign=True))

    await chat.answer("1")
    assert started(runner) == [NARROW]
