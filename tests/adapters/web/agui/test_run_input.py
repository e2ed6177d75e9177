"""What comes with an AG-UI run is understood, or refused."""

import base64
from pathlib import Path
from typing import Any

import pytest
from ag_ui.core import (
    DataSource,
    DocumentPart,
    ImagePart,
    RunAgentInput,
    TextPart,
    Tool,
    UrlSource,
    UserMessage,
)

from tests.adapters.web.agui.front import Front
from tests.adapters.web.agui_thread import Thread, read
from tests.adapters.web.reader import told

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()


async def test_what_ag_uis_own_types_say_is_understood(
    prompt: Front, thread: Thread
) -> None:
    content = [
        TextPart(text="What is this?"),
        ImagePart(source=DataSource(value=PNG, mime_type="image/png")),
        ImagePart(source=UrlSource(value="https://example.org/a.png")),
        DocumentPart(
            source=DataSource(value="aGkh", mime_type="text/plain; charset=utf-8"),
            metadata={"filename": "../n.txt"},
        ),
    ]
    sent = RunAgentInput(
        thread_id=thread.id,
        run_id="r1",
        protocol_version="1.0",
        messages=[UserMessage(id="m1", content=content)],
        tools=[Tool(name="navigate", description="Goes somewhere")],
        state={"page": 3},
    ).model_dump(mode="json", by_alias=True)

    async with prompt.http.stream("POST", "/api/agui", json=sent) as response:
        async for id_, event in told(response):
            thread.take(id_, event)

    said = prompt.said()[0]
    assert said.value == "What is this?"
    image, words, left_out = said.files
    assert Path(image.path).read_bytes() == base64.b64decode(PNG)
    assert (words.name, Path(words.path).read_text()) == ("_n.txt", "hi!")
    assert "nothing is fetched" in left_out.problem
    assert thread.answers() == ["All green."]


async def test_instructions_and_context_reach_the_agent(
    prompt: Front, thread: Thread
) -> None:
    thread.messages = [{"id": "s", "role": "system", "content": "Be brief."}]
    thread.say("Hello")
    facts = [{"description": "The open page", "value": "/orders/7"}]

    await prompt.whole(thread, context=facts)

    begun, said = prompt.desk.heard
    assert begun.value.system_prompt == "Be brief."
    assert said.value.startswith("Hello\n\n---\n\n")
    assert "- The open page: /orders/7" in said.value


async def test_the_applications_state_is_kept(waiting: Front, thread: Thread) -> None:
    thread.say("Hello")

    async with waiting.run(thread, state={"page": 3}) as stream:
        await read(stream, thread, "STATE_SNAPSHOT")

    assert thread.state["page"] == 3
    assert thread.state["turn"]["id"] == "t1"


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (422, {"messages": []}),
        (422, {"messages": [{"id": "m1", "role": "user", "content": " "}]}),
        (422, {"messages": [{"role": "user", "content": "no id"}]}),
        (422, {"threadId": ""}),
        (409, {"messages": [{"id": "a", "role": "assistant", "content": "Hi"}]}),
        (409, {"forwardedProps": {"project": "none such"}}),
    ],
)
async def test_what_starts_no_run_is_a_problem(
    prompt: Front, thread: Thread, status: int, changes: dict[str, Any]
) -> None:
    thread.say("Hello")

    answer = await prompt.post(thread, **changes)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert not prompt.said()
