"""Slack as it is on a bad day, and by the other way in."""

import re
import socket
from pathlib import Path

import pytest

from tests.e2e.parley import (
    SlackParley,
    eventually,
    free_port,
    slack_as_described,
    slack_world,
)
from tests.e2e.slack.chat import answered, begin, shows, until

WORDS = [f"word{n}" for n in range(60)]


async def test_a_stream_that_slack_ends_is_repaired(tmp_path: Path) -> None:
    async with slack_world(tmp_path, slack_as_described(stream_life_s=2.0)) as parley:
        await begin(parley)

        asked = parley.slack.say("WORDS[60] SLOW[100]")

        messages = await answered(parley, asked, WORDS[-1])
        assert re.findall(r"word\d+", " ".join(m.text for m in messages)) == WORDS
        assert len(messages) > 1


async def test_rate_limits_delay_and_lose_nothing(parley: SlackParley) -> None:
    await begin(parley)
    parley.slack.limit("chat[.]startStream", 1)
    parley.slack.limit("chat[.]appendStream", 2, times=3)
    parley.slack.limit("chat[.]stopStream", 1)

    asked = parley.slack.say("WORDS[60] SLOW[100]")

    (message,) = await answered(parley, asked, WORDS[-1])
    assert re.findall(r"word\d+", message.text) == WORDS


async def test_a_workspace_at_its_limits_still_shows_every_answer(
    tmp_path: Path,
) -> None:
    """Slack's documented rates hold, and five threads want to speak at once."""
    async with slack_world(tmp_path, slack_as_described(paced=True)) as parley:
        await begin(parley)

        asked = [parley.slack.say(f"WORDS[{n}] SLOW[20]") for n in range(50, 55)]

        for n, message in zip(range(50, 55), asked, strict=True):
            await answered(parley, message, f"word{n - 1}")


async def test_five_hundred_events_at_once_are_acknowledged_and_answered_once(
    parley: SlackParley,
) -> None:
    await begin(parley)
    asked = parley.slack.say("HOLD[gate] SAY[first]")
    await parley.api.arrived(1)
    second = parley.slack.say("SAY[draft 0]", thread=asked)
    await shows(parley, asked, "Queued")

    for n in range(1, 500):
        parley.slack.edit(second, f"SAY[draft {n}]")
    await until(parley, lambda: all(act.acked for act in parley.slack.acts))
    kept = "SELECT count(*) FROM inbox WHERE state = 'kept'"
    await eventually(lambda: parley.rows(kept) == [(0,)])
    parley.api.release("gate")

    await answered(parley, asked, "draft 499")
    assert len(parley.api.requests) == 2
    assert all(act.attempts <= 1 for act in parley.slack.acts)


@pytest.mark.timeout(120)
async def test_a_socket_address_that_is_refused_for_ever_is_given_up(
    parley: SlackParley,
) -> None:
    await begin(parley)
    await until(parley, lambda: parley.slack.sockets == 2)
    parley.slack.refuse_handshakes(2)
    parley.slack.reset()
    await eventually(lambda: not parley.slack.sockets)
    asked = parley.slack.say("SAY[here again]")

    await until(parley, lambda: parley.slack.sockets, timeout_s=60)

    await answered(parley, asked, "here again")


async def test_events_may_come_by_http(tmp_path: Path) -> None:
    port = free_port()
    async with slack_world(tmp_path, port=port) as parley:
        slack = parley.slack
        await parley.start()
        slack.request_url = f"http://127.0.0.1:{port}/slack/events"
        await eventually(lambda: listens(port))

        assert await slack.post("{}", signature="v0=0") == 401
        asked = slack.say("SAY[by HTTP]")

        await answered(parley, asked, "by HTTP")
        assert slack.calls("apps[.]connections[.]open") == []


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_token_that_is_no_good_says_what_to_do(parley: SlackParley) -> None:
    parley.slack.sign_out("invalid_auth")

    await parley.start()

    await eventually(lambda: "bot_token" in parley.log.read_text())
    assert parley.slack.bot_token not in parley.log.read_text()


async def test_slacks_own_variables_do_not_change_how_parley_signs_in(
    parley: SlackParley,
) -> None:
    parley.extra |= {
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "another",
        "SLACK_BOT_TOKEN": "xoxb-another",
        "SLACK_SIGNING_SECRET": "another",
    }
    await begin(parley)

    asked = parley.slack.say("SAY[as myself]")

    await answered(parley, asked, "as myself")
