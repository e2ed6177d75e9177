"""Whatever fails or dies while it draws, there is one answer."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.base import Ambiguous, Busy, Unavailable
from adapters.outbox import Outbox
from adapters.slack.draw import CADENCE, lane_of
from adapters.views import Said, TurnStatus, View
from tests.adapters.kills import Fuse, Killed, PaperScreen, kills
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
    flat,
    long_answer,
)
from tests.adapters.slack.paper import THREAD, PaperSlack, drawer, nth_call
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")


@in_virtual_time
async def test_a_stream_that_was_killed_is_repaired_and_goes_on_below() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)
    answer = long_answer(4_000)

    await bring(pen, replace(BEGUN, parts=(Said(answer[:2000], complete=False),)))
    next(iter(slack.messages.values())).ends_at = 0.0
    await bring(pen, replace(BEGUN, parts=(Said(answer[:3000], complete=False),)))
    await bring(pen, replace(DONE, parts=(Said(answer),)))

    assert slack.methods == [
        "startStream",
        "appendStream",
        "update",
        "startStream",
        "stopStream",
    ]
    assert flat("".join(m.text for m in slack.messages.values())) == flat(answer)
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_stream_that_expires_at_the_very_end_ends_in_an_edit() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    await bring(pen, SPEAKING)
    await asyncio.sleep(400)
    await bring(pen, DONE)

    assert slack.methods == ["startStream", "stopStream", "update"]
    assert slack.texts == [f"{ANSWER}\n\n✓ 5 s"]


FAILURES = [
    ("before", Busy(3)),
    ("before", Unavailable("down")),
    ("before", Ambiguous("time-out")),
    ("before", ValueError("a bug")),
    ("after", Ambiguous("time-out")),
    ("after", ValueError("a bug")),
]


def whole_turn() -> Iterator[tuple[View, ...]]:
    """A turn that does all a turn can do, view by view."""
    said, answer = Said("I will look."), long_answer(15_000)
    yield (QUEUED,)
    yield (BEGUN,)
    yield (replace(BEGUN, parts=(said, TEST)),)
    waiting = replace(BEGUN, parts=(said, TEST), status=TurnStatus.WAITING)
    yield (waiting, QUESTION)
    ran = replace(TEST, ok=True)
    yield (replace(BEGUN, parts=(said, ran)), DECIDED)
    for part in (3, 2):
        draft = Said(answer[: len(answer) // part], complete=False)
        yield (replace(BEGUN, parts=(said, ran, draft)),)
    yield (replace(DONE, parts=(said, ran, Said(answer))),)


FINAL = [*whole_turn()][-1][0]
MARKS = re.findall(r"print\(\d+,\d+\)|Paragraph\d+with", flat(long_answer(15_000)))


def answers(slack: PaperSlack) -> str:
    """What was said, in all messages and files."""
    texts = [message.text for message in slack.messages.values()]
    return flat("\n".join(text for text in texts if "Allowed" not in text))


def assert_shown_once(slack: PaperSlack) -> None:
    shown = answers(slack)
    assert shown.count("Iwilllook.") == 1
    for line in MARKS:
        assert shown.count(line) == 1, line
    assert not any(message.streaming for message in slack.messages.values())


@pytest.mark.parametrize(("when", "error"), FAILURES, ids=repr)
def test_whichever_call_fails_there_is_one_answer(when: str, error: Exception) -> None:
    @in_virtual_time
    async def scene(nth: int) -> None:
        slack, screen = PaperSlack(), PaperScreen()
        setattr(slack, when, nth_call(nth, error))
        outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=ticks)
        task = asyncio.create_task(outbox.run(drawer(slack, screen)))
        for views in whole_turn():
            for view in views:
                outbox.put(THREAD, view)
            await outbox.flush()
        task.cancel()
        await asyncio.wait([task])

        assert_shown_once(slack)
        assert sorted(screen.done) == ["q1", "t1"]

    for nth in range(1, 20):
        scene(nth)


# --- a process that dies ------------------------------------------------------


@pytest.mark.parametrize("second_kill", [0, 1, 2, 3, 5, 8, 13])
def test_however_a_run_is_killed_there_is_one_answer(second_kill: int) -> None:
    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        slack, screen = PaperSlack(fuse), PaperScreen(fuse)

        async def again() -> None:
            pen = drawer(slack, screen)
            await bring(pen, DECIDED)
            await bring(pen, FINAL)

        try:
            pen = drawer(slack, screen)
            for views in whole_turn():
                for view in views:
                    await bring(pen, view)
        except Killed:
            slack.fuse = screen.fuse = Fuse(at=second_kill)
            try:
                await again()
            except Killed:
                slack.fuse = screen.fuse = Fuse()
                await again()

        assert_shown_once(slack)
        assert not any("Queued" in text for text in slack.texts)
        assert screen.done[-1] == "t1"

    for fuse in kills():
        live_and_die(fuse)


@pytest.mark.parametrize("view", [NOTICE, QUESTION, DECIDED], ids=lambda view: view.id)
def test_no_post_is_ever_sent_twice(view: View) -> None:
    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        slack, screen = PaperSlack(fuse), PaperScreen(fuse)
        try:
            await bring(drawer(slack, screen), view)
        except Killed:
            slack.fuse = screen.fuse = Fuse()
            await bring(drawer(slack, screen), view)

        assert len(slack.messages) == 1

    for fuse in kills():
        live_and_die(fuse)


def test_a_file_is_uploaded_once_however_often_the_run_is_killed() -> None:
    notice = replace(NOTICE, text=long_answer(12_000))

    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        slack, screen = PaperSlack(fuse), PaperScreen(fuse)
        try:
            await bring(drawer(slack, screen), notice)
        except Killed:
            slack.fuse = screen.fuse = Fuse()
            await bring(drawer(slack, screen), notice)

        _, file = slack.messages.values()
        assert file.text == notice.text
        assert screen.done[-1] == "n1"

    for fuse in kills():
        live_and_die(fuse)
