"""The outbox draws the newest of everything, no more often than it helps."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from adapters.base import Busy, RateLimited
from adapters.inbound import Address
from adapters.lane import Cadence
from adapters.outbox import Outbox
from adapters.views import Notice, TurnStatus
from tests.adapters.board import ADA, BOB, Board, done, question, running, turn
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")
TOPIC = Address("fake", "ada", "7")


@in_virtual_time
async def test_only_the_newest_view_is_drawn() -> None:
    board = Board()
    async with running(board) as outbox:
        outbox.put(ADA, turn("a"))
        outbox.put(ADA, turn("ab"))
        outbox.put(ADA, done("abc"))

        await outbox.flush()

    assert board.texts() == ["abc"]


@in_virtual_time
async def test_views_put_before_it_runs_are_drawn() -> None:
    board = Board()
    outbox = Outbox(now=ticks)
    outbox.put(ADA, done("early"))

    task = asyncio.create_task(outbox.run(board))
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert board.texts() == ["early"]


@in_virtual_time
async def test_a_quick_turn_is_never_delayed() -> None:
    board = Board()
    async with running(board) as outbox:
        outbox.put(ADA, turn())
        await asyncio.sleep(0.2)
        outbox.put(ADA, turn("First"))
        await asyncio.sleep(0.2)
        outbox.put(ADA, turn("First words"))
        await asyncio.sleep(0.2)
        outbox.put(ADA, done("First words."))
        await asyncio.sleep(60)

    assert [(d.text, d.at) for d in board.drawn] == [
        ("", 0.0),
        ("First", 0.2),
        ("First words.", 0.6),
    ]


@in_virtual_time
async def test_the_longer_a_turn_runs_the_rarer_it_is_redrawn() -> None:
    board = Board()
    async with running(board) as outbox:
        for tenth in range(7200):
            outbox.put(ADA, turn(f"word {tenth}"))
            await asyncio.sleep(0.1)

    times = board.times()
    pauses = {
        age: round(next(b - a for a, b in pairwise(times) if a > age))
        for age in (35, 130, 601)
    }
    assert times[:3] == [0.0, 1.5, 3.0]
    assert pauses == {35: 3, 130: 5, 601: 15}


@in_virtual_time
async def test_a_silent_turn_is_redrawn_now_and_then_so_that_its_clock_moves() -> None:
    board = Board()
    async with running(board) as outbox:
        outbox.put(ADA, turn("thinking"))
        await asyncio.sleep(200)

    times = board.times()
    assert times[:3] == [0.0, 10.0, 20.0]
    assert times[-1] - times[-2] == 30


@in_virtual_time
async def test_what_waits_for_a_person_is_not_redrawn() -> None:
    board = Board()
    async with running(board) as outbox:
        outbox.put(ADA, turn("may I?", TurnStatus.WAITING))
        outbox.put(BOB, turn(status=TurnStatus.QUEUED, started_at=None))
        outbox.put(BOB, question("Run a command?"))
        await asyncio.sleep(86400)

    assert len(board.drawn) == 3


@in_virtual_time
async def test_questions_go_first_then_finals_then_first_words_then_edits() -> None:
    board = Board()
    board.pace = 1.1
    async with running(board) as outbox:
        outbox.put(ADA, turn("begun"))
        await asyncio.sleep(0.01)
        await asyncio.sleep(2)
        outbox.put(ADA, turn("blocks the lane", view_id="t0"))
        await asyncio.sleep(0.01)

        outbox.put(ADA, turn("edit"))
        outbox.put(TOPIC, turn("first words", view_id="t2"))
        outbox.put(ADA, done("final", "t3"))
        outbox.put(TOPIC, question("question"))
        await outbox.flush()

    assert [d.text for d in board.drawn][2:] == [
        "question",
        "final",
        "first words",
        "edit",
    ]


@in_virtual_time
async def test_a_question_may_go_between_the_messages_of_a_long_answer() -> None:
    board = Board()
    board.pace, board.calls["t1"] = 1.1, 5
    async with running(board) as outbox:
        outbox.put(ADA, done("long"))
        await asyncio.sleep(2)
        outbox.put(TOPIC, question("urgent"))
        await outbox.flush()

    assert [d.text for d in board.drawn] == ["long", "long", "urgent"] + ["long"] * 3


@in_virtual_time
async def test_a_newer_view_replaces_one_that_is_half_drawn() -> None:
    board = Board()
    board.pace, board.calls["t1"] = 1.1, 3
    async with running(board) as outbox:
        outbox.put(ADA, turn("old"))
        await asyncio.sleep(1.5)
        outbox.put(ADA, done("new"))
        await outbox.flush()

    assert board.texts() == ["old", "old", "new"]


@in_virtual_time
async def test_flushing_does_not_wait_for_the_pause_between_edits() -> None:
    board = Board()
    async with running(board) as outbox:
        await asyncio.sleep(1000)
        outbox.put(ADA, turn("one"))
        await asyncio.sleep(1)
        outbox.put(ADA, turn("two"))

        await outbox.flush()
        flushed_at = ticks()

    assert flushed_at < 1001.1
    assert board.texts() == ["one", "two"]


@in_virtual_time
async def test_nothing_is_kept_of_what_is_over() -> None:
    board = Board()
    async with running(board) as outbox:
        for chat in range(100):
            address = replace(ADA, chat=str(chat))
            outbox.put(address, turn("draft"))
            await asyncio.sleep(2)
            outbox.put(address, done("answer"))
        await outbox.flush()
        await asyncio.sleep(1)

        assert len(outbox._lanes) == 0
        assert len(asyncio.all_tasks()) == 2  # this one, and the outbox


@in_virtual_time
async def test_a_wall_clock_that_jumps_disturbs_nobody() -> None:
    board = Board()
    jumped = [0.0]
    outbox = Outbox(now=lambda: ticks() + jumped[0])
    task = asyncio.create_task(outbox.run(board))
    for text in ("one", "two"):
        board.pace = 5
        outbox.put(ADA, turn(text))
        await asyncio.sleep(2)
        jumped[0] += 3600
    await asyncio.sleep(100)
    assert not task.done()

    outbox.put(ADA, done("three"))
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert board.texts()[-1] == "three"


@in_virtual_time
async def test_a_flood_of_views_is_drawn_no_more_often_than_calls_are_possible() -> (
    None
):
    """500 conversations at 20 deltas a second each, for 5 s."""
    board = Board()
    async with running(board) as outbox:
        for delta in range(100):
            for chat in range(500):
                address = replace(ADA, chat=str(chat))
                outbox.put(address, turn(f"word {delta}"))
            await asyncio.sleep(0.05)

    assert len(board.drawn) <= 500 * 5
    last: dict[str, Any] = {drawn.address.chat: drawn.text for drawn in board.drawn}
    assert min(int(text.removeprefix("word ")) for text in last.values()) > 60


@in_virtual_time
async def test_a_view_that_has_to_wait_holds_up_no_other_of_its_lane() -> None:
    board = Board()
    async with running(board) as outbox:
        board.failures["ada"] = [Busy(30.0)]
        outbox.put(ADA, turn("slow"))
        await asyncio.sleep(0.1)
        outbox.put(ADA, Notice(id="n1", text="quick"))
        await asyncio.sleep(35)

    assert board.texts() == ["slow", "quick", "slow"]
    assert board.times() == [0.0, 0.1, 30.0]


@in_virtual_time
async def test_what_begins_stands_below_what_ended_if_that_has_to_wait_a_moment() -> (
    None
):
    board = Board()
    async with running(board) as outbox:
        board.failures["ada"] = [Busy(1.0)]
        outbox.put(ADA, done("end of the first"))
        await asyncio.sleep(0.1)
        outbox.put(ADA, turn("begin of the second", view_id="t2"))
        await asyncio.sleep(3)
        board.failures["ada"] = [Busy(60.0)]
        outbox.put(ADA, done("end of the second", view_id="t2"))
        await asyncio.sleep(0.1)
        outbox.put(ADA, turn("begin of the third", view_id="t3"))
        await asyncio.sleep(1)

    texts = board.texts()
    assert texts[1:3] == ["end of the first", "begin of the second"]
    assert texts[3:] == ["end of the second", "begin of the third"]


@in_virtual_time
async def test_lanes_may_be_threads() -> None:
    board = Board()
    outbox = Outbox(lane_of=lambda address: f"{address.chat}/{address.thread}")
    async with running(board, outbox):
        board.failures["ada"] = [RateLimited(30.0)]
        outbox.put(ADA, Notice(id="n1", text="limited"))
        await asyncio.sleep(0.1)
        outbox.put(TOPIC, Notice(id="n2", text="free"))
        await asyncio.sleep(1)

    assert board.texts(TOPIC) == ["free"]


@in_virtual_time
async def test_a_platform_says_how_often_it_likes_edits() -> None:
    board = Board()
    cadence = Cadence(edit_interval=lambda age: 7.0, heartbeat=lambda age: 1000.0)
    async with running(board, Outbox(cadence=cadence, now=ticks)) as outbox:
        for word in ("a", "b", "c"):
            outbox.put(ADA, turn(word))
            await asyncio.sleep(7)

    assert board.pauses() == [7.0, 7.0]
