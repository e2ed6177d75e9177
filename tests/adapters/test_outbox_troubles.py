"""The outbox waits out limits, outages and refusals, and loses nothing."""

import asyncio
import re

import pytest

from adapters.base import (
    Health,
    LoggedOut,
    RateLimited,
    Rejected,
    Unavailable,
    Unreachable,
)
from adapters.outbox import Outbox
from adapters.views import Notice
from tests.adapters.board import ADA, BOB, Board, done, question, running, turn
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")


@in_virtual_time
async def test_a_rate_limit_delays_one_chat_and_the_final_arrives_once() -> None:
    board = Board()
    board.failures["ada"] = [RateLimited(30)]
    async with running(board) as outbox:
        outbox.put(ADA, turn("draft"))
        await asyncio.sleep(1)
        outbox.put(ADA, done("answer"))
        outbox.put(BOB, done("other"))
        await outbox.flush()

    assert [(d.text, d.at) for d in board.drawn] == [
        ("draft", 0.0),
        ("other", 1.0),
        ("answer", 30.5),
    ]


@pytest.mark.parametrize("limit_s", [300, 4 * 3600])
def test_a_long_limit_in_one_chat_is_told_and_ends_with_questions_and_finals_first(
    limit_s: float,
) -> None:
    @in_virtual_time
    async def scene() -> None:
        board = Board()
        board.failures["ada"] = [RateLimited(limit_s)]
        async with running(board) as outbox:
            outbox.put(ADA, turn("draft", view_id="t2"))
            await asyncio.sleep(1)
            outbox.put(ADA, turn("still a draft", view_id="t2"))
            outbox.put(ADA, done("answer"))
            outbox.put(ADA, question("May I?"))
            outbox.put(BOB, done("unharmed", "t9"))
            await asyncio.sleep(limit_s - 100)
            assert board.texts(BOB) == ["unharmed"]
            assert board.texts() == ["draft"]
            told = outbox.told(Health("ok"))
            await asyncio.sleep(200)

        assert told.state == "ok"
        assert "1 kept waiting by a limit" in told.reason
        assert re.search(r"the longest for (99|100) s more", told.reason)
        assert board.texts()[1:4] == ["answer", "May I?", "still a draft"]
        assert board.times()[1] == pytest.approx(limit_s + 0.5, abs=0.2)
        assert outbox.told(Health("ok")).reason == ""

    scene()


@in_virtual_time
async def test_a_chat_that_blocked_us_is_told_of_while_something_waits_for_it() -> None:
    board = Board()
    board.failures["ada"] = [Unreachable("bot was blocked by the user")]
    async with running(board) as outbox:
        outbox.put(ADA, done("answer"))
        await asyncio.sleep(1)
        assert "1 not accepting messages" in outbox.told(Health("ok")).reason

        outbox.revive("ada")
        await outbox.flush()
        assert outbox.told(Health("ok")) == Health("ok")


@in_virtual_time
async def test_after_a_rate_limit_edits_are_rarer_until_it_is_forgiven() -> None:
    board = Board()
    board.failures["ada"] = [RateLimited(1), RateLimited(1)]
    async with running(board) as outbox:
        for second in range(1500):
            outbox.put(ADA, turn(f"word {second}", started_at=ticks()))
            await asyncio.sleep(1)

    pauses = board.pauses()
    assert pauses[3] == pytest.approx(6, abs=0.2)  # four times 1.5
    assert pauses[-1] == pytest.approx(2, abs=0.6)  # two forgiven: each word, nearly


@in_virtual_time
async def test_a_chat_that_blocked_us_rests_until_it_is_revived() -> None:
    board = Board()
    board.failures["ada"] = [Unreachable("bot was blocked by the user")]
    async with running(board) as outbox:
        outbox.put(ADA, turn("draft"))
        await asyncio.sleep(100)
        outbox.put(ADA, done("answer"))
        await asyncio.sleep(100)
        assert board.texts() == ["draft"]

        outbox.revive("ada")
        await outbox.flush()

    assert board.texts() == ["draft", "answer"]


@in_virtual_time
async def test_news_of_another_kind_tries_a_chat_that_blocked_us() -> None:
    board = Board()
    board.failures["ada"] = [Unreachable("chat not found")]
    async with running(board) as outbox:
        outbox.put(ADA, done("answer"))
        await asyncio.sleep(100)
        outbox.put(ADA, Notice(id="n1", text="hello again"))
        await outbox.flush()

    assert board.texts() == ["answer", "answer", "hello again"]


@in_virtual_time
async def test_an_outage_is_waited_out_ever_more_patiently() -> None:
    board = Board()
    board.failures["ada"] = [Unavailable("no network") for _ in range(9)]
    async with running(board) as outbox:
        outbox.put(ADA, done("answer"))
        await outbox.flush()

    pauses = board.pauses()
    for pause, least in zip(pauses, (1, 2, 4, 8, 16, 30, 30, 30, 30), strict=True):
        assert least - 0.2 <= pause <= min(least + 1, 30) + 0.2


@in_virtual_time
async def test_a_refused_view_is_not_tried_for_ever() -> None:
    board = Board()
    board.failures["ada"] = [Rejected("no")]
    async with running(board) as outbox:
        outbox.put(ADA, done("answer"))
        await outbox.flush()
        await asyncio.sleep(1000)

    assert board.texts() == ["answer"]


@in_virtual_time
async def test_a_bug_in_one_view_leaves_its_neighbours_alone() -> None:
    board = Board()
    board.failures["ada"] = [ValueError("a bug")]
    async with running(board) as outbox:
        outbox.put(ADA, done("broken"))
        await asyncio.sleep(0.1)
        outbox.put(ADA, done("fine", "t2"))
        outbox.put(ADA, done("as well", "t3"))
        await outbox.flush()

    assert board.texts() == ["broken", "fine", "as well", "broken"]


@in_virtual_time
async def test_what_a_token_taken_back_kept_away_is_shown_when_it_is_given_again() -> (
    None
):
    board = Board()
    board.failures["ada"] = [LoggedOut("401")] * 9
    outbox = Outbox(now=ticks)
    outbox.put(ADA, done("answer"))

    async with running(board, outbox):
        await outbox.flush()

    assert board.texts() == ["answer"] * 10
    assert max(board.pauses()) <= 31
