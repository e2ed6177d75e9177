"""Through Bolt's door: kept before it is acknowledged, and nothing said of it."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.language import say
from adapters.slack.whisper import whisper
from adapters.strangers import hint
from tests.adapters.slack.entry import Entry, entry, until
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB, FakeSlack


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(events=()) as slack:
        yield slack
        assert slack.refusals == []


@pytest.fixture
async def inside(slack: FakeSlack, memory: Memory) -> AsyncIterator[Entry]:
    async with entry(slack, memory) as inside:
        yield inside


async def sent(inside: Entry, body: dict[str, Any]) -> BoltResponse:
    request = AsyncBoltRequest(mode="socket_mode", body=body)
    return await inside.ingress.app.async_dispatch(request)


def mention(slack: FakeSlack, n: int = 0, *, user: str = ADA) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": slack.team,
        "event_id": f"Ev{n}",
        "event": {
            "type": "app_mention",
            "user": user,
            "text": f"<@{slack.bot_user}> {n}",
            "ts": f"170000000{n}.000100",
            "channel": slack.general,
        },
    }


async def test_an_event_is_acknowledged_once_it_is_kept(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    memory.open.clear()
    answering = asyncio.create_task(sent(inside, mention(slack)))
    await until(lambda: memory.waiting)
    assert not answering.done()

    memory.open.set()
    answer = await answering

    assert (answer.status, answer.body) == (200, "")
    assert inside.handed == list(memory.rows)
    assert memory.bodies == [mention(slack)]


async def test_what_cannot_be_kept_is_not_acknowledged(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    memory.full = True
    bodies = [mention(slack, n) for n in range(3)]
    refused = await asyncio.gather(*(sent(inside, body) for body in bodies))
    assert [answer.status for answer in refused] == [503, 503, 503]

    memory.full = False
    taken = await asyncio.gather(*(sent(inside, body) for body in bodies))

    assert [answer.status for answer in taken] == [200, 200, 200]
    assert len(inside.handed) == 3


async def test_what_comes_together_is_committed_together(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    memory.open.clear()
    first = asyncio.create_task(sent(inside, mention(slack, 0)))
    await until(lambda: memory.waiting)
    others = [asyncio.create_task(sent(inside, mention(slack, n))) for n in range(1, 9)]
    again = asyncio.create_task(sent(inside, mention(slack, 5)))
    await inside.ingress.take({})  # everybody has had a turn

    memory.open.set()
    await asyncio.gather(first, *others, again)

    assert memory.commits <= 3
    assert len(inside.handed) == 9


async def test_somebody_who_gives_up_takes_nobody_along(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    memory.open.clear()
    first = asyncio.create_task(sent(inside, mention(slack, 0)))
    await until(lambda: memory.waiting)
    first.cancel()
    second = asyncio.create_task(sent(inside, mention(slack, 1)))

    memory.open.set()

    assert (await second).status == 200
    assert len(inside.handed) == 1


async def test_a_form_that_was_sent_closes(inside: Entry, slack: FakeSlack) -> None:
    form = {
        "type": "view_submission",
        "team": {"id": slack.team},
        "user": {"id": ADA, "team_id": slack.team},
        "view": {"id": "V1", "callback_id": "words"},
    }
    answer = await sent(inside, form)

    assert (answer.status, answer.body) == (200, "")
    assert inside.handed == ["sub:V1"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "surprise"},
        {"type": "app_rate_limited", "minute_rate_limited": 5},
        {"type": "block_actions", "actions": []},
        {"type": "event_callback", "event": {"type": "reaction_added"}},
        {"type": "event_callback", "event": {"type": "function_executed"}},
    ],
)
async def test_what_means_nothing_to_us_is_acknowledged(
    body: dict[str, Any], inside: Entry, memory: Memory
) -> None:
    assert (await sent(inside, body)).status == 200
    assert memory.rows == {}


async def test_what_needs_a_form_in_time_is_served_and_not_kept(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    press = {
        "type": "block_actions",
        "team": {"id": slack.team},
        "user": {"id": ADA, "team_id": slack.team},
        "actions": [{"action_id": "words:deny"}],
    }
    assert (await sent(inside, press)).status == 200

    assert inside.now == [press]
    assert memory.rows == {}


async def test_who_cannot_be_asked_about_is_asked_to_come_again(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    slack.fail("users[.]info", 2, "5xx")
    press = {
        "type": "block_actions",
        "team": {"id": slack.team},
        "user": {"id": ADA, "team_id": slack.team},
        "actions": [{"action_id": "choose:allow"}],
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.invalid/1",
    }

    assert (await sent(inside, mention(slack))).status == 503  # Slack sends it again
    assert (await sent(inside, press)).status == 200  # this it would not

    assert memory.rows == {}
    assert [said.words("en") for said in inside.whispers] == [say("en", "slack-unsure")]


async def test_of_a_removed_app_the_token_is_looked_at_at_once(
    inside: Entry, slack: FakeSlack
) -> None:
    gone = {"type": "event_callback", "event": {"type": "app_uninstalled"}}

    assert (await sent(inside, gone)).status == 200

    assert inside.revoked == ["now"]


async def test_a_channel_we_are_invited_to_is_told_of(
    inside: Entry, slack: FakeSlack
) -> None:
    event = {
        "type": "member_joined_channel",
        "user": slack.bot_user,
        "channel": slack.general,
    }
    await sent(inside, {"type": "event_callback", "event": event})

    assert inside.joined == [slack.general]


# --- strangers ----------------------------------------------------------------


async def test_strangers_leave_no_row_and_hear_once_how_to_get_in(
    slack: FakeSlack, memory: Memory, inside: Entry
) -> None:
    for n in range(3):
        assert (await sent(inside, mention(slack, n, user=BOB))).status == 200

    assert memory.rows == {}
    [hinted] = inside.whispers
    assert hinted.words("ko") == hint(BOB, "ko")
    await whisper(inside.api, hinted, "ko-KR")
    [heard] = slack.ephemerals(BOB)
    assert (heard.text, heard.channel, heard.thread) == (
        hint(BOB, "ko"), slack.general, "",
    )  # fmt: skip
    assert slack.calls("users[.]info") == []


async def test_a_strangers_direct_message_is_answered_below_it(
    slack: FakeSlack, inside: Entry
) -> None:
    said = slack.say("hello?", user=BOB)
    body = mention(slack, user=BOB)
    body["event"] |= {"channel": said.channel, "ts": said.ts, "type": "message"}

    await sent(inside, body)
    await whisper(inside.api, inside.whispers[0], "en")

    assert [m.text for m in slack.thread(said)] == ["hello?", hint(BOB, "en")]


async def test_a_whisper_that_cannot_be_heard_hurts_nobody(
    slack: FakeSlack, inside: Entry
) -> None:
    await sent(inside, mention(slack, user=BOB))
    slack.remove_bot(slack.general)

    await whisper(inside.api, inside.whispers[0], "en")

    assert slack.ephemerals(BOB) == []


# --- Bolt ---------------------------------------------------------------------


async def test_nothing_that_is_said_gets_into_the_log(
    slack: FakeSlack, memory: Memory, inside: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    memory.full = True
    secret = mention(slack)
    secret["event"]["text"] += " the-secret"

    await sent(inside, secret)
    await sent(inside, {**secret, "type": "surprise"})

    assert "the-secret" not in caplog.text


CHILD = """
import asyncio, sys
from slack_bolt.async_app import AsyncBoltRequest
from tests.adapters.slack.entry import Entry
from adapters.slack.api import Me, SlackApi
from adapters.slack.gate import Gate
from adapters.slack.people import People, Rooms
from tests.adapters.slack.intake import Memory

BODY = {"type": "event_callback", "team_id": "T0PARLEY", "event": {
    "type": "message", "channel": "D1", "ts": "1.1", "user": "U0ADA", "text": "hi"}}

async def main():
    async with SlackApi("xoxb-the-bot-token-of-the-fake", sys.argv[1]) as api:
        me = await api.me()
        memory = Memory()
        inside = Entry(api, me, memory, Gate(memory, People(api), Rooms(api), me))
        request = AsyncBoltRequest(mode="socket_mode", body=BODY)
        answer = await inside.ingress.app.async_dispatch(request)
        print(answer.status, *memory.rows)

asyncio.run(main())
"""


async def test_the_environment_does_not_change_how_we_sign_in(slack: FakeSlack) -> None:
    names = (
        "BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET",
        "SCOPES", "USER_SCOPES", "VERIFICATION_TOKEN", "INSTALL_PATH", "REDIRECT_URI",
    )  # fmt: skip
    misleading = {f"SLACK_{name}": "xoxb-of-somebody-else" for name in names}

    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, slack.api_base,
        env={**os.environ, **misleading, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await child.communicate()

    assert out.decode().split() == ["200", f"msg:{slack.team}:D1:1.1"], err.decode()
    assert err == b""
    assert [call.method for call in slack.calls()] == ["auth.test", "users.info"]
