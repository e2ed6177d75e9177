"""Questions of the agent interrupt an AG-UI run, and it is resumed."""

from dataclasses import replace
from typing import Any

import pytest
from ag_ui.core import ResumeEntry

from adapters.inbound import Choice
from adapters.views import Option, QuestionStatus, QuestionView, Said
from tests.adapters.web.agui.front import Front
from tests.adapters.web.agui_thread import Thread, read


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
