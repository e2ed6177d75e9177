"""The fake's streams end, fill up and are refused as Slack's."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.blocks import refusal, streamed, task, words
from tests.slack_server import ADA, FakeSlack


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
