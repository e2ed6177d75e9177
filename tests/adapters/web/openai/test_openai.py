"""OpenAI's own client, pointed at us: models, answers, streams."""

import asyncio

import openai
import pytest

from adapters.views import Said, Step, TurnStatus
from tests.adapters.web.openai.front import (
    Front,
    assistant,
    decided,
    question,
    system,
    user,
)
from tests.adapters.web.serving import until

# --- models -------------------------------------------------------------------


async def test_each_project_is_a_model_and_scratch_is_none(prompt: Front) -> None:
    models = [model async for model in prompt.client.models.list()]

    assert [model.id for model in models] == ["site", "scratch"]
    assert {model.owned_by for model in models} == {"parley"}
    assert (await prompt.client.models.retrieve("site")).id == "site"
    with pytest.raises(openai.NotFoundError):
        await prompt.client.models.retrieve("gpt-5")


async def test_an_unknown_model_is_not_found(prompt: Front) -> None:
    with pytest.raises(openai.NotFoundError) as refused:
        await prompt.ask(user("hi"), model="gpt-5")

    assert refused.value.code == "model_not_found"
    assert refused.value.param == "model"
    assert "site, scratch" in refused.value.message


# --- answers ------------------------------------------------------------------


async def test_an_answer_comes_whole(prompt: Front) -> None:
    answer = await prompt.ask(system("Be brief."), user("run the tests"))

    assert answer.object == "chat.completion"
    assert answer.choices[0].message.content == "All green."
    assert answer.choices[0].finish_reason == "stop"
    begun, said = prompt.desk.heard
    assert (begun.value.project, begun.value.system_prompt) == ("site", "Be brief.")
    assert said.value == "run the tests"


async def test_scratch_works_in_no_project(prompt: Front) -> None:
    await prompt.ask(user("hi"), model="scratch")

    assert prompt.desk.heard[0].value.project == ""


async def test_an_answer_streams_as_it_grows(waiting: Front) -> None:
    stream = await waiting.ask(
        user("run the tests"),
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = aiter(stream)
    assert (await anext(chunks)).choices[0].delta.role == "assistant"
    await waiting.watched()
    step = Step("s1", "Run pytest", "execute")

    waiting.desk.grow(1, "t1", Said("Let me", complete=False))
    first = await anext(chunks)
    waiting.desk.grow(1, "t1", Said("Let me see."), step)
    second, third = await anext(chunks), await anext(chunks)
    waiting.ended(1, tokens=1200)
    waiting.desk.finish(1, "t1", "All green.", cost_usd=0.5)
    rest = [chunk async for chunk in chunks]

    assert first.choices[0].delta.content == "Let me"
    assert second.choices[0].delta.content == " see."
    assert third.choices[0].delta.reasoning_content == "🔧 Run pytest\n"
    assert rest[0].choices[0].delta.content == "\n\nAll green."
    assert rest[1].choices[0].finish_reason == "stop"
    assert rest[2].choices == []
    assert rest[2].usage.total_tokens == 1200
    assert rest[2].usage.cost == 0.5


async def test_a_stream_ends_as_clients_expect_it(prompt: Front) -> None:
    body = {"model": "site", "messages": [user("hi")], "stream": True}

    response = await prompt.http.post("/v1/chat/completions", json=body)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-parley-session"] == "1"
    assert response.text.endswith("data: [DONE]\n\n")
    assert "usage" not in response.text


async def test_a_silent_stream_is_kept_alive(waiting: Front) -> None:
    body = {"model": "site", "messages": [user("hi")], "stream": True}

    async with waiting.http.stream(
        "POST", "/v1/chat/completions", json=body
    ) as response:
        lines = response.aiter_lines()
        async with asyncio.timeout(10):
            while not (await anext(lines)).startswith(":"):
                pass


async def test_a_failed_turn_is_an_error_either_way(waiting: Front) -> None:
    whole = asyncio.create_task(waiting.ask(user("a")))
    await waiting.heard(1)
    waiting.desk.finish(1, "t1", status=TurnStatus.FAILED, note="Not logged in.")
    with pytest.raises(openai.InternalServerError, match="Not logged in"):
        await whole

    stream = await waiting.ask(user("b"), stream=True)
    await waiting.heard(2)
    waiting.desk.finish(2, "t2", status=TurnStatus.FAILED, note="Not logged in.")
    with pytest.raises(openai.APIError, match="Not logged in"):
        async for _ in stream:
            pass


async def test_a_turn_that_reached_its_limit_was_cut_off(waiting: Front) -> None:
    whole = asyncio.create_task(waiting.ask(user("a")))
    await waiting.heard(1)
    waiting.ended(1, limited=True)
    waiting.desk.finish(1, "t1", "So far.", status=TurnStatus.FAILED)

    answer = await whole

    assert answer.choices[0].finish_reason == "length"
    assert answer.choices[0].message.content == "So far."


async def test_a_chat_deleted_under_a_stream_ends_it_in_words(waiting: Front) -> None:
    stream = await waiting.ask(user("a"), stream=True)
    await waiting.heard(1)
    await waiting.watched()

    waiting.desk.finish(1, "t1", status=TurnStatus.CANCELLED)
    await waiting.desk.delete(1)

    with pytest.raises(openai.APIError, match="deleted"):
        async for _ in stream:
            pass


async def test_a_question_is_told_with_where_to_answer_it(waiting: Front) -> None:
    stream = await waiting.ask(user("clean up"), stream=True)
    await waiting.heard(1)
    await waiting.watched()
    asked = question("t1")

    waiting.desk.show(1, asked)
    text = ""
    async for chunk in stream:
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        if "/c/1" in text and not waiting.desk.asked[1]["q1"].final:
            waiting.desk.show(1, decided(asked))
            waiting.desk.finish(1, "t1", "Clean.")

    assert "> ❓ **Run a command?**\n> `rm -rf build`" in text
    assert f"> Answer it at {waiting.url}/c/1" in text
    assert "Allowed once by Ada" in text
    assert text.endswith("\n\nClean.")


async def test_words_that_answer_a_question_go_on_with_its_turn(waiting: Front) -> None:
    first = asyncio.create_task(waiting.ask(user("paint it")))
    await waiting.heard(1)
    waiting.desk.grow(1, "t1", Said("Which colour?"))
    waiting.desk.show(1, question("t1", free_text=True))
    history = (user("paint it"), assistant("Which colour?"), user("green"))
    second = asyncio.create_task(waiting.ask(*history))
    await waiting.heard(2)
    await until(lambda: len(waiting.desk.watches) == 2)

    waiting.desk.finish(1, "t1", "It is green.")

    assert (await second).choices[0].message.content == "It is green."
    assert (await first).choices[0].message.content == "Which colour?\n\nIt is green."
    assert len(waiting.desk.entries[1]) == 1
