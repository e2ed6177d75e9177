"""The fake delivers as Slack does: by socket and by HTTP, late, twice or never."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.bolt_bot import Bot, running
from tests.slack_server import FakeSlack


async def test_what_is_not_acknowledged_comes_again(slack: FakeSlack) -> None:
    slack.options.ack_within_s = 0.1
    async with running(slack) as bot:
        slack.hold_acks = True
        said = slack.say("hi")
        await slack.until(lambda: len(bot.seen) == 4)

        [act] = [act for act in slack.acts if act.is_about(said.ts)]
        await slack.answered(act)
        assert (act.attempts, act.acked) == (4, False)
        assert bot.retries == ["0", "1", "2", "3"]
        assert len({body["event_id"] for body in bot.seen}) == 1


async def test_what_a_person_waits_for_comes_once(slack: FakeSlack) -> None:
    slack.options.ack_within_s = 0.1
    absent = await slack.answered(slack.command("hi"))
    async with running(slack):
        slack.hold_acks = True
        late = await slack.answered(slack.command("hi"))

    assert (absent.error, absent.attempts) == ("dispatch_failed", 0)
    assert (late.error, late.attempts) == ("operation_timeout", 1)


@pytest.mark.parametrize("loses", [False, True])
async def test_what_nobody_was_there_for_comes_later_or_never(loses: bool) -> None:
    async with FakeSlack(loses_events=loses) as slack:
        slack.say("early")
        async with running(slack) as bot:
            slack.say("late")
            await slack.until(lambda: len(bot.seen) == (1 if loses else 2))

        texts = [body["event"]["text"] for body in bot.seen]
        assert texts == (["late"] if loses else ["early", "late"])


async def test_an_envelope_goes_to_one_socket_and_a_repetition_is_marked(
    slack: FakeSlack,
) -> None:
    slack.options.ack_within_s = 60.0
    async with running(slack, sockets=3) as bot:
        for n in range(30):
            slack.say(str(n))
        await slack.until(lambda: len(bot.seen) == 30)
        slack.again(slack.messages()[0])
        await slack.until(lambda: len(bot.seen) == 31)

    assert bot.retries == ["0"] * 30 + ["1"]
    assert bot.seen[-1]["event_id"] == slack.acts[0].payload["event_id"]


@pytest.mark.parametrize("trouble", ["refresh", "reset", "freeze"])
async def test_sockets_come_back_and_nothing_is_lost(
    slack: FakeSlack, trouble: str
) -> None:
    slack.options.ack_within_s = 0.3
    slack.options.retry_after_s = (0.0,) * 100
    async with running(slack, ping_interval=0.2) as bot:
        match trouble:
            case "refresh":
                await slack.disconnect("refresh_requested")
            case "reset":
                slack.reset()
            case _:
                slack.freeze()
        slack.say("through it")
        await slack.until(lambda: slack.sockets_ever > 1)
        await slack.until(lambda: bot.seen)


async def test_an_address_that_was_refused_is_never_any_good(slack: FakeSlack) -> None:
    slack.refuse_handshakes(1)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(slack.app_token, slack.api_base, session=session)
        urls = [
            (await client.apps_connections_open(app_token=slack.app_token))["url"]
            for _ in range(2)
        ]
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(urls[0])
        socket = await session.ws_connect(urls[1])
        assert (await socket.receive_json())["type"] == "hello"
        await socket.close()


async def test_events_are_posted_and_signed(slack: FakeSlack) -> None:
    slack.options.retry_after_s = (0.0, 0.0)
    async with aiohttp.ClientSession() as session, posted_to(slack, session) as bot:
        slack.say("hi")
        await slack.until(lambda: bot.seen)
        act = await slack.answered(slack.command("hi", channel=slack.general))
        body = json.dumps({"type": "event_callback"})
        old = await slack.post(body, at=str(int(time.time()) - 301))
        forged = await slack.post(body, signature="v0=" + "0" * 64)

        assert act.acked
        assert [old, forged] == [401, 401]
        assert [m.text for m in slack.messages(slack.general)][:1] == ["On it"]


async def test_a_post_that_fails_is_tried_again_with_its_number(
    slack: FakeSlack,
) -> None:
    numbers: list[str] = []

    async def take(request: web.Request) -> web.Response:
        numbers.append(request.headers.get("X-Slack-Retry-Num", ""))
        return web.Response(status=200 if len(numbers) == 3 else 500)

    async with listening(take) as url:
        slack.request_url = url
        slack.say("hi")
        await slack.until(lambda: slack.acts[0].acked)

    assert numbers == ["", "1", "2"]


@asynccontextmanager
async def posted_to(
    slack: FakeSlack, session: aiohttp.ClientSession
) -> AsyncIterator[Bot]:
    bot = Bot(slack, session)

    async def take(request: web.Request) -> web.Response:
        answer = await bot.app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    async with listening(take) as slack.request_url:
        yield bot


@asynccontextmanager
async def listening(take: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()
