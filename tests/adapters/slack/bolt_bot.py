"""A small bot as one writes it with Slack's own libraries."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.blocks import FORM, actions, button, section, task, words
from tests.slack_server import FakeSlack


class Bot:
    """Slash → root → stream; replies are echoed; buttons, a form, files."""

    def __init__(self, slack: FakeSlack, session: aiohttp.ClientSession) -> None:
        self.seen: list[dict[str, Any]] = []
        self.retries: list[str] = []
        self.client = AsyncWebClient(slack.bot_token, slack.api_base, session=session)
        self.app = AsyncApp(client=self.client, signing_secret=slack.signing_secret)
        self.app.command("/claude")(self.command)
        self.app.event("message")(self.heard)
        self.app.event("app_mention")(self.heard)
        self.app.action("Yes")(self.pressed)
        self.app.action("Why")(self.why)
        self.app.view("words")(self.submitted)

    async def command(self, ack: Any, command: dict[str, Any]) -> None:
        await ack()
        channel, user = command["channel_id"], command["user_id"]
        root = await self.client.chat_postMessage(channel=channel, text="On it")
        stream = await self.client.chat_startStream(
            channel=channel,
            thread_ts=root["ts"],
            recipient_user_id=user,
            recipient_team_id=command["team_id"],
            chunks=[words("Hello"), task()],
        )
        at = {"channel": channel, "ts": stream["ts"]}
        await self.client.chat_appendStream(
            **at, chunks=[words(" there"), task("complete", output="3 files")]
        )
        blocks = [section(), actions(button(), button("Why"))]
        await self.client.chat_stopStream(**at, blocks=blocks, session_status="active")

    async def heard(self, body: dict[str, Any], request: Any) -> None:
        self.seen.append(body)
        self.retries += request.headers.get("x-slack-retry-num", [])
        event = body["event"]
        if event["type"] == "message" and "text" in event and "subtype" not in event:
            await self.client.chat_postMessage(
                channel=event["channel"],
                thread_ts=event.get("thread_ts", event["ts"]),
                text=f"echo {event['text']}",
            )

    async def pressed(self, ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        at = {"channel": body["channel"]["id"], "ts": body["container"]["message_ts"]}
        await self.client.chat_update(**at, text="Allowed", blocks=[section("Allowed")])
        await respond("Thank you", replace_original=False)

    async def why(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def submitted(self, ack: Any, view: dict[str, Any]) -> None:
        reason = view["state"]["values"]["why"]["words"]["value"]
        if len(reason) < 5:
            errors = {"why": "Say more"}
            await ack(response_action="errors", errors=errors)
        else:
            await ack()


@asynccontextmanager
async def running(
    slack: FakeSlack, sockets: int = 1, *, ping_interval: float = 10.0
) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        bot = Bot(slack, session)
        handlers = [
            AsyncSocketModeHandler(
                bot.app,
                slack.app_token,
                web_client=bot.client,
                ping_interval=ping_interval,
            )
            for _ in range(sockets)
        ]
        try:
            for handler in handlers:
                await handler.connect_async()  # type: ignore[no-untyped-call]
            await slack.until(lambda: slack.sockets == sockets)
            yield bot
        finally:
            for handler in handlers:
                await handler.close_async()  # type: ignore[no-untyped-call]
