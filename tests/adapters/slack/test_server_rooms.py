"""Who may do and see what at the fake, and how it looks back."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.blocks import actions, button, refusal, section
from tests.slack_server import ADA, BOB, FakeSlack, Message


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
