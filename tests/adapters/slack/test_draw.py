"""A turn is drawn as a stream, with few calls, in its thread."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.base import Ambiguous, Busy
from adapters.language import say
from adapters.outbox import Outbox
from adapters.slack.draw import CADENCE, lane_of
from adapters.views import Said, TurnStatus
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.drawing import (
    ANSWER,
    BEGUN,
    DECIDED,
    DONE,
    NOTICE,
    QUESTION,
    QUEUED,
    SPEAKING,
    TEST,
    bring,
    refuses,
)
from tests.adapters.slack.paper import THREAD, PaperSlack, drawer, nth_call
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")


@in_virtual_time
async def test_a_short_turn_is_one_stream_that_ends_with_what_it_took() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    for view in (BEGUN, SPEAKING, DONE):
        await bring(pen, view)

    assert slack.methods == ["startStream", "stopStream"]
    assert slack.texts == [f"{ANSWER}\n\n✓ 5 s"]
    assert slack.status == "active"
    assert screen.done == ["t1"]


@in_virtual_time
async def test_every_call_of_a_stream_says_what_slack_wants_to_know() -> None:
    slack = PaperSlack()
    pen = drawer(slack, PaperScreen())

    for view in (SPEAKING, DONE):
        await bring(pen, view)

    (_, started), (_, stopped) = slack.calls
    assert started == {
        "channel": "D1",
        "thread_ts": "100.0",
        "recipient_user_id": "UADA",
        "recipient_team_id": "T1",
        "chunks": [{"type": "markdown_text", "text": "The ans"}],
    }
    assert stopped["chunks"] == [{"type": "markdown_text", "text": "wer is 42."}]
    assert stopped["session_status"] == "active"
    assert stopped["metadata"] == {
        "event_type": "parley",
        "event_payload": {"view": "t1", "part": "s0"},
    }


@in_virtual_time
async def test_a_turn_that_is_over_when_first_shown_is_one_post() -> None:
    slack, screen = PaperSlack(), PaperScreen()

    await bring(drawer(slack, screen), DONE)

    assert slack.methods == ["postMessage"]
    assert ANSWER in slack.texts[0]
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_place_in_the_queue_goes_once_the_turn_begins() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    await bring(pen, QUEUED)
    assert "Queued" in slack.texts[0]
    await bring(pen, BEGUN)
    assert slack.texts == []
    await bring(pen, SPEAKING)

    assert slack.texts == ["The ans"]


@in_virtual_time
async def test_what_joined_another_turn_shrinks_where_it_stood() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    await bring(pen, replace(QUEUED, prompt="Also this", behind=True))
    await bring(pen, replace(QUEUED, status=TurnStatus.DONE, note="Told it."))

    assert slack.methods == ["postMessage", "update"]
    assert slack.texts == ["↪️ Told it."]
    assert screen.done == ["t1"]


@in_virtual_time
async def test_what_was_asked_elsewhere_is_streamed_below_who_asked_it() -> None:
    slack = PaperSlack()
    pen = drawer(slack, PaperScreen())
    elsewhere: dict[str, Any] = {"asked_by": "Ada (Web)", "prompt": "What is it?"}

    await bring(pen, replace(BEGUN, **elsewhere))
    assert slack.texts == ["> Ada (Web): What is it?"]
    await bring(pen, replace(SPEAKING, **elsewhere))
    await bring(pen, replace(DONE, **elsewhere))

    assert slack.texts == [f"> Ada (Web): What is it?\n\n{ANSWER}\n\n✓ 5 s"]
    assert slack.methods == ["startStream", "appendStream", "stopStream"]


@in_virtual_time
async def test_steps_are_cards_that_change_while_words_go_on() -> None:
    slack = PaperSlack()
    pen = drawer(slack, PaperScreen())

    await bring(pen, replace(BEGUN, parts=(Said("Let me see."), TEST)))
    (message,) = slack.messages.values()
    assert message.cards["s1"]["status"] == "in_progress"
    parts = (Said("Let me see."), replace(TEST, ok=True), Said(ANSWER))
    await bring(pen, replace(DONE, parts=parts))

    assert message.cards["s1"]["status"] == "complete"
    assert message.text == f"Let me see.\n\n{ANSWER}"
    assert slack.methods == ["startStream", "stopStream"]


@in_virtual_time
async def test_a_question_ends_the_stream_and_what_follows_begins_another() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)
    parts = (Said("I need to run it."), TEST)

    await bring(pen, replace(BEGUN, parts=parts))
    await bring(pen, replace(BEGUN, parts=parts, status=TurnStatus.WAITING))
    assert slack.status == "suspended"
    await bring(pen, QUESTION)
    await bring(pen, DECIDED)
    await bring(pen, replace(BEGUN, parts=parts))
    done = (parts[0], replace(TEST, ok=True), Said(ANSWER))
    await bring(pen, replace(DONE, parts=done))

    first, question, last = slack.messages.values()
    assert first.cards["s1"]["title"].endswith("goes on below")
    assert "Allowed by Ada" in question.text
    assert (last.text, last.cards["s1"]["status"]) == (ANSWER, "complete")
    assert screen.done == ["q1", "t1"]


@in_virtual_time
async def test_a_turn_that_ends_below_a_question_says_so_in_its_last_message() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)
    waiting = replace(
        BEGUN, status=TurnStatus.WAITING, parts=(Said("May I?"), TEST), note=""
    )
    await bring(pen, replace(waiting, status=TurnStatus.RUNNING))
    await bring(pen, waiting)

    stopped = (Said("May I?"), replace(TEST, ok=False))
    await bring(
        pen, replace(waiting, status=TurnStatus.CANCELLED, parts=stopped, ended_at=9.0)
    )

    (message,) = slack.messages.values()
    assert message.text == "May I?\n\n🔧 Run npm test ✗\n\n⏹ Stopped · 9 s"
    assert screen.done == ["t1"]


@in_virtual_time
async def test_notices_and_questions_are_one_call_each() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    await bring(pen, QUESTION)
    await bring(pen, NOTICE)
    await bring(pen, DECIDED)

    assert slack.methods == ["postMessage", "postMessage", "update"]
    assert slack.texts[1] == "Hello"
    assert screen.done == ["n1", "q1"]


@in_virtual_time
async def test_a_whisper_is_said_once_and_leaves_no_trace() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    slack.after = nth_call(1, Ambiguous("time-out"))

    await bring(drawer(slack, screen), replace(NOTICE, only_for="UADA"))

    assert slack.whispers == ["Hello"]
    assert slack.messages == {}
    assert screen.rows == {}


# --- with the outbox ----------------------------------------------------------


@in_virtual_time
async def test_appends_that_have_to_wait_delay_no_question_and_no_other_thread() -> (
    None
):
    slack, other = PaperSlack(), replace(THREAD, thread="200.0")
    outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=ticks)
    task = asyncio.create_task(outbox.run(drawer(slack, PaperScreen())))
    outbox.put(THREAD, SPEAKING)
    await asyncio.sleep(2)
    slack.before = lambda method, _: Busy(30) if "append" in method else None

    outbox.put(THREAD, replace(BEGUN, parts=(Said("The answer", complete=False),)))
    await asyncio.sleep(0.1)
    outbox.put(THREAD, QUESTION)
    outbox.put(other, NOTICE)
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])

    assert slack.methods[-2:] == ["postMessage", "postMessage"]
    assert slack.times[-2:] == [2.1, 2.1]


@in_virtual_time
async def test_a_turn_drawn_by_posts_is_edited_every_three_seconds() -> None:
    slack = PaperSlack()
    slack.before = refuses("chat.startStream", "unknown_method")
    outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=ticks)
    task = asyncio.create_task(outbox.run(drawer(slack, PaperScreen())))

    for length in range(1, 100):
        outbox.put(THREAD, replace(BEGUN, parts=(Said("a" * length, complete=False),)))
        await asyncio.sleep(0.1)
    outbox.put(THREAD, DONE)
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    edits = [
        t for t, m in zip(slack.times, slack.methods, strict=True) if m == "update"
    ]
    assert edits == [3.0, 6.0, 9.0, 9.9]


@in_virtual_time
async def test_pages_are_not_kept() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    for turn in range(5):
        for view in (BEGUN, SPEAKING, DONE):
            await bring(pen, replace(view, id=f"t{turn}"))

    assert pen._pages == {}


@in_virtual_time
async def test_a_turn_that_ends_without_a_word_says_how_it_ended() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)
    failed = replace(BEGUN, status=TurnStatus.FAILED, note="It broke.", ended_at=1.0)

    for view in (QUEUED, BEGUN, failed):
        await bring(pen, view)

    (message,) = slack.texts
    assert "It broke." in message
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_step_that_goes_on_below_says_so_in_the_turns_language() -> None:
    slack = PaperSlack()
    pen = drawer(slack, PaperScreen())
    working = replace(BEGUN, parts=(TEST,), language="ko")

    await bring(pen, working)
    await bring(pen, replace(working, status=TurnStatus.WAITING))

    (message,) = slack.messages.values()
    assert message.cards["s1"]["title"].endswith(say("ko", "slack-goes-on"))
