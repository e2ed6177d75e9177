"""A turn is drawn with few calls, and what looks the same is left alone."""

import asyncio
from dataclasses import replace

import pytest

from adapters.base import Post, RateLimited
from adapters.inbound import MessageRef
from adapters.outbox import Outbox
from adapters.telegram.budget import Budget
from adapters.telegram.draw import Drawer
from adapters.telegram.uploads import Uploads
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.drawing import (
    ANSWER,
    BEGUN,
    DECIDED,
    LONG,
    NOTICE,
    QUESTION,
    QUEUED,
    SHORT,
    SPEAKING,
    TOPIC,
    bring,
    nth_call,
)
from tests.adapters.telegram.paper import BOLD, CHAT, PaperTelegram, drawer, pieces_of
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")


@in_virtual_time
async def test_a_short_turn_is_one_message_and_three_calls() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    pen = drawer(telegram, screen)

    for view in (BEGUN, SPEAKING, SHORT):
        await bring(pen, view)

    assert telegram.methods == ["sendMessage", "editMessageText", "editMessageText"]
    assert telegram.texts == [ANSWER]
    assert telegram.messages[1].buttons == []
    assert screen.done == ["t1"]


@in_virtual_time
async def test_the_placeholder_can_already_be_stopped() -> None:
    telegram = PaperTelegram()

    await bring(drawer(telegram, PaperScreen()), BEGUN)

    _, sent = telegram.calls[0]
    assert sent == {
        "chat_id": 1001,
        "text": "Thinking",
        "disable_notification": True,
        "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
        "link_preview_options": {"is_disabled": True},
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "Stop", "callback_data": "t1:stop", "style": "danger"}]
            ]
        },
    }


@in_virtual_time
async def test_an_answer_is_never_sent_directly() -> None:
    """Its stub is: an edit may be repeated, a send may not."""
    telegram = PaperTelegram()

    await bring(drawer(telegram, PaperScreen()), SHORT)

    assert [params["text"] for _, params in telegram.calls] == ["Done", ANSWER]
    assert telegram.calls[0][1]["disable_notification"] is False
    assert "entities" not in telegram.calls[0][1]
    assert telegram.calls[1][1]["entities"] == [BOLD]


@in_virtual_time
async def test_a_place_in_the_queue_goes_once_the_turn_begins() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    pen = drawer(telegram, screen)

    await bring(pen, QUEUED)
    await bring(pen, BEGUN)

    assert telegram.texts == ["Thinking"]
    assert await screen.posts(CHAT, "t1") == [Post("w0", MessageRef("2"))]


@in_virtual_time
async def test_what_looks_the_same_is_not_drawn_again() -> None:
    telegram = PaperTelegram()
    pen = drawer(telegram, PaperScreen())
    await bring(pen, SPEAKING)
    calls = len(telegram.calls)

    await bring(pen, replace(SPEAKING, note="the renderer ignores notes"))

    assert len(telegram.calls) == calls


@in_virtual_time
async def test_a_question_and_a_notice_are_one_call_each() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    pen = drawer(telegram, screen)

    await bring(pen, QUESTION)
    await bring(pen, NOTICE)
    await bring(pen, DECIDED)

    assert telegram.methods == ["sendMessage", "sendMessage", "editMessageText"]
    assert telegram.texts == ["Yes", "Hello"]
    assert screen.done == ["n1", "q1"]


@in_virtual_time
async def test_topics_are_named_except_the_general_one() -> None:
    telegram = PaperTelegram()
    pen = drawer(telegram, PaperScreen())

    await bring(pen, NOTICE, TOPIC)
    await bring(pen, NOTICE, replace(TOPIC, thread="1"))

    assert telegram.calls[0][1]["message_thread_id"] == 7
    assert "message_thread_id" not in telegram.calls[1][1]


# --- with the outbox ----------------------------------------------------------


@in_virtual_time
async def test_a_short_turn_needs_three_calls_and_waits_for_none() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    outbox = Outbox(now=ticks)
    task = asyncio.create_task(outbox.run(drawer(telegram, screen)))

    for view in (BEGUN, SPEAKING, SHORT):
        outbox.put(CHAT, view)
        await asyncio.sleep(0.1)
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert telegram.times == [0.0, 0.1, 0.2]


@in_virtual_time
async def test_sheets_and_rights_are_not_kept() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    pen = drawer(telegram, screen)
    outbox = Outbox(now=ticks)
    task = asyncio.create_task(outbox.run(pen))

    for turn in range(20):
        for view in (BEGUN, SPEAKING, LONG):
            outbox.put(CHAT, replace(view, id=f"t{turn}"))
            await asyncio.sleep(1)
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert len(screen.done) == 20
    assert (pen._sheets, pen._rights) == ({}, set())


@in_virtual_time
async def test_while_a_chat_is_rate_limited_nothing_at_all_is_called_there() -> None:
    telegram, budget = PaperTelegram(), Budget()
    telegram.before = nth_call(1, RateLimited(30))
    pen = Drawer(
        telegram, budget, PaperScreen(), pieces_of,
        uploads=Uploads(telegram), now=ticks,
    )  # fmt: skip

    with pytest.raises(RateLimited):
        await pen.draw(CHAT, NOTICE)

    assert not budget.spare(CHAT.chat)
    assert budget.spare("another")
    await asyncio.sleep(31)
    assert budget.spare(CHAT.chat)
