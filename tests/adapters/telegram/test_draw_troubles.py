"""Whatever fails or dies while it draws, there is one answer."""

import asyncio
from dataclasses import replace

import pytest

from adapters.base import Ambiguous, Post, RateLimited, Unavailable
from adapters.inbound import MessageRef
from adapters.outbox import Outbox
from adapters.telegram.budget import Budget
from adapters.telegram.draw import Drawer
from adapters.telegram.render import render
from adapters.telegram.sheet import MAX_DOUBTS
from adapters.telegram.uploads import Uploads
from adapters.views import TurnView, View
from tests.adapters.kills import Fuse, Killed, PaperScreen, kills
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
    bring,
    nth_call,
)
from tests.adapters.telegram.paper import CHAT, PaperTelegram, drawer, pieces_of
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")
SENT_AGAIN = "(sent again: Telegram did not confirm the first)"


@pytest.mark.parametrize("final", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("second_kill", [0, 1, 2, 3, 5, 8])
def test_however_a_run_is_killed_there_is_one_answer(
    final: TurnView, second_kill: int
) -> None:
    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        telegram, screen = PaperTelegram(fuse), PaperScreen(fuse)
        try:
            pen = drawer(telegram, screen)
            for view in (QUEUED, BEGUN, SPEAKING, final):
                await bring(pen, view)
        except Killed:
            telegram.fuse = screen.fuse = Fuse(at=second_kill)
            try:
                await bring(drawer(telegram, screen), final)
            except Killed:
                telegram.fuse = screen.fuse = Fuse()
                await bring(drawer(telegram, screen), final)

        wanted = [ANSWER] if final is SHORT else ["Log", ANSWER, "The rest"]
        strays = [text for text in telegram.texts if text not in wanted]
        assert [text for text in telegram.texts if text in wanted] == wanted
        assert len(strays) <= 2  # one for each kill, and no answer among them
        assert not any("42" in stray for stray in strays)
        assert screen.done[-1] == "t1"

    for fuse in kills():
        live_and_die(fuse)


@pytest.mark.parametrize("lasted_s", [5, 75])
def test_however_it_is_killed_the_real_pieces_hold_one_answer(lasted_s: float) -> None:
    final = replace(LONG, ended_at=lasted_s)

    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        telegram, screen = PaperTelegram(fuse), PaperScreen(fuse)
        try:
            pen = Drawer(telegram, Budget(), screen, render, uploads=Uploads(telegram))
            for view in (QUEUED, BEGUN, SPEAKING, final):
                await bring(pen, view)
        except Killed:
            telegram.fuse = screen.fuse = Fuse()
            await bring(
                Drawer(telegram, Budget(), screen, render, uploads=Uploads(telegram)),
                final,
            )

        assert sum(ANSWER in text for text in telegram.texts) == 1
        assert screen.done[-1] == "t1"

    for fuse in kills():
        live_and_die(fuse)


@pytest.mark.parametrize("view", [NOTICE, QUESTION, DECIDED], ids=lambda view: view.id)
def test_what_may_have_been_sent_twice_says_so(view: View) -> None:
    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        telegram, screen = PaperTelegram(fuse), PaperScreen(fuse)
        try:
            await bring(drawer(telegram, screen), view)
        except Killed:
            telegram.fuse = screen.fuse = Fuse()
            await bring(drawer(telegram, screen), view)

        *first, last = telegram.texts
        assert len(first) <= 1
        if first:
            assert last == f"{first[0]}\n\n{SENT_AGAIN}"

    for fuse in kills():
        live_and_die(fuse)


# --- a platform that fails ----------------------------------------------------


FAILURES = [
    ("before", RateLimited(3)),
    ("before", Unavailable("down")),
    ("before", Ambiguous("time-out")),
    ("before", ValueError("a bug")),
    ("after", Ambiguous("time-out")),
    ("after", ValueError("a bug")),
]


@pytest.mark.parametrize(("when", "error"), FAILURES, ids=repr)
def test_whichever_call_fails_there_is_one_answer(when: str, error: Exception) -> None:
    @in_virtual_time
    async def scene(nth: int) -> None:
        telegram, screen = PaperTelegram(), PaperScreen()
        setattr(telegram, when, nth_call(nth, error))
        outbox = Outbox(now=ticks)
        task = asyncio.create_task(outbox.run(drawer(telegram, screen)))
        for view in (QUEUED, BEGUN, SPEAKING, LONG):
            outbox.put(CHAT, view)
            await outbox.flush()
        task.cancel()
        await asyncio.wait([task])

        assert telegram.texts.count(ANSWER) == 1
        assert sum("42" in text for text in telegram.texts) == 1
        assert screen.done == ["t1"]

    for nth in range(1, 12):
        scene(nth)


@in_virtual_time
async def test_a_ref_that_could_not_be_recorded_is_not_lost() -> None:
    telegram, screen = PaperTelegram(), PaperScreen(failures=[OSError("disk full")])
    pen = drawer(telegram, screen)

    with pytest.raises(OSError, match="disk full"):
        await pen.draw(CHAT, BEGUN)
    await bring(pen, BEGUN)

    assert telegram.methods == ["sendMessage"]
    assert await screen.posts(CHAT, "t1") == [Post("w0", MessageRef("1"))]


@in_virtual_time
async def test_a_send_that_is_never_confirmed_is_repeated_a_few_times_only() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.after = lambda method, _: (
        Ambiguous("time-out") if method == "sendMessage" else None
    )
    outbox = Outbox(now=ticks)
    task = asyncio.create_task(outbox.run(drawer(telegram, screen)))

    outbox.put(CHAT, NOTICE)
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert telegram.texts == ["Hello"] + [f"Hello\n\n{SENT_AGAIN}"] * (MAX_DOUBTS - 1)
    assert screen.done == []  # so the bot may show it again one day


@pytest.mark.parametrize("view", [NOTICE, QUESTION, BEGUN, LONG], ids=lambda v: v.id)
@pytest.mark.parametrize("hours", [0.01, 4])
def test_a_storm_that_swallows_answers_is_sent_into_once(
    hours: float, view: View
) -> None:
    @in_virtual_time
    async def scene() -> None:
        telegram, screen = PaperTelegram(), PaperScreen()
        telegram.after = lambda method, _: (
            Ambiguous("502") if ticks() < hours * 3600 else None
        )
        outbox = Outbox(now=ticks)
        task = asyncio.create_task(outbox.run(drawer(telegram, screen)))
        outbox.put(CHAT, view)
        await outbox.flush()
        task.cancel()
        await asyncio.wait([task])

        pieces = len(pieces_of(view, now=0.0))
        assert telegram.methods.count("sendMessage") == pieces + 1

    scene()


@in_virtual_time
async def test_a_send_that_surely_failed_is_not_called_a_repetition() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = nth_call(1, RateLimited(3))
    with pytest.raises(RateLimited):
        await drawer(telegram, screen).draw(CHAT, NOTICE)

    await bring(drawer(telegram, screen), NOTICE)

    assert telegram.texts == ["Hello"]
