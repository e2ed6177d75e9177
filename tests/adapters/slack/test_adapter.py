"""All of Slack's adapter at once, between people and a bot that only remembers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.inbound import Address, Command, MessageRef, Text
from adapters.language import say
from adapters.slack.adapter import SlackAdapter
from adapters.strangers import hint
from adapters.views import FileView, Notice, Said, TurnStatus, TurnView
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.desk import menu
from tests.adapters.slack.entry import running, until
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB, TEAM, FakeSlack


@dataclass
class Whole:
    slack: FakeSlack
    adapter: SlackAdapter
    memory: Memory
    screen: PaperScreen


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with FakeSlack() as slack:
        slack.add_person(ADA, "Ada Lovelace", locale="ko-KR")
        memory, screen = Memory(home=tmp_path), PaperScreen()
        adapter = SlackAdapter(
            slack.bot_token,
            commands=menu,
            app_token=slack.app_token,
            api_base=slack.api_base,
            people=[ADA],
            ask_again_s=0.1,
        )
        async with running(adapter.run(memory, screen)):
            await slack.until(lambda: adapter.health.state == "ok")
            yield Whole(slack, adapter, memory, screen)
        assert slack.refusals == []


async def test_words_and_commands_come_with_the_language_of_who_gave_them(
    whole: Whole,
) -> None:
    asked = whole.slack.say("hello")
    whole.slack.say("!model opus", thread=asked)
    await until(lambda: len(whole.memory.inbounds) == 2)

    first, second = whole.memory.inbounds
    assert (first.body, second.body) == (Text("hello"), Command("model", "opus"))
    assert {first.sender.language, second.sender.language} == {"ko-KR"}


async def test_who_opens_the_agents_messages_is_expected(whole: Whole) -> None:
    whole.slack.open_home()
    await until(lambda: whole.memory.expected)

    place = Address("slack", whole.slack.dm(), "", TEAM)
    assert whole.memory.expected == [(place, ADA)]
    assert whole.memory.rows == {}


async def test_a_stranger_is_told_in_their_own_language(whole: Whole) -> None:
    whole.slack.add_person(BOB, "Bob Byte", locale="ko-KR")

    asked = whole.slack.say("hello?", user=BOB)
    await whole.slack.until(lambda: whole.slack.thread(asked)[1:])

    assert whole.slack.thread(asked)[1].text == hint(BOB, "ko")


async def test_a_turn_and_its_file_are_shown_in_the_language_of_the_turn(
    whole: Whole, tmp_path: Path
) -> None:
    asked = whole.slack.say("go")
    address = Address("slack", asked.channel, asked.ts, TEAM)
    plot = tmp_path / "plot"
    plot.write_bytes(b"\x89PNG\r\n\x1a\nrest")
    view = TurnView(
        id="t1",
        status=TurnStatus.DONE,
        parts=(Said("Look."),),
        reply_to=MessageRef(asked.ts),
        started_at=1.0,
        ended_at=6.0,
        language="ko",
    )
    file = FileView(
        id="f1", path=str(plot), name="plot.png", media_type="image/png", size=12
    )

    whole.adapter.show(address, view)
    whole.adapter.show(address, file)
    await whole.adapter.flush()

    said, shown = whole.slack.thread(asked)[1:]
    assert say("ko", "duration-seconds", seconds=5) in said.text
    assert [one.name for one in shown.files] == ["plot.png"]
    assert sorted(whole.screen.done) == ["f1", "t1"]


async def test_somebody_may_be_written_to_in_private_by_their_id_alone(
    whole: Whole,
) -> None:
    whole.adapter.show(Address("slack", ADA), Notice(id="n1", text="the disk is full"))

    await whole.slack.until(lambda: "disk is full" in whole.slack.messages()[-1].text)


async def test_a_token_taken_back_is_told_and_given_again_all_goes_on(
    whole: Whole,
) -> None:
    asked = whole.slack.say("go")
    address = Address("slack", asked.channel, asked.ts, TEAM)
    whole.slack.sign_out("account_inactive")
    whole.adapter.show(address, Notice(id="n1", text="the answer"))
    await until(lambda: whole.adapter.health.state == "down")
    assert "bot token (account_inactive)" in whole.adapter.health.reason

    whole.slack.sign_out("")

    await whole.slack.until(lambda: "answer" in whole.slack.thread(asked)[-1].text)
    await until(lambda: whole.adapter.health.state == "ok")


async def test_of_a_removed_app_that_is_installed_again_the_gap_is_read(
    whole: Whole,
) -> None:
    whole.slack.sign_out("account_inactive")
    whole.slack.event({"type": "app_uninstalled"})
    await until(lambda: whole.adapter.health.state == "down")

    whole.slack.sign_out("")
    await until(lambda: whole.adapter.health.state == "ok")
    read = len(whole.slack.calls("users[.]conversations"))

    await whole.slack.until(
        lambda: len(whole.slack.calls("users[.]conversations")) >= max(1, read)
    )


async def test_a_slack_that_cannot_be_reached_at_the_start_is_told(
    tmp_path: Path,
) -> None:
    async with FakeSlack() as slack:
        away = slack.fail("auth[.]test", 99, "drop_before")
        adapter = SlackAdapter(
            slack.bot_token,
            commands=menu,
            app_token=slack.app_token,
            api_base=slack.api_base,
        )
        async with running(adapter.run(Memory(home=tmp_path), PaperScreen())):
            await until(lambda: adapter.health.state == "down")
            assert "no connection to Slack" in adapter.health.reason

            away.left = 0

            await slack.until(lambda: adapter.health.state == "ok")
