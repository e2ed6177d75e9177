"""What a bot sends to Slack, in the smallest form it takes."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server import ADA, FakeSlack, Message

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
