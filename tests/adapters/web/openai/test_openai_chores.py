"""What chat clients ask in the background is answered without an agent."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.web.openai_chores import chore
from adapters.web.openai_shapes import Chat
from tests.adapters.web.openai.front import assistant, front, system, user

HISTORY = """\
### Chat History:
<chat_history>
USER: How do I make bread without any yeast, please?
ASSISTANT: With { "tags": ["soda"] }.
USER: And without an oven?
ASSISTANT: In a pan.
</chat_history>"""
TITLE = """\
### Task:
Generate a concise, 3-5 word title with an emoji summarizing the chat history.
### Output:
JSON format: { "title": "your concise title here" }
### Examples:
- { "title": "📉 Stock Market Trends" },
"""
TAGS = """\
### Task:
Generate 1-3 broad tags categorizing the main themes of the chat history.
### Output:
JSON format: { "tags": ["tag1", "tag2", "tag3"] }
"""
FOLLOW_UPS = """\
### Task:
Suggest 3-5 relevant follow-up questions or prompts that the user might ask next.
### Output:
JSON format: { "follow_ups": ["Question 1?", "Question 2?"] }
"""
QUERIES = """\
### Task:
Analyze the chat history to determine the necessity of generating search queries.
### Output:
Strictly return in JSON format:
{
  "queries": ["query1", "query2"]
}
"""
COMPLETION = """\
### Task:
You are an autocompletion system. Continue the text in `<text>`.
### Context:
<chat_history>
USER: hi
</chat_history>
<type>General</type>
<text>The sun was</text>
#### Output:
"""
RAG = """\
### Task:
Respond to the user query using the provided context.
<context><source id="1">{ "title": "x" } <chat_history></source></context>
What does it say?"""
LIBRECHAT = """\
Provide a concise, 5-word-or-less title for the conversation, using its same language.

Conversation:
User: fix the login test
AI: Done."""
LIBRECHAT_STRUCTURED = """\
Analyze this conversation and provide:
1. The detected language of the conversation
2. A concise title in the detected language (5 words or less)

User: fix the login test"""
LOBECHAT = (
    "You are a professional conversation summarizer. Generate a concise title that "
    "captures the essence of the conversation.\n\nRules:\n- Output ONLY the title text"
)
REPHRASE = (
    "Given the following conversation and a follow-up question, rephrase the follow up "
    "question to be a standalone question"
)


def done(*messages: Any, **more: Any) -> str | None:
    chat = Chat.model_validate({"model": "site", "messages": list(messages), **more})
    known = chore(chat)
    return known.content(chat) if known else None


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (TITLE + HISTORY, {"title": "How do I make bread without"}),
        (TAGS + HISTORY, {"tags": ["General"]}),
        (FOLLOW_UPS + HISTORY, {"follow_ups": []}),
        (QUERIES + HISTORY, {"queries": ["And without an oven?"]}),
        (COMPLETION, {"text": ""}),
    ],
)
def test_open_webui_gets_the_json_it_asks_for(asked: str, answer: Any) -> None:
    assert json.loads(done(user(asked)) or "") == answer
    assert json.loads(done(system("Be nice."), user(asked)) or "") == answer


@pytest.mark.parametrize(
    ("messages", "answer"),
    [
        ([user(LIBRECHAT)], "fix the login test"),
        ([user(LIBRECHAT_STRUCTURED)], "fix the login test"),
        (
            [system(LOBECHAT), user("user: Wie geht es dir?\nassistant: Gut.")],
            "Wie geht es dir",
        ),
        ([system(LOBECHAT), user("<user>\n안녕하세요\n</user>")], "안녕하세요"),
        (
            [
                system(REPHRASE),
                user("Follow Up Input: and Bob?, it's standalone query:"),
            ],
            "and Bob?",
        ),
    ],
)
def test_librechat_and_lobechat_get_plain_words(messages: Any, answer: str) -> None:
    assert done(*messages) == answer


@pytest.mark.parametrize(
    "messages",
    [
        [user("Generate a concise, 3-5 word title for my blog post")],
        [user(RAG)],
        [user(TITLE)],
        [user("hi"), assistant("hello"), user(TITLE + HISTORY)],
        [system("You write titles."), user('Give me a title as { "title": ... }')],
    ],
)
def test_what_a_person_writes_is_no_chore(messages: Any) -> None:
    assert done(*messages) is None


def test_a_schema_is_filled_in() -> None:
    schema = {"type": "object", "properties": {"title": {}, "description": {}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "t", "schema": schema}}

    content = done(system(LOBECHAT), user("user: hello"), response_format=wanted)

    assert json.loads(content or "") == {"title": "hello", "description": "hello"}


@pytest.mark.parametrize("stream", [False, True])
async def test_no_agent_starts_for_a_title(tmp_path: Path, stream: bool) -> None:
    async with front(tmp_path, answer="no") as opened:
        answer: Any = await opened.client.chat.completions.create(
            model="site", messages=[user(LIBRECHAT)], stream=stream
        )
        if stream:
            deltas = [chunk.choices[0].delta.content async for chunk in answer]
            title = "".join(delta or "" for delta in deltas)
        else:
            title = answer.choices[0].message.content

        assert title == "fix the login test"
        assert not opened.desk.heard


@pytest.mark.parametrize("stream", [False, True])
async def test_a_title_asked_for_as_a_tool_call_is_one(
    tmp_path: Path, stream: bool
) -> None:
    schema = {"type": "object", "properties": {"language": {}, "title": {}}}
    tool: Any = {"type": "function", "function": {"name": "x", "parameters": schema}}

    async with front(tmp_path, answer="no") as opened:
        answer: Any = await opened.client.chat.completions.create(
            model="site",
            messages=[user(LIBRECHAT_STRUCTURED)],
            tools=[tool],
            stream=stream,
        )
        if stream:
            call = (await anext(aiter(answer))).choices[0].delta.tool_calls[0]
            await answer.close()
        else:
            call = answer.choices[0].message.tool_calls[0]

        assert call.function.name == "x"
        assert json.loads(call.function.arguments)["title"] == "fix the login test"
        assert not opened.desk.heard
