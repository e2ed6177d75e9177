"""One conversation on two platforms."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conversation.on_slack import OnSlack
from tests.e2e.conversation.on_telegram import OnTelegram
from tests.e2e.parley import (
    Parley,
    SlackParley,
    living,
    slack_as_described,
    telegram_platform,
)
from tests.messages_api import FakeMessages
from tests.telegram_server import FakeTelegram

ONCE = "Allow once"


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[OnTelegram, OnSlack]]:
    """The same person on two platforms of one program, which runs."""
    async with (
        FakeTelegram() as telegram,
        slack_as_described() as slack,
        FakeMessages() as api,
        living(SlackParley(tmp_path, slack, api), telegram_platform(telegram)) as one,
    ):
        on_slack = OnSlack(one)
        on_telegram = OnTelegram(Parley(tmp_path, telegram, api))  # to look at
        await on_slack.begin()
        yield on_telegram, on_slack
        assert on_telegram.refusals == on_slack.refusals == []


async def _link(here: OnTelegram, there: OnSlack) -> None:
    """Show the conversation of *here* over there, too."""
    await here.command("link")
    told = await here.shows("works once, within ten minutes")
    code = re.search(r"/link ([A-Z2-9]+)", told)
    assert code
    await there.command(f"link {code[1].lower()}")
    await there.shows("you see the conversation from Telegram here, too")


async def test_a_linked_conversation_is_one_on_both_platforms(
    both: tuple[OnTelegram, OnSlack],
) -> None:
    telegram, slack = both
    await telegram.say("SAY[before the link]")
    await telegram.answered("before the link")
    await _link(telegram, slack)

    await telegram.say("RUN[touch one]RUN")
    await telegram.offers(ONCE)
    await slack.press(ONCE)
    await telegram.answered("Tool said")
    await slack.answered("Tool said")
    assert slack.find("Allowed once by Ada")
    assert telegram.find("Allowed once by Ada")
    assert slack.find("(Telegram)")

    await slack.command("model opus")
    await telegram.shows("The model is opus from now on.")
    await slack.command("status")
    await slack.shows("claude is ready")
    assert not telegram.find("claude is ready")

    await slack.say("RUN[touch two]RUN\nagain")
    await slack.offers(ONCE)
    await telegram.press(ONCE)
    await slack.until(lambda: len(slack.parley.api.requests) == 5)
    await slack.until(lambda: slack.quiet and telegram.quiet)
    assert telegram.find("(Slack)")
    assert "before the link" in slack.parley.api.requests[-1].everything
    assert {file.name for file in slack.parley.workspace.iterdir()} == {"one", "two"}


async def test_a_link_outlasts_a_restart_until_it_is_taken_away(
    both: tuple[OnTelegram, OnSlack],
) -> None:
    telegram, slack = both
    await slack.command("link WRONGONE")
    await slack.shows("That code is wrong, used, or too old.")
    await _link(telegram, slack)

    await slack.parley.kill()
    await slack.begin()
    await telegram.say("SAY[after the restart]")
    await slack.answered("after the restart")
    await telegram.answered("after the restart")

    await telegram.command("link off")
    await telegram.shows("This conversation was begun here")
    await slack.command("link off")
    await slack.shows("From now on this is a conversation of its own.")
    await telegram.say("SAY[only on Telegram]")
    await telegram.answered("only on Telegram")
    await slack.say("SAY[only on Slack]")
    await slack.answered("only on Slack")
    assert "after the restart" not in slack.parley.api.requests[-1].everything
    assert not slack.find("only on Telegram")
    assert not telegram.find("only on Slack")
