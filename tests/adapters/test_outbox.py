import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.base import (
    Busy,
    Health,
    LoggedOut,
    RateLimited,
    Rejected,
    Unavailable,
    Unreachable,
)
from adapters.inbound import Address
from adapters.lane import Cadence, Urgency
from adapters.outbox import Outbox
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    TurnStatus,
    TurnView,
    View,
)
from tests.virtual_time import in_virtual_time, ticks

ADA = Address("fake", "ada")
BOB = Address("fake", "bob")
TOPIC = Address("fake", "ada", "7")


@dataclass(frozen=True)
class Drawn:
    """A call the canvas was asked for, and when."""

    address: Address
    view: View
    at: float

    @property
    def text(self) -> str:
        return words_of(self.view)


def words_of(view: View) -> str:
    match view:
        case TurnView(parts=(*_, Said(text=text))):
            return text
        case Notice(text=text) | QuestionView(title=text):
            return text
        case _:
            return ""


class Board:
    """A canvas where a view takes *calls* calls, *pace* seconds apart in each chat."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = defaultdict(lambda: 1)  # by view id
        self.pace = 0.0
        self.drawn: list[Drawn] = []
        self.failures: dict[str, list[Exception]] = defaultdict(list)  # by chat
        self._left: dict[tuple[str, str], int] = {}
        self._free_at: dict[str, float] = defaultdict(float)

    async def ready(self, chat: str, urgency: Callable[[], Urgency]) -> None:
        await asyncio.sleep(self._free_at[chat] - ticks())
        self._free_at[chat] = ticks() + self.pace

    async def draw(self, address: Address, view: View) -> bool:
        self.drawn.append(Drawn(address, view, round(ticks(), 1)))
        await asyncio.sleep(0)
        if self.failures[address.chat]:
            raise self.failures[address.chat].pop(0)
        key = (address.chat, view.id)
        self._left[key] = self._left.get(key, self.calls[view.id]) - 1
        if self._left[key] > 0:
            return False
        del self._left[key]
        return True

    def texts(self, address: Address = ADA) -> list[str]:
        return [drawn.text for drawn in self.drawn if drawn.address == address]

    def times(self, address: Address = ADA) -> list[float]:
        return [drawn.at for drawn in self.drawn if drawn.address == address]

    def pauses(self) -> list[float]:
        return [round(b - a, 1) for a, b in pairwise(self.times())]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks are expected here, and printing them takes longer than the tests."""
    with capture_logs():
        yield


@asynccontextmanager
async def running(board: Board, outbox: Outbox | None = None) -> AsyncIterator[Outbox]:
    outbox = outbox or Outbox(now=ticks)
    task = asyncio.create_task(outbox.run(board))
    yield outbox
    task.cancel()
    await asyncio.wait([task])


def turn(
    text: str = "",
    status: TurnStatus = TurnStatus.RUNNING,
    *,
    view_id: str = "t1",
    started_at: float | None = 0.0,
) -> TurnView:
    parts = (Said(text, complete=False),) if text else ()
    return TurnView(id=view_id, status=status, parts=parts, started_at=started_at)


def done(text: str, view_id: str = "t1") -> TurnView:
    return turn(text, TurnStatus.DONE, view_id=view_id)


def question(title: str, status: QuestionStatus = QuestionStatus.OPEN) -> QuestionView:
    return QuestionView(
        id="q1", turn_id="t1", title=title, options=(Option("y", "Yes"),), status=status
    )


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
