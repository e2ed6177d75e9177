"""Slack's own libraries work against the fake."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.bolt_bot import running
from tests.slack_server import ADA, BOB, FakeSlack


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
