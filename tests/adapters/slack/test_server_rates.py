"""Time at the fake: what runs out, what is too much, and answers that are lost."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.blocks import FORM, actions, button, refusal
from tests.slack_server import ADA, BOB, FakeSlack


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
