"""HTTP: only what Slack signed gets in, and nothing is said of the rest."""

import asyncio
import io
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import pytest
from structlog.testing import capture_logs

from adapters.slack.manifest import PATH
from adapters.slack.web import LARGEST, Web
from tests.adapters.slack.entry import Entry, entry, running, until
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, FakeSlack

FORM = "application/x-www-form-urlencoded"


@dataclass
class Served:
    inside: Entry
    web: Web
    gaps: list[float | None]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(ack_within_s=20.0) as slack:
        yield slack
        assert slack.refusals == []


@pytest.fixture
async def served(slack: FakeSlack, memory: Memory) -> AsyncIterator[Served]:
    async with served_at(slack, memory, time.time) as served:
        yield served


@asynccontextmanager
async def served_at(
    slack: FakeSlack, memory: Memory, clock: Callable[[], float]
) -> AsyncIterator[Served]:
    """At the time that this machine's clock tells."""
    gaps: list[float | None] = []
    async with entry(slack, memory) as inside:
        web = Web(
            inside.ingress.app,
            slack.signing_secret,
            host="127.0.0.1",
            port=0,
            on_connected=gaps.append,
            clock=clock,
        )
        async with running(web.run()):
            await until(lambda: web.health.state == "ok")
            slack.request_url = f"http://127.0.0.1:{web.port}{PATH}"
            yield Served(inside, web, gaps)


async def all_done(slack: FakeSlack) -> None:
    await slack.until(lambda: all(act.done.is_set() for act in slack.acts))


async def test_events_commands_and_presses_come_in(
    slack: FakeSlack, memory: Memory, served: Served
) -> None:
    said = slack.say("hello")
    command = slack.command("hello")
    shortcut = slack.shortcut(said)
    await all_done(slack)

    assert [act.attempts for act in slack.acts] == [1, 1, 1]
    assert (command.acked, command.answer) == (True, {})
    assert shortcut.acked
    assert len(served.inside.handed) == 2
    assert len(served.inside.now) == 1
    assert served.gaps == [None]
    assert served.web.health.last_contact


async def test_a_command_about_a_payload_is_a_command(
    slack: FakeSlack, memory: Memory, served: Served
) -> None:
    act = slack.command("explain the payload=x of this & that")
    await all_done(slack)

    assert act.acked
    [body] = memory.bodies
    assert body["text"] == "explain the payload=x of this & that"


async def test_what_cannot_be_kept_is_sent_again(
    slack: FakeSlack, memory: Memory, served: Served
) -> None:
    memory.full = True
    slack.say("hello")
    await slack.until(lambda: slack.acts[0].attempts == 2)

    memory.full = False
    await all_done(slack)

    assert memory.texts == ["hello"]


async def test_an_address_is_verified(slack: FakeSlack, served: Served) -> None:
    assert await slack.verify()


@pytest.mark.parametrize(
    ("at", "signature"),
    [
        (None, "v0=" + 64 * "0"),
        (None, "v0="),
        (None, "sïgned"),
        (None, "v1=nonsense"),
        (str(int(time.time()) - 301), None),
        (str(int(time.time()) + 4000), None),
        ("yesterday", None),
        ("1e9", None),
    ],
    ids=["other", "none", "no-ascii", "version", "old", "new", "no-number", "float"],
)
async def test_what_slack_did_not_sign_just_now_is_turned_away(
    at: str | None,
    signature: str | None,
    slack: FakeSlack,
    memory: Memory,
    served: Served,
) -> None:
    event = {"type": "message", "channel": "D1", "user": ADA, "ts": "1.1"}
    body = {"type": "event_callback", "event": {**event, "text": "the-secret"}}

    with capture_logs() as logs:
        status = await slack.post(json.dumps(body), at=at, signature=signature)

    assert status == 401
    assert memory.rows == {}
    assert "the-secret" not in str(logs)
    assert served.web.health.last_contact is None


@pytest.mark.parametrize("hours", [-2, 2])
async def test_a_clock_that_is_wrong_is_told_until_it_is_right(
    hours: int, slack: FakeSlack, memory: Memory
) -> None:
    wrong = [hours * 3600.0]
    async with served_at(slack, memory, lambda: time.time() + wrong[0]) as served:
        slack.say("hello")
        await until(lambda: served.web.health.state == "down")
        reason = served.web.health.reason
        found = re.search(r"signed ([+-]\d+) s away", reason)
        assert found
        assert round(int(found[1]) / 3600) == -hours  # as tests may lag
        assert "set the clock right" in reason
        assert memory.texts == []

        wrong[0] = 0.0
        slack.say("again")
        await slack.until(lambda: "again" in memory.texts)

        assert served.web.health.state == "ok"


async def test_a_recording_says_nothing_about_the_clock(
    slack: FakeSlack, served: Served
) -> None:
    slack.say("hello")
    await all_done(slack)

    assert await slack.post("{}", at=str(int(time.time()) - 4000)) == 401

    assert served.web.health.state == "ok"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ("payload=nonsense", FORM),
        (urlencode({"payload": "[]"}), FORM),
    ],
)
async def test_nonsense_is_turned_away_even_if_it_is_signed(
    body: str, content_type: str, slack: FakeSlack, served: Served
) -> None:
    assert await slack.post(body, content_type=content_type) == 400


async def test_too_much_is_not_read(slack: FakeSlack, served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        body = io.BytesIO(b"x" * (LARGEST + 1))
        async with session.post(slack.request_url, data=body) as answer:
            assert answer.status == 413


async def test_what_is_being_kept_when_we_go_is_still_acknowledged(
    slack: FakeSlack, memory: Memory
) -> None:
    memory.open.clear()
    async with entry(slack, memory) as inside:
        web = Web(
            inside.ingress.app,
            slack.signing_secret,
            host="127.0.0.1",
            port=0,
            on_connected=lambda gap: None,
        )
        async with running(web.run()):
            await until(lambda: web.health.state == "ok")
            slack.request_url = f"http://127.0.0.1:{web.port}{PATH}"
            slack.say("hello")
            await until(lambda: memory.waiting)
            asyncio.get_running_loop().call_later(0.05, memory.open.set)

    await all_done(slack)
    assert slack.acts[0].attempts == 1


async def test_a_port_that_is_taken_is_waited_for(
    slack: FakeSlack, memory: Memory
) -> None:
    taken = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with entry(slack, memory) as inside:
        web = Web(
            inside.ingress.app,
            slack.signing_secret,
            host="127.0.0.1",
            port=taken.sockets[0].getsockname()[1],
            on_connected=lambda gap: None,
            retry_s=0.01,
        )
        async with running(web.run()):
            await until(lambda: web.health.state == "down")
            assert "in use" in web.health.reason

            taken.close()
            await taken.wait_closed()
            await until(lambda: web.health.state == "ok")
