"""Clients of AG-UI over real sockets; what they are told is what AG-UI 1.0 allows."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from ag_ui.core import (
    DataSource,
    DocumentPart,
    ImagePart,
    ResumeEntry,
    RunAgentInput,
    TextPart,
    Tool,
    UrlSource,
    UserMessage,
)

from adapters.inbound import Choice
from adapters.views import Option, QuestionStatus, QuestionView, Said, Step, TurnStatus
from adapters.web.app import create_app
from adapters.web.doorman import Doorman
from tests.adapters.web.agui_thread import Thread, read
from tests.adapters.web.desk import FakeDesk, Heard
from tests.adapters.web.reader import told
from tests.adapters.web.serving import ANYWHERE, client, serving, until

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()


@dataclass
class Front:
    desk: FakeDesk
    http: httpx.AsyncClient

    def said(self) -> list[Heard]:
        return [heard for heard in self.desk.heard if heard.what == "say"]

    async def post(self, thread: Thread, run: str = "r1", **more: Any) -> Any:
        return await self.http.post("/api/agui", json=self.body(thread, run, **more))

    def body(self, thread: Thread, run: str = "r1", **more: Any) -> dict[str, Any]:
        """As a client sends it."""
        body = {"threadId": thread.id, "runId": run, "messages": thread.messages}
        return body | {"state": None, "tools": [], "context": []} | more

    @asynccontextmanager
    async def run(
        self, thread: Thread, run: str = "r1", **more: Any
    ) -> AsyncIterator[AsyncIterator[Any]]:
        body = self.body(thread, run, **more)
        async with self.http.stream("POST", "/api/agui", json=body) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield told(response)

    async def whole(self, thread: Thread, run: str = "r1", **more: Any) -> Any:
        """A run to its end; its last event."""
        async with self.run(thread, run, **more) as stream:
            async for id_, event in stream:
                thread.take(id_, event)
        return thread.runs[run]

    async def heard(self, count: int) -> None:
        """The prompt that makes it *count*, and somebody who follows its turn."""
        await until(lambda: len(self.said()) >= count and bool(self.desk.watches))


@asynccontextmanager
async def front(folder: Path, *, answer: str | None = None) -> AsyncIterator[Front]:
    desk, doorman = FakeDesk(folder / "desk", answer=answer), Doorman(folder)
    async with (
        serving(create_app(desk, doorman, ANYWHERE)) as server,
        client(server, doorman.token) as http,
    ):
        yield Front(desk, http)


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[Front]:
    """A desk whose turns wait for the test."""
    async with front(tmp_path) as opened:
        yield opened


@pytest.fixture
async def prompt(tmp_path: Path) -> AsyncIterator[Front]:
    """A desk that answers at once."""
    async with front(tmp_path, answer="All green.") as opened:
        yield opened


@pytest.fixture
def thread() -> Thread:
    return Thread()


def permission(turn: str, **changes: Any) -> QuestionView:
    asked = QuestionView(
        id="q1",
        turn_id=turn,
        title="Run a command?",
        body="`rm -rf build`",
        options=(
            Option("once", "✅ Allow once", "good"),
            Option("deny", "❌ Deny", "danger", words="Why?"),
        ),
    )
    return replace(asked, **changes)


# --- a thread is a session, a message a turn -----------------------------------------


async def test_a_run_is_told_to_its_end_under_the_clients_own_names(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")

    async with waiting.run(thread, forwardedProps={"project": "site"}) as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("Let me look."), Step("c1", "Read"))
        waiting.desk.grow(
            1, "t1", Said("Let me look."), Step("c1", "Read", ok=True, output="x = 1")
        )
        waiting.desk.finish(1, "t1", "Done.")
        async for id_, event in stream:
            thread.take(id_, event)

    assert thread.runs["r1"]["threadId"] == thread.id
    assert thread.runs["r1"]["result"]["answer"] == "Done."
    assert thread.answers() == ["Let me look.", "Done."]
    assert thread.results == {"c1": "x = 1"}
    assert thread.metadata == {"session": 1, "turn": "t1"}
    assert waiting.desk.heard[0].value.project == "site"


async def test_a_thread_goes_on_in_its_session_with_the_new_message_only(
    prompt: Front, thread: Thread
) -> None:
    thread.say("One")
    await prompt.whole(thread)
    thread.say("Two", "m2")
    await prompt.whole(thread, "r2")

    assert [(heard.conversation, heard.value) for heard in prompt.said()] == [
        (1, "One"),
        (1, "Two"),
    ]
    assert thread.answers() == ["All green.", "All green."]
    assert "MESSAGES_SNAPSHOT" not in thread.kinds


async def test_the_same_run_again_follows_the_same_turn_also_after_a_restart(
    tmp_path: Path, thread: Thread
) -> None:
    thread.say("Once")
    desk, doorman = FakeDesk(tmp_path, answer="Done."), Doorman(tmp_path)
    again = Thread(messages=list(thread.messages))

    for asked in (thread, again):
        async with (
            serving(create_app(desk, doorman, ANYWHERE)) as server,
            client(server, doorman.token) as http,
        ):
            await Front(desk, http).whole(asked)

    assert [heard.what for heard in desk.heard] == ["begin", "say"]
    assert thread.messages == again.messages
    assert again.answers() == ["Done."]


async def test_a_run_that_was_cut_off_is_told_again_without_what_came_before(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")
    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("Let me", complete=False))
        await read(stream, thread, "TEXT_MESSAGE_CONTENT")
    cut = Thread(messages=thread.messages)

    async with waiting.run(cut, "r2") as stream:
        await read(stream, cut, "TEXT_MESSAGE_CONTENT")
        waiting.desk.grow(1, "t1", Said("Let me look."))
        waiting.desk.finish(1, "t1", "Done.")
        async for id_, event in stream:
            cut.take(id_, event)

    assert cut.answers() == ["Let me look.", "Done."]
    assert len(waiting.said()) == 1


async def test_without_a_new_message_the_newest_turn_is_followed(
    prompt: Front, thread: Thread
) -> None:
    thread.say("One")
    await prompt.whole(thread)
    await prompt.desk.say(1, "From the page", key="page")

    ended = await prompt.whole(thread, "r2")

    assert ended["result"]["prompt"] == "From the page"
    assert thread.answers() == ["All green.", "All green."]


async def test_a_thread_whose_session_was_deleted_begins_anew(
    prompt: Front, thread: Thread
) -> None:
    thread.say("One")
    await prompt.whole(thread)
    await prompt.desk.delete(1)
    thread.say("Two", "m2")

    await prompt.whole(thread, "r2")

    again = prompt.said()[-1]
    assert again.conversation == 2
    assert again.value.startswith(
        "What was said before:\n\nUser: One\n\nAssistant: All green."
    )
    assert again.value.endswith("\n\nTwo")


async def test_a_turn_that_is_begun_anew_takes_back_what_was_told_of_it(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")

    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("A draft that", complete=False))
        await read(stream, thread, "TEXT_MESSAGE_CONTENT")
        waiting.desk.grow(1, "t1", Said("Other words"))
        waiting.desk.finish(1, "t1")
        async for id_, event in stream:
            thread.take(id_, event)

    assert thread.answers() == ["Other words"]
    assert thread.kinds.count("RUN_STARTED") == 1


async def test_a_failed_turn_is_a_run_error(waiting: Front, thread: Thread) -> None:
    thread.say("Fix it")

    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        failed = TurnStatus.FAILED
        waiting.desk.finish(1, "t1", status=failed, note="The limit is reached.")
        await read(stream, thread, "RUN_ERROR")
        assert await anext(stream, None) is None

    assert thread.runs["r1"]["message"] == "The limit is reached."


async def test_a_session_deleted_meanwhile_ends_the_run_with_an_error(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Fix it")

    async with waiting.run(thread) as stream:
        await read(stream, thread, "STATE_SNAPSHOT")
        await waiting.desk.delete(1)
        await read(stream, thread, "RUN_ERROR")

    assert thread.runs["r1"]["code"] == "deleted"


# --- what comes with it --------------------------------------------------------------


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


# --- questions -----------------------------------------------------------------------


async def interrupted(waiting: Front, thread: Thread) -> dict[str, Any]:
    """A run that a permission interrupted; the interrupt."""
    thread.say("Clean up")
    async with waiting.run(thread, protocolVersion="1.0") as stream:
        await waiting.heard(1)
        waiting.desk.grow(1, "t1", Said("I am about", complete=False))
        await read(stream, thread, "TEXT_MESSAGE_CONTENT")
        waiting.desk.show(1, permission("t1"))
        await read(stream, thread, "RUN_FINISHED")
        assert await anext(stream, None) is None
    outcome = thread.runs["r1"]["outcome"]
    assert outcome["type"] == "interrupt"
    (asked,) = outcome["interrupts"]
    return dict(asked)


async def test_a_question_interrupts_the_run_and_resume_answers_it(
    waiting: Front, thread: Thread
) -> None:
    asked = await interrupted(waiting, thread)
    entry = ResumeEntry(
        interrupt_id=asked["id"], status="resolved", payload={"approved": True}
    ).model_dump(by_alias=True)

    async with waiting.run(
        thread, "r2", protocolVersion="1.0", resume=[entry]
    ) as stream:
        await read(stream, thread, "TEXT_MESSAGE_CONTENT")
        waiting.desk.grow(1, "t1", Said("I am about to."))
        waiting.desk.finish(1, "t1", "Clean.")
        async for id_, event in stream:
            thread.take(id_, event)

    assert asked["message"] == "Run a command?\n\n`rm -rf build`"
    assert asked["reason"] == "confirmation"
    assert waiting.desk.asked[1]["q1"].outcome == "once by You"
    assert thread.answers() == ["I am about to.", "Clean."]
    assert "outcome" not in thread.runs["r2"]
    assert len(waiting.said()) == 1


@pytest.mark.parametrize(
    ("payload", "chosen"),
    [
        ("o2", Choice("q1", "o2")),
        ("Neither of them", Choice("q1", "", "Neither of them")),
        ({"option": "o1", "text": "but"}, Choice("q1", "o1", "but")),
        ({"chosen": ["o1", "o2"]}, Choice("q1", "done", "", ("o1", "o2"))),
    ],
)
async def test_an_answer_may_be_an_option_or_words_or_several_options(
    waiting: Front, thread: Thread, payload: object, chosen: Choice
) -> None:
    thread.say("Set it up")
    async with waiting.run(thread, protocolVersion="1.0") as stream:
        await waiting.heard(1)
        options = (Option("o1", "PostgreSQL"), Option("o2", "SQLite"))
        asked = QuestionView(
            id="q1", turn_id="t1", title="Which?", options=options, free_text=True
        )
        waiting.desk.show(1, asked)
        await read(stream, thread, "RUN_FINISHED")
    waiting.desk.finish(1, "t1", "Done.")
    entry = {"interruptId": "q1", "status": "resolved", "payload": payload}

    await waiting.whole(thread, "r2", resume=[entry])

    (asked_for,) = thread.runs["r1"]["outcome"]["interrupts"]
    titles = asked_for["responseSchema"]["properties"]["option"]["oneOf"]
    assert [title["title"] for title in titles] == ["PostgreSQL", "SQLite"]
    assert asked_for["reason"] == "input_required"
    assert [h.value for h in waiting.desk.heard if h.what == "choose"] == [chosen]


async def test_a_question_decided_elsewhere_stays_decided(
    waiting: Front, thread: Thread
) -> None:
    asked = await interrupted(waiting, thread)
    decided = permission("t1", status=QuestionStatus.DECIDED, outcome="Denied by Ada")
    waiting.desk.show(1, decided)
    waiting.desk.finish(1, "t1", "I will not.")
    entry = {"interruptId": asked["id"], "status": "resolved", "payload": True}

    ended = await waiting.whole(thread, "r2", protocolVersion="1.0", resume=[entry])

    assert waiting.desk.asked[1]["q1"] == decided
    assert ended["result"]["answer"] == "I will not."
    assert thread.answers()[-1] == "I will not."


async def test_an_abandoned_question_stops_the_turn(
    waiting: Front, thread: Thread
) -> None:
    asked = await interrupted(waiting, thread)
    entry = {"interruptId": asked["id"], "status": "cancelled"}

    ended = await waiting.whole(thread, "r2", resume=[entry])

    assert ended["outcome"] == {"type": "cancelled"}


async def test_a_resume_that_leaves_a_question_open_is_interrupted_again(
    waiting: Front, thread: Thread
) -> None:
    await interrupted(waiting, thread)
    entry = {"interruptId": "another", "status": "resolved", "payload": True}

    ended = await waiting.whole(thread, "r2", protocolVersion="1.0", resume=[entry])

    assert [one["id"] for one in ended["outcome"]["interrupts"]] == ["q1"]


@pytest.mark.parametrize("payload", [None, {}, {"option": "rm"}, [1], {"chosen": "x"}])
async def test_an_answer_that_is_none_is_refused_and_decides_nothing(
    waiting: Front, thread: Thread, payload: object
) -> None:
    asked = await interrupted(waiting, thread)
    entry = {"interruptId": asked["id"], "status": "resolved", "payload": payload}

    answer = await waiting.post(thread, "r2", resume=[entry])

    assert answer.status_code == 422
    assert not waiting.desk.asked[1]["q1"].final


async def test_a_client_from_before_interrupts_waits_until_somebody_decides(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Clean up")

    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        waiting.desk.show(1, permission("t1"))
        while not thread.state.get("questions"):
            await read(stream, thread, "STATE_SNAPSHOT")
        waiting.desk.show(1, permission("t1", status=QuestionStatus.DECIDED))
        waiting.desk.finish(1, "t1", "Clean.")
        await read(stream, thread, "RUN_FINISHED")

    assert thread.answers() == ["Clean."]


async def test_words_that_answer_a_question_follow_the_turn_that_asked(
    waiting: Front, thread: Thread
) -> None:
    thread.say("Set it up")
    async with waiting.run(thread) as stream:
        await waiting.heard(1)
        asked = QuestionView(id="q1", turn_id="t1", title="Which?", free_text=True)
        waiting.desk.show(1, asked)
        await read(stream, thread, "STATE_SNAPSHOT")
    again = Thread(messages=thread.messages)
    again.say("SQLite", "m2")

    async with waiting.run(again, "r2") as stream:
        await read(stream, again, "STATE_SNAPSHOT")
        waiting.desk.finish(1, "t1", "Done.")
        await read(stream, again, "RUN_FINISHED")

    assert waiting.desk.asked[1]["q1"].outcome == "SQLite by You"
    assert again.metadata["turn"] == "t1"
