"""The fake refuses what Slack would, and notes whose fault it was."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack.blocks import (
    FORM,
    actions,
    button,
    refusal,
    section,
    streamed,
    task,
    words,
)
from tests.slack_server import ADA, FakeSlack

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
