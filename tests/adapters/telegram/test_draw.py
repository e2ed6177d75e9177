import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.base import Ambiguous, Post, RateLimited, Rejected, Unavailable
from adapters.inbound import Address, MessageRef
from adapters.outbox import Outbox
from adapters.telegram.budget import Budget
from adapters.telegram.draw import Drawer
from adapters.telegram.errors import (
    BadText,
    MessageGone,
    ReplyGone,
    ThreadGone,
    Uneditable,
)
from adapters.telegram.render import render
from adapters.telegram.sheet import MAX_DOUBTS
from adapters.telegram.uploads import Uploads
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
from tests.adapters.kills import Fuse, Killed, PaperScreen, kills
from tests.adapters.telegram.paper import (
    BOLD,
    CHAT,
    PaperTelegram,
    drawer,
    pieces_of,
)
from tests.virtual_time import in_virtual_time, ticks

TOPIC = Address("telegram", "1001", "7")
SENT_AGAIN = "(sent again: Telegram did not confirm the first)"
TOPIC_GONE = "(shown here because its topic is gone)"
ANSWER = "The answer is 42."

QUEUED = TurnView(id="t1", status=TurnStatus.QUEUED, reply_to=MessageRef("5"))
BEGUN = replace(QUEUED, status=TurnStatus.RUNNING)
SPEAKING = replace(BEGUN, parts=(Said("The ans", complete=False),))
SHORT = replace(BEGUN, status=TurnStatus.DONE, parts=(Said(ANSWER),))
LONG = replace(SHORT, started_at=0.0)
QUESTION = QuestionView(
    id="q1", turn_id="t1", title="May I?", options=(Option("yes", "Yes"),)
)
DECIDED = replace(QUESTION, title="Yes", status=QuestionStatus.DECIDED)
NOTICE = Notice(id="n1", text="Hello")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks are expected here, and printing them takes longer than the tests."""
    with capture_logs():
        yield


async def bring(drawer: Drawer, view: View, address: Address = CHAT) -> None:
    """Draw until the screen shows the view, as the outbox would without trouble."""
    for _ in range(40):
        if await drawer.draw(address, view):
            return
    raise AssertionError("it never ends")


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


# --- a process that dies ------------------------------------------------------


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


def nth_call(n: int, error: Exception) -> Callable[..., Exception | None]:
    left = [n]

    def fail(method: str, params: dict[str, Any]) -> Exception | None:
        left[0] -= 1
        return error if left[0] == 0 else None

    return fail


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


# --- a platform that refuses --------------------------------------------------


@in_virtual_time
async def test_entities_that_are_refused_are_left_out() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = lambda _, params: (
        BadText("can't parse entities") if "entities" in params else None
    )

    await bring(drawer(telegram, screen), SHORT)

    assert telegram.texts == [ANSWER]
    assert telegram.methods == ["sendMessage", "editMessageText", "editMessageText"]
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_text_that_is_too_long_after_all_becomes_two() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = lambda _, params: (
        BadText("message is too long") if len(params["text"]) > 10 else None
    )

    await bring(drawer(telegram, screen), SHORT)

    assert "".join(telegram.texts) == ANSWER
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_message_to_reply_to_may_be_gone() -> None:
    telegram = PaperTelegram()
    telegram.before = lambda _, params: (
        ReplyGone("message to be replied not found")
        if "reply_parameters" in params
        else None
    )

    await bring(drawer(telegram, PaperScreen()), SHORT)

    assert telegram.texts == [ANSWER]


@in_virtual_time
async def test_a_topic_that_is_gone_is_replaced_by_the_chat_itself() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = lambda _, params: (
        ThreadGone("topic_closed") if "message_thread_id" in params else None
    )

    await bring(drawer(telegram, screen), LONG, TOPIC)

    assert telegram.texts == [f"Log\n\n{TOPIC_GONE}", ANSWER, "The rest"]
    assert screen.done == ["t1"]


@pytest.mark.parametrize("error", [MessageGone("gone"), Uneditable("no")])
def test_a_status_that_somebody_deleted_stays_away_until_the_answer(
    error: Rejected,
) -> None:
    @in_virtual_time
    async def scene() -> None:
        telegram, screen = PaperTelegram(), PaperScreen()
        pen = drawer(telegram, screen)
        await bring(pen, BEGUN)
        telegram.messages.clear()
        telegram.before = nth_call(1, error)

        await bring(pen, SPEAKING)
        await bring(pen, replace(SPEAKING, parts=(Said("The answer"),)))
        assert telegram.texts == []
        await bring(pen, SHORT)

        assert telegram.texts == [ANSWER]
        assert screen.done == ["t1"]

    scene()


@in_virtual_time
async def test_a_question_that_somebody_deleted_comes_back_while_it_is_open() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    pen = drawer(telegram, screen)
    await bring(pen, QUESTION)
    telegram.messages.clear()

    await bring(pen, replace(QUESTION, title="May I, please?"))
    assert telegram.texts == ["May I, please?"]
    telegram.messages.clear()
    await bring(pen, DECIDED)

    assert telegram.texts == []
    assert screen.done == ["q1"]


@in_virtual_time
async def test_what_cannot_be_deleted_is_left() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = lambda method, _: (
        Rejected("message can't be deleted") if method == "deleteMessage" else None
    )
    pen = drawer(telegram, screen)

    for view in (QUEUED, BEGUN, SHORT):
        await bring(pen, view)

    assert telegram.texts == ["Queued", ANSWER]
    assert telegram.methods.count("deleteMessage") == 1
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_piece_that_is_refused_for_no_known_reason_spares_the_others() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = lambda _, params: (
        Rejected("BUTTON_DATA_INVALID") if params["text"] == "Log" else None
    )

    await bring(drawer(telegram, screen), LONG)

    assert telegram.texts == ["Done", ANSWER, "The rest"]
    assert screen.done == []  # it is not whole


@in_virtual_time
async def test_deleting_everything_at_once_ends_some_time() -> None:
    telegram, screen = PaperTelegram(), PaperScreen()
    telegram.before = lambda method, _: (
        MessageGone("gone") if method == "editMessageText" else None
    )

    await bring(drawer(telegram, screen), LONG)

    assert len(telegram.calls) < 40


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
