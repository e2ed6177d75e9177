"""What Slack, and people in it, may do to a turn: it is answered once all the same."""

import pytest

from tests.e2e.parley import SlackParley, eventually
from tests.e2e.slack.chat import answered, begin, shows, texts
from tests.slack_server import Message

HELD = "HOLD[gate] SAY[the answer]"
ANSWERED = "SELECT 1 FROM turn WHERE state = 'answered'"
DELIVERED = "SELECT 1 FROM turn WHERE delivered_at > 0"
FOUR_HOURS = 4 * 3600


async def under_way(parley: SlackParley, channel: str | None = None) -> Message:
    """A turn whose first words are on the screen."""
    await begin(parley)
    mention = f"<@{parley.slack.bot_user}> " if channel else ""
    asked = parley.slack.say(f"{mention}{HELD}", channel=channel)
    await shows(parley, asked, "the")
    return asked


def once(parley: SlackParley, asked: Message) -> bool:
    return sum(text.count("the answer") for text in texts(parley, asked)) == 1


def log_of(parley: SlackParley) -> str:
    return parley.log.read_text()


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_tokens_taken_back_in_the_middle_of_a_turn_are_told_and_cost_nothing(
    error: str, slack: SlackParley
) -> None:
    asked = await under_way(slack)
    (agent,) = slack.agents()
    slack.slack.sign_out(error)
    slack.api.release("gate")
    await eventually(lambda: slack.rows(ANSWERED))
    await eventually(lambda: "slack.signed_out" in log_of(slack))
    assert f"does not accept the bot token ({error})" in log_of(slack)

    slack.slack.sign_out("")

    await answered(slack, asked, "the answer")
    assert once(slack, asked)
    assert [process.pid for process in slack.agents()] == [agent.pid]


async def test_an_app_that_is_removed_and_installed_again_goes_on(
    slack: SlackParley,
) -> None:
    asked = await under_way(slack)
    slack.slack.event({"type": "app_uninstalled"})
    slack.slack.sign_out("account_inactive")
    slack.api.release("gate")
    await eventually(lambda: "install it again" in log_of(slack))
    await eventually(lambda: slack.rows(ANSWERED))

    slack.slack.sign_out("")

    await answered(slack, asked, "the answer")
    assert once(slack, asked)


async def test_four_hours_of_refusal_outlast_a_restart_and_lose_nothing(
    slack: SlackParley,
) -> None:
    asked = await under_way(slack)
    limits = [
        slack.slack.limit(f"chat[.]{method}", FOUR_HOURS, times=9)
        for method in ("appendStream", "stopStream", "update")
    ]
    slack.api.release("gate")
    await eventually(lambda: slack.rows(ANSWERED))
    other = slack.slack.say("SAY[by posts]")

    await slack.kill()
    await begin(slack)
    await eventually(lambda: slack.rows(ANSWERED))
    await slack.stop()
    for limit in limits:
        limit.left = 0
    await begin(slack)

    await answered(slack, asked, "the answer")
    await answered(slack, other, "by posts")
    assert once(slack, asked)


async def test_a_storm_of_server_errors_leaves_one_answer(slack: SlackParley) -> None:
    await begin(slack)
    storm = slack.slack.fail("chat[.].*", 12, "5xx")
    asked = slack.slack.say("SAY[the answer]")
    await eventually(lambda: storm.left < 9)

    storm.left = 0

    await answered(slack, asked, "the answer")
    assert once(slack, asked)


async def test_out_of_a_channel_the_answer_waits_until_it_is_invited_again(
    slack: SlackParley,
) -> None:
    channel = slack.slack.general
    asked = await under_way(slack, channel)
    slack.slack.remove_bot(channel)
    slack.api.release("gate")
    await eventually(lambda: "outbox.unreachable" in log_of(slack))
    await eventually(lambda: slack.rows(ANSWERED))

    slack.slack.invite(channel)

    await answered(slack, asked, "the answer")
    assert once(slack, asked)


async def test_an_archived_channel_has_its_answer_once_somebody_writes_there_again(
    slack: SlackParley,
) -> None:
    channel = slack.slack.general
    asked = await under_way(slack, channel)
    slack.slack.archive(channel)
    slack.api.release("gate")
    await eventually(lambda: "outbox.unreachable" in log_of(slack))

    slack.slack.archive(channel, archived=False)
    slack.slack.say(f"<@{slack.slack.bot_user}> SAY[elsewhere]", channel=channel)

    await answered(slack, asked, "the answer")
    assert once(slack, asked)


async def test_a_message_that_a_person_deletes_comes_again_with_the_answer(
    slack: SlackParley,
) -> None:
    asked = await under_way(slack)
    slack.slack.delete(await shows(slack, asked, "the"))

    slack.api.release("gate")

    await answered(slack, asked, "the answer")
    assert once(slack, asked)
