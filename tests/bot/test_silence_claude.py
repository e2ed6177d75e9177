"""The real agent says nothing, or there is no room for it: what people read of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.inbound import Address, Choice, Text
from adapters.views import QuestionView, TurnStatus, TurnView, View
from bot.pool import Pool
from bot.watchdog import Patience
from runner.claude_runner import ClaudeRunner
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.conftest import Bot
from tests.fakes import CHAT, FakeAdapter, words
from tests.messages_api import FakeMessages

SOON = Patience(silence_s=(1.0,))


@pytest.fixture
async def api() -> AsyncIterator[FakeMessages]:
    async with FakeMessages() as api:
        yield api


@pytest.fixture
def claude(api: FakeMessages, tmp_path: Path) -> ClaudeRunner:
    (tmp_path / "home").mkdir()
    return ClaudeRunner(
        [str(claude_binary())],
        billing="api_key",
        env=api_key_environment(api.url),
        environ=parent_environment(tmp_path / "home"),
        state=tmp_path / "state",
    )


def asked(view: View) -> bool:
    return isinstance(view, QuestionView) and not view.final


def retired(view: View) -> bool:
    return isinstance(view, QuestionView) and view.final


async def test_a_silent_turn_can_be_stopped_and_tried_again(
    bot: Bot, chat: FakeAdapter, api: FakeMessages, claude: ClaudeRunner
) -> None:
    bot.options["silence"] = SOON
    bot.start(claude)
    chat.say(Text("WAIT[never] SAY[not a word]"))
    card = await chat.question()
    assert "has been silent" in card.body
    assert [option.id for option in card.options] == ["wait", "end", "redo"]

    chat.say(Choice(card.id, "redo"))

    answer = await chat.until(lambda view: isinstance(view, TurnView) and view.final)
    assert "you were interrupted while working" in words(answer)
    assert len(api.requests) == 2


async def test_a_stalled_stream_may_be_waited_for(
    bot: Bot, chat: FakeAdapter, api: FakeMessages, claude: ClaudeRunner
) -> None:
    bot.options["silence"] = SOON
    bot.start(claude)
    chat.say(Text("HOLD[gate] SAY[Slowly it comes]"))
    await chat.until(lambda view: "Slowly" in words(view))
    card = await chat.question()
    assert "has been silent" in card.body

    api.release("gate")

    await chat.answer("Slowly it comes")
    await chat.until(retired)  # nobody needs to decide any more
    assert len(api.requests) == 1


async def test_a_silent_turn_can_be_stopped(
    bot: Bot, chat: FakeAdapter, api: FakeMessages, claude: ClaudeRunner
) -> None:
    bot.options["silence"] = SOON
    bot.start(claude)
    chat.say(Text("HOLD[never] SAY[Slowly it comes]"))
    card = await chat.question()

    chat.say(Choice(card.id, "end"))

    stopped = await chat.until(lambda view: isinstance(view, TurnView) and view.final)
    assert isinstance(stopped, TurnView)
    assert stopped.status is TurnStatus.CANCELLED


async def test_where_memory_is_short_one_agent_works_at_a_time(
    bot: Bot, chat: FakeAdapter, api: FakeMessages, claude: ClaudeRunner
) -> None:
    bot.options["pool"] = pool = Pool(4, free=lambda: 1, least=2)
    bot.start(claude)
    elsewhere = Address(CHAT.platform, "another chat")
    chat.say(Text("HOLD[gate] SAY[The first is done]"))
    await chat.until(lambda view: "The" in words(view))
    assert pool.tight

    chat.say(Text("SAY[The second is done]"), address=elsewhere)

    await chat.until(
        lambda view: isinstance(view, TurnView) and "short of memory" in view.note
    )
    assert pool.taken == 1
    api.release("gate")
    await chat.answer("The first is done")
    await chat.answer("The second is done")
