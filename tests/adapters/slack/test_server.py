"""Slack's own libraries work against the fake, and it refuses what Slack would."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server import ADA, BOB, FakeSlack, Message


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as slack:
        yield slack


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, slack.api_base, session=session)


FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "words",
    "title": {"type": "plain_text", "text": "Why?"},
    "submit": {"type": "plain_text", "text": "Deny"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "words"},
        }
    ],
}


def button(label: str = "Yes", **extra: Any) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "text": text, "action_id": label, **extra}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def section(text: str = "Shall I?") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def task(status: str = "in_progress", **extra: Any) -> dict[str, Any]:
    fields = {"type": "task_update", "id": "1", "title": "Look", "status": status}
    return {**fields, **extra}


def words(text: str) -> dict[str, Any]:
    return {"type": "markdown_text", "text": text}


# --- a bot written with Slack's own libraries ---------------------------------


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


async def test_a_command_becomes_a_streamed_answer_with_buttons(
    slack: FakeSlack,
) -> None:
    async with running(slack):
        act = slack.command("fix it", channel=slack.general)
        await slack.until(lambda: slack.messages(slack.general)[-1].buttons)
        await slack.answered(act)

        root, answer = slack.messages(slack.general)
        assert (act.acked, act.error) == (True, "")
        assert root.text == "On it"
        assert answer.stream_text == "Hello there"
        assert answer.text == "Hello there\nShall I?"
        assert answer.buttons == ["Yes", "Why"]
        assert not answer.streaming
        assert vars(answer.tasks["1"]) | {"sources": []} == {
            "id": "1",
            "title": "Look",
            "status": "complete",
            "details": "",
            "output": "3 files",
            "sources": [],
        }
        assert [s for *_, s in slack.statuses] == ["processing", "active"]
        assert slack.refusals == []


async def test_a_press_updates_the_message_and_a_form_is_checked(
    slack: FakeSlack,
) -> None:
    async with running(slack):
        slack.command("fix it", channel=slack.general)
        await slack.until(lambda: slack.messages(slack.general)[-1].buttons)
        question = slack.messages(slack.general)[-1]

        slack.press(question, "Why", user=BOB)
        await slack.until(lambda: slack.modals)
        form = slack.modals[-1]
        assert (form.title, form.user) == ("Why?", BOB)
        await slack.answered(slack.submit(form, {"Reason": "no"}))
        assert form.errors == {"why": "Say more"}
        await slack.answered(slack.submit(form, {"Reason": "not today"}))
        assert not form.open

        act = slack.press(question, "Yes")
        await slack.until(lambda: act.responses)
        assert question.text == "Allowed"
        assert question.edits == 1
        assert question.buttons == []
        assert [m.text for m in slack.ephemerals(ADA)] == ["Thank you"]
        assert slack.refusals == []


async def test_a_reply_is_heard_once_and_own_words_come_back_marked(
    slack: FakeSlack,
) -> None:
    async with running(slack, sockets=2) as bot:
        said = slack.say("a < b & <@U0BOB> https://x.org/?a&b")
        await slack.until(lambda: len(slack.thread(said)) == 2)
        await slack.until(lambda: len(bot.seen) == 1)

        event = bot.seen[0]["event"]
        assert event["text"] == ("a &lt; b &amp; <@U0BOB> <https://x.org/?a&amp;b>")
        assert event["channel_type"] == "im"
        assert slack.thread(said)[1].thread == said.ts
        echo = [
            a.payload["event"] for a in slack.acts if "bot_id" in a.payload["event"]
        ]
        assert echo[0]["user"] == slack.bot_user


@pytest.mark.parametrize("mention_first", [True, False])
async def test_a_mention_comes_twice_with_two_ids(mention_first: bool) -> None:
    async with FakeSlack() as slack, running(slack) as bot:
        text = f"<@{slack.bot_user}> hi"
        said = slack.say(
            text, channel=slack.general, mention_first=mention_first, apart_s=0.05
        )
        await slack.until(lambda: len(bot.seen) == 2)

        kinds = [body["event"]["type"] for body in bot.seen]
        assert kinds == sorted(kinds) if mention_first else kinds == sorted(kinds)[::-1]
        assert {body["event"]["ts"] for body in bot.seen} == {said.ts}
        assert len({body["event_id"] for body in bot.seen}) == 2


async def test_files_go_up_in_three_steps_and_come_down_with_a_token(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    asked = slack.say("look", files=[("notes.txt", b"1, 2, 3")])

    await client.files_upload_v2(
        channel=asked.channel, thread_ts=asked.ts, filename="a.md", content="# All"
    )
    url = slack.acts[0].payload["event"]["files"][0]["url_private_download"]
    token = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession() as session:
        async with session.get(url, headers=token) as answer:
            data = await answer.read()
        async with session.get(url) as answer:
            page = (answer.status, answer.content_type)

    assert data == b"1, 2, 3"
    assert page == (200, "text/html")
    [sent] = slack.thread(asked)[1].files
    assert (sent.name, sent.data) == ("a.md", b"# All")
    assert slack.refusals == []


async def test_a_download_that_leads_elsewhere_must_not_take_the_token_along(
    slack: FakeSlack,
) -> None:
    slack.say(files=[slack.file("a.png", b"png", elsewhere=True)])
    url = slack.acts[0].payload["event"]["files"][0]["url_private"]
    token = {"Authorization": f"Bearer {slack.bot_token}"}

    async with aiohttp.ClientSession() as session:
        answer = await session.get(url, headers=token, allow_redirects=False)
        there = answer.headers["Location"]
        good = await (await session.get(there)).read()
        await session.get(there, headers=token)

    assert good == b"png"
    assert slack.refusals == ["(download): the token went to another server"]


async def test_files_that_are_not_simply_there_look_like_it(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    files = [
        slack.file("a", b"a", mode="tombstone"),
        slack.file("a", b"a", mode="external"),
        slack.file("a", b"a", check_info=True),
    ]
    slack.say(files=files)

    gone, outside, hidden = slack.acts[0].payload["event"]["files"]
    assert gone.keys() == {"id", "mode"}
    assert outside["is_external"]
    assert hidden["file_access"] == "check_file_info"
    told = await client.files_info(file=hidden["id"])
    assert told["file"]["url_private"].startswith(slack.api_base.removesuffix("api/"))


# --- what is refused ----------------------------------------------------------

LONG = "x" * 12_001
FORM_BLOCK = FORM["blocks"][0]
FAULTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown method": ("chat.shout", {}, "unknown_method"),
    "an unknown argument": ("chat.postMessage", {"txt": "x"}, "invalid_arguments"),
    "a missing argument": ("reactions.add", {"name": "eyes"}, "invalid_arguments"),
    "a wrong type": ("chat.postMessage", {"thread_ts": 1.5}, "invalid_arguments"),
    "JSON where forms are wanted": ("users.info", {"user": ADA}, "invalid_arguments"),
    "no text": ("chat.postMessage", {}, "no_text"),
    "very long text": ("chat.postMessage", {"text": "x" * 40_001}, "msg_too_long"),
    "long Markdown": ("chat.postMessage", {"markdown_text": LONG}, "msg_too_long"),
    "Markdown and text": (
        "chat.postMessage",
        {"markdown_text": "a", "text": "b"},
        "markdown_text_conflict",
    ),
    "strange metadata": (
        "chat.postMessage",
        {"text": "x", "metadata": {"id": 1}},
        "invalid_metadata_format",
    ),
    "a name for a channel": (
        "chat.postMessage",
        {"channel": "#general", "text": "x"},
        "channel_not_found",
    ),
    "a thread that never was": (
        "chat.postMessage",
        {"thread_ts": "1.000001", "text": "x"},
        "thread_not_found",
    ),
    "a stream outside of threads": (
        "chat.startStream",
        {"chunks": [words("x")]},
        "invalid_arguments",
    ),
    "a strange reaction": (
        "reactions.add",
        {"name": ":eyes:", "timestamp": "ROOT"},
        "invalid_name",
    ),
    "a trigger nobody gave": (
        "views.open",
        {"trigger_id": "1.2.x", "view": FORM},
        "invalid_trigger_id",
    ),
    "a status that is none": (
        "agents.sessions.setStatus",
        {"status": "thinking", "thread_ts": "ROOT"},
        "invalid_status",
    ),
    "a file of no length": (
        "files.getUploadURLExternal",
        {"filename": "a", "length": "0"},
        "missing_argument",
    ),
}
BLOCKS: dict[str, list[dict[str, Any]]] = {
    "too many": [section()] * 51,
    "of a type nobody knows": [{"type": "paragraph"}],
    "with unknown names": [{**section(), "colour": "red"}],
    "a long section": [section("x" * 3001)],
    "an empty section": [section("")],
    "a section of nothing": [{"type": "section"}],
    "a long header": [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    ],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "a long Markdown block": [{"type": "markdown", "text": LONG}],
    "a crowded context": [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}
    ],
    "26 buttons": [actions(*(button(str(n)) for n in range(26)))],
    "a long label": [actions(button("x" * 76))],
    "a long value": [actions(button(value="x" * 2001))],
    "a long action id": [actions({**button(), "action_id": "x" * 256})],
    "an action id twice": [actions(button(), button())],
    "a button in no style": [actions(button(style="green"))],
    "a block id twice": [{**section(), "block_id": "a"}] * 2,
    "many boxes": [
        actions(
            {
                "type": "checkboxes",
                "action_id": "tick",
                "options": [
                    {"text": {"type": "plain_text", "text": str(n)}, "value": str(n)}
                    for n in range(11)
                ],
            }
        )
    ],
    "a choice of several among actions": [
        actions(
            {
                "type": "multi_static_select",
                "action_id": "tick",
                "options": [
                    {"text": {"type": "plain_text", "text": "a"}, "value": "a"}
                ],
            }
        )
    ],
}
FORMS: dict[str, dict[str, Any]] = {
    "a long title": {"title": {"type": "plain_text", "text": "x" * 25}},
    "a long submit": {"submit": {"type": "plain_text", "text": "x" * 25}},
    "much metadata": {"private_metadata": "x" * 3001},
    "a Markdown block": {"blocks": [{"type": "markdown", "text": "x"}]},
    "no blocks": {"blocks": []},
    "a long input": {
        "blocks": [
            {
                **FORM_BLOCK,
                "element": {
                    "type": "plain_text_input",
                    "action_id": "words",
                    "max_length": 3001,
                },
            }
        ]
    },
}
CHUNKS: dict[str, list[dict[str, Any]]] = {
    "of no type": [{"text": "x"}],
    "of a type nobody knows": [{"type": "html", "text": "x"}],
    "with no text": [words("")],
    "with long text": [words(LONG)],
    "with a strange status": [task("running")],
    "with a long title": [{**task(), "title": "x" * 251}],
    "with unknown names": [task(icon="x")],
}


async def refusal(client: AsyncWebClient, method: str, params: dict[str, Any]) -> str:
    """The error a call is refused with; empty: it is not."""
    try:
        if method.startswith("files."):
            await client.api_call(method, params=params)
        else:
            await client.api_call(method, json=params)
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


def in_general(slack: FakeSlack, method: str, **params: Any) -> dict[str, Any]:
    """Arguments of a call, in the public channel; ROOT is a message there."""
    root = slack.say("hi", channel=slack.general)
    filled = {k: root.ts if v == "ROOT" else v for k, v in params.items()}
    if method.startswith(("agents", "assistant")):
        return {"channel_id": slack.general, **filled}
    if method.startswith(("chat", "conversations", "reactions")):
        return {"channel": slack.general, **filled}
    return filled


@pytest.mark.parametrize("fault", FAULTS)
async def test_faults_are_refused_and_noted(
    slack: FakeSlack, client: AsyncWebClient, fault: str
) -> None:
    method, params, error = FAULTS[fault]
    sent = in_general(slack, method, **params)
    if method == "chat.startStream":
        sent |= {"recipient_user_id": ADA, "recipient_team_id": slack.team}
        sent |= {"thread_ts": ""}

    assert await refusal(client, method, sent) == error
    assert [r.partition(":")[0] for r in slack.refusals] == [method]


@pytest.mark.parametrize("fault", BLOCKS)
async def test_blocks_are_refused(
    slack: FakeSlack, client: AsyncWebClient, fault: str
) -> None:
    params = in_general(slack, "chat.postMessage", text="x", blocks=BLOCKS[fault])

    assert await refusal(client, "chat.postMessage", params) == "invalid_blocks"
    assert len(slack.refusals) == 1


async def test_all_blocks_together_are_not_too_long(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    blocks = [{"type": "markdown", "text": "x" * 3000}] * 4
    params = in_general(slack, "chat.postMessage", blocks=blocks)

    assert await refusal(client, "chat.postMessage", params) == "msg_blocks_too_long"


@pytest.mark.parametrize("fault", FORMS)
async def test_forms_are_refused(
    slack: FakeSlack, client: AsyncWebClient, fault: str
) -> None:
    trigger = slack.command("x").payload["trigger_id"]
    params = {"trigger_id": trigger, "view": {**FORM, **FORMS[fault]}}

    assert await refusal(client, "views.open", params) == "invalid_arguments"


@pytest.mark.parametrize("fault", CHUNKS)
async def test_chunks_are_refused_and_nothing_of_them_is_shown(
    slack: FakeSlack, client: AsyncWebClient, fault: str
) -> None:
    message = await streamed(slack, client)
    params = {"channel": message.channel, "ts": message.ts, "chunks": CHUNKS[fault]}

    assert await refusal(client, "chat.appendStream", params) == "invalid_chunks"
    assert message.text == "Hello"


async def test_a_message_of_somebody_else_is_not_to_be_changed(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    theirs = slack.say("mine")
    at = {"channel": theirs.channel, "ts": theirs.ts}

    assert await refusal(client, "chat.update", {**at, "text": "x"}) == (
        "cant_update_message"
    )
    assert await refusal(client, "chat.delete", at) == "cant_delete_message"
    assert len(slack.refusals) == 2


async def test_an_update_has_less_room_than_a_message(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    at = await client.chat_postMessage(channel=slack.dm(), text="x" * 4001)
    params = {"channel": at["channel"], "ts": at["ts"], "text": "y" * 4001}

    assert await refusal(client, "chat.update", params) == "msg_too_long"


# --- streams ------------------------------------------------------------------


async def streamed(slack: FakeSlack, client: AsyncWebClient, **params: Any) -> Message:
    """A message that is being streamed into the public channel."""
    asked = slack.say("hi", channel=slack.general)
    call = {
        "recipient_user_id": ADA,
        "recipient_team_id": slack.team,
        "chunks": [words("Hello")],
        **params,
    }
    at = {"channel": slack.general, "thread_ts": asked.ts}
    await client.api_call("chat.startStream", json={**at, **call})
    return slack.thread(asked)[-1]


async def test_a_stream_to_a_channel_needs_somebody_to_read_it(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    asked = slack.say("hi", channel=slack.general)
    call = {"channel": slack.general, "thread_ts": asked.ts, "chunks": [words("x")]}
    nobody = await refusal(client, "chat.startStream", call)
    call["recipient_user_id"] = ADA
    homeless = await refusal(client, "chat.startStream", call)

    assert [nobody, homeless] == [
        "missing_recipient_user_id",
        "missing_recipient_team_id",
    ]


async def test_a_stream_ends_when_its_time_is_up_however_busy_it_is(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.options.stream_life_s = 0.2
    message = await streamed(slack, client)
    at = {"channel": message.channel, "ts": message.ts}
    while message.streaming:
        await refusal(client, "chat.appendStream", {**at, "chunks": [words(".")]})
    shown = message.text

    late = {**at, "chunks": [words("late")]}
    gone = "message_not_in_streaming_state"
    assert await refusal(client, "chat.appendStream", late) == gone
    assert await refusal(client, "chat.stopStream", late) == gone
    assert message.text == shown
    repaired = {**at, "markdown_text": f"{shown}late"}
    assert await refusal(client, "chat.update", repaired) == ""
    assert message.text == f"{shown}late"
    assert slack.refusals == []


async def test_a_stream_holds_so_many_bytes_and_what_tasks_unfold_to_counts_double(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.options.stream_bytes = 100
    message = await streamed(slack, client)
    at = {"channel": message.channel, "ts": message.ts}

    async def append(*chunks: dict[str, Any]) -> str:
        return await refusal(client, "chat.appendStream", {**at, "chunks": [*chunks]})

    assert await append(words("é" * 50)) == "msg_too_long"
    assert await append(task(output="x" * 46)) == "msg_too_long"
    assert await append(task(output="x" * 45)) == ""
    assert await append(words("x"), words("y")) == "msg_too_long"
    assert message.text == "Hello"
    assert slack.refusals == []


async def test_what_a_stream_began_with_it_goes_on_with(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    message = await streamed(slack, client)
    at = {"channel": message.channel, "ts": message.ts}
    both = {**at, "chunks": [words("x")], "markdown_text": "y"}

    assert await refusal(client, "chat.appendStream", {**at, "markdown_text": "x"}) == (
        "streaming_mode_mismatch"
    )
    assert await refusal(client, "chat.appendStream", both) == (
        "cannot_provide_both_markdown_text_and_chunks"
    )
    assert await refusal(client, "chat.appendStream", at) == (
        "markdown_text_or_chunks_required"
    )


async def test_a_message_is_not_updated_while_it_streams(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    message = await streamed(slack, client)
    params = {"channel": message.channel, "ts": message.ts, "text": "x"}

    assert await refusal(client, "chat.update", params) == "streaming_state_conflict"
    slack.expire_streams()
    assert await refusal(client, "chat.update", params) == ""


async def test_the_stop_button_ends_streams_and_not_the_status(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    message = await streamed(slack, client)
    at = {"channel": message.channel, "ts": message.ts}

    slack.press_stop(slack.general, message)

    event = slack.acts[-1].payload["event"]
    assert event["type"] == "agent_session_stopped"
    assert event["thread_ts"] == message.thread
    assert event["streaming_message_ts"] == [message.ts]
    more = {**at, "chunks": [words("x")]}
    assert await refusal(client, "chat.appendStream", more) == "stopped_by_user"
    assert await refusal(client, "chat.stopStream", at) == (
        "message_not_in_streaming_state"
    )
    assert slack.status(message) == "processing"
    assert slack.refusals == []


async def test_a_workspace_may_be_without_the_new_features() -> None:
    async with FakeSlack(agent="feature_disabled", streams=False) as slack:
        client = AsyncWebClient(slack.bot_token, slack.api_base)
        asked = slack.say("hi")
        stream = {"channel": asked.channel, "thread_ts": asked.ts}
        session = {
            "channel_id": asked.channel,
            "thread_ts": asked.ts,
            "status": "active",
        }

        assert await refusal(client, "chat.startStream", stream) == "unknown_method"
        slack.options.streams = "channel_type_not_supported"
        assert await refusal(client, "chat.startStream", stream) == (
            "channel_type_not_supported"
        )
        assert await refusal(client, "agents.sessions.setStatus", session) == (
            "feature_disabled"
        )
        slack.options.streams = True
        at = (await client.chat_startStream(**stream, chunks=[words("x")])).data
        assert isinstance(at, dict)
        stop = {"channel": at["channel"], "ts": at["ts"]}
        asked_too_much = {**stop, "session_status": "active"}
        assert await refusal(client, "chat.stopStream", asked_too_much) == (
            "feature_disabled"
        )
        assert await refusal(client, "chat.stopStream", stop) == ""
        assert slack.statuses == []
        assert slack.refusals == []


# --- who may, and where -------------------------------------------------------


async def test_only_tokens_of_the_right_kind_open_doors(slack: FakeSlack) -> None:
    async def tried(method: str, token: str) -> str:
        client = AsyncWebClient(token or None, slack.api_base)
        return await refusal(client, method, {})

    assert await tried("auth.test", "") == "not_authed"
    assert await tried("auth.test", "xoxb-another") == "invalid_auth"
    assert await tried("auth.test", slack.app_token) == "not_allowed_token_type"
    assert await tried("apps.connections.open", slack.bot_token) == (
        "not_allowed_token_type"
    )
    assert await tried("apps.connections.open", "xapp-another") == "invalid_auth"
    slack.sign_out("account_inactive")
    assert await tried("auth.test", slack.bot_token) == "account_inactive"


async def test_scopes_are_told_and_asked_for(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.options.scopes -= {"users:read", "im:history", "files:read"}

    told = await client.auth_test()
    assert "chat:write" in told.headers["x-oauth-scopes"]
    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user=ADA)
    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "users:read"
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.conversations_history(channel=slack.dm())
    slack.say("unheard")
    assert slack.acts == []


async def test_channels_without_the_bot_are_closed_to_it(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    public = slack.open_channel("public", bot=False)
    private = slack.open_channel("private", private=True, bot=False)
    old = slack.open_channel("old")
    slack.archive(old)
    slack.say("unheard", channel=public)

    async def tried(channel: str) -> str:
        params = {"channel": channel, "text": "x"}
        return await refusal(client, "chat.postMessage", params)

    assert slack.acts == []
    assert await tried(public) == "not_in_channel"
    assert await tried(private) == "channel_not_found"
    assert await tried(old) == "is_archived"
    await client.conversations_join(channel=public)
    assert await tried(public) == ""
    assert slack.acts[0].payload["event"]["user"] == slack.bot_user
    assert slack.refusals == []


async def test_an_ephemeral_message_is_for_one_member(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    stranger = slack.add_person("U0EVE", "Eve", team="T0OTHER")
    await client.chat_postEphemeral(channel=slack.general, user=ADA, text="psst")
    params = {"channel": slack.general, "user": stranger, "text": "psst"}

    assert await refusal(client, "chat.postEphemeral", params) == "user_not_in_channel"
    assert [m.text for m in slack.ephemerals(ADA)] == ["psst"]
    assert slack.ephemerals(BOB) == slack.messages(slack.general) == []


async def test_strangers_are_marked_as_such(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    eve = slack.add_person("U0EVE", "Eve", team="T0OTHER", stranger=True)
    robot = slack.add_person("U0ROBOT", "Robot", bot=True)
    shared = slack.open_channel("shared", (ADA, eve, robot), external=True)
    slack.say("hi", user=eve, channel=shared)
    slack.say("beep", user=robot, channel=shared)

    theirs, beep = (act.payload for act in slack.acts)
    assert theirs["is_ext_shared_channel"]
    assert theirs["event"]["user_team"] == "T0OTHER"
    assert beep["event"]["bot_id"]
    told = await client.users_info(user=eve)
    assert told["user"]["is_stranger"]


async def test_a_status_in_words_goes_when_the_bot_speaks(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    asked = slack.say("hi")
    at: dict[str, Any] = {"channel_id": asked.channel, "thread_ts": asked.ts}
    many = {**at, "status": "x", "loading_messages": ["x" * 51]}

    assert await refusal(client, "assistant.threads.setStatus", many) == (
        "invalid_arguments"
    )
    await client.assistant_threads_setStatus(**at, status="is thinking…")
    assert slack.status(asked) == "is thinking…"
    await client.chat_postMessage(channel=asked.channel, thread_ts=asked.ts, text="x")
    assert slack.status(asked) == ""


# --- looking back -------------------------------------------------------------


async def test_history_comes_in_pages_and_metadata_only_when_asked_for(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "parley", "event_payload": {"view": "1"}}
    said = [slack.say(str(n)) for n in range(5)]
    await client.chat_postMessage(
        channel=slack.dm(), thread_ts=said[0].ts, text="re", metadata=metadata
    )

    pages = [
        [message["text"] for message in page["messages"]]
        async for page in await client.conversations_history(
            channel=slack.dm(), oldest=said[0].ts, limit=3
        )
    ]
    thread = await client.conversations_replies(
        channel=slack.dm(), ts=said[0].ts, include_all_metadata=True
    )
    plain = await client.conversations_replies(channel=slack.dm(), ts=said[0].ts)

    assert pages == [["4", "3", "2"], ["1"]]
    assert [m["text"] for m in thread["messages"]] == ["0", "re"]
    assert thread["messages"][1]["metadata"] == metadata
    assert "metadata" not in plain["messages"][1]


async def test_a_root_that_was_deleted_holds_its_thread_together(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    root = slack.say("hi")
    alone = slack.say("alone")
    slack.say("more", thread=root)
    slack.delete(root)
    slack.delete(alone)

    async def reply(to: Message) -> str:
        params = {"channel": to.channel, "thread_ts": to.ts, "text": "x"}
        return await refusal(client, "chat.postMessage", params)

    assert [await reply(root), await reply(alone)] == ["", "thread_not_found"]
    assert slack.acts[-1].payload["event"]["bot_id"]
    assert slack.refusals == []


async def test_changes_are_told_without_an_author(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    at = await client.chat_postMessage(channel=slack.dm(), text="1")
    await client.chat_update(channel=at["channel"], ts=at["ts"], text="2")
    mine = slack.say("teh")
    slack.edit(mine, "the")
    slack.unfurl(mine)
    slack.delete(mine)

    events = [act.payload["event"] for act in slack.acts]
    kinds = [event.get("subtype", "") for event in events]
    changed = "message_changed"
    assert kinds == ["", changed, "", changed, changed, "message_deleted"]
    assert events[1]["message"]["bot_id"]
    assert "bot_id" not in events[1]
    assert "user" not in events[1]
    assert events[3]["previous_message"]["text"] == "teh"
    assert events[4]["previous_message"]["text"] == events[4]["message"]["text"]
    assert events[5]["deleted_ts"] == mine.ts


PINGS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "in text": ({"text": "<!channel> and <@U0BOB>"}, ["<!channel>", "<@U0BOB>"]),
    "in Markdown": ({"markdown_text": "&lt;!here&gt;"}, ["<!here>"]),
    "in a section": ({"blocks": [section("<!subteam^S1|@x>")]}, ["<!subteam^S1|@x>"]),
    "by name": ({"text": "@channel", "parse": "full"}, ["@channel"]),
    "not by name": ({"text": "@channel", "parse": "none"}, []),
    "not when escaped": ({"text": "&lt;!channel&gt;"}, []),
    "not when neutralised": ({"markdown_text": "<\u2060!channel>"}, []),
    "not on buttons": ({"blocks": [actions(button("<!here>"))]}, []),
}


@pytest.mark.parametrize("case", PINGS)
async def test_whom_a_message_would_ring_is_told(
    slack: FakeSlack, client: AsyncWebClient, case: str
) -> None:
    params, rung = PINGS[case]
    await client.api_call("chat.postMessage", json={"channel": slack.dm(), **params})

    assert slack.messages()[-1].live_pings == slack.live_pings == rung


# --- delivery -----------------------------------------------------------------


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


# --- time, rates, trouble -----------------------------------------------------


async def test_a_trigger_opens_one_form_and_not_for_long(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    once, late = (slack.command("x").payload["trigger_id"] for _ in range(2))

    async def opened(trigger: str) -> str:
        return await refusal(
            client, "views.open", {"trigger_id": trigger, "view": FORM}
        )

    assert [await opened(once), await opened(once)] == ["", "exchanged_trigger_id"]
    slack.expire_triggers()
    assert await opened(late) == "expired_trigger_id"
    assert len(slack.refusals) == 1


async def test_an_address_for_answers_is_good_for_five(slack: FakeSlack) -> None:
    act = slack.command("x", channel=slack.general)
    url = act.payload["response_url"]

    async with aiohttp.ClientSession() as session:
        statuses = [
            (await session.post(url, json={"text": str(n)})).status for n in range(6)
        ]

    assert statuses == [200] * 5 + [404]
    assert [m.text for m in slack.ephemerals(ADA)] == list("01234")


async def test_rates_hold_when_they_are_asked_to() -> None:
    async with FakeSlack(paced=True) as slack:
        client = AsyncWebClient(slack.bot_token, slack.api_base)
        at = {"channel": slack.dm(), "text": "x"}

        said = [await refusal(client, "chat.postMessage", at) for _ in range(6)]
        elsewhere = {**at, "channel": slack.general}
        assert said == [""] * 5 + ["ratelimited"]
        assert await refusal(client, "chat.postMessage", elsewhere) == ""
        with pytest.raises(SlackApiError) as limited:
            await client.chat_postMessage(channel=slack.dm(), text="x")
        assert 1 <= int(limited.value.response.headers["Retry-After"]) <= 5
        assert slack.refusals == []


async def test_a_limit_strikes_the_method_it_is_for(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.limit("chat[.]update", 7)
    at = await client.chat_postMessage(channel=slack.dm(), text="x")
    params = {"channel": at["channel"], "ts": at["ts"], "text": "y"}

    with pytest.raises(SlackApiError) as limited:
        await client.chat_update(**params)
    assert limited.value.response.headers["Retry-After"] == "7"
    assert await refusal(client, "chat.update", params) == ""


@pytest.mark.parametrize(("kind", "posted"), [("error", 0), ("error_after", 1)])
async def test_an_error_can_come_before_it_has_happened_or_after(
    slack: FakeSlack, client: AsyncWebClient, kind: Any, posted: int
) -> None:
    slack.fail("chat[.]postMessage", 1, kind, code="fatal_error")
    params = {"channel": slack.dm(), "text": "x"}

    assert await refusal(client, "chat.postMessage", params) == "fatal_error"
    assert len(slack.messages()) == posted
    assert slack.refusals == []


@pytest.mark.parametrize(("kind", "posted"), [("drop_before", 0), ("drop_after", 1)])
async def test_an_answer_can_be_lost(
    slack: FakeSlack, client: AsyncWebClient, kind: Any, posted: int
) -> None:
    client.retry_handlers = []
    slack.fail("chat[.]postMessage", 1, kind)

    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=slack.dm(), text="x")

    assert len(slack.messages()) == posted
    assert slack.calls()[-1].status == 0


async def test_boxes_stay_ticked_until_a_button_is_pressed(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    options = [
        {"text": {"type": "plain_text", "text": name}, "value": name.lower()}
        for name in ("Red", "Green", "Blue")
    ]
    boxes = {"type": "checkboxes", "action_id": "tick", "options": options}
    blocks = [{**actions(boxes), "block_id": "several"}, actions(button("Done"))]
    await client.chat_postMessage(channel=slack.dm(), text="Which?", blocks=blocks)
    question = slack.messages()[-1]

    untouched = slack.press(question, "Done", user=BOB)
    slack.tick(question, "Red")
    slack.tick(question, "Red", "Blue")
    act = slack.press(question, "Done")

    ticked = act.payload["state"]["values"]["several"]["tick"]["selected_options"]
    assert [option["value"] for option in ticked] == ["red", "blue"]
    nothing = {"type": "checkboxes", "selected_options": []}
    assert untouched.payload["state"]["values"] == {"several": {"tick": nothing}}
    assert "Green" in question.text


async def test_a_failed_wait_tells_what_there_was(slack: FakeSlack) -> None:
    slack.say("hello there")

    with pytest.raises(AssertionError, match="hello there"):
        await slack.until(lambda: slack.messages()[7], timeout_s=0.1)
