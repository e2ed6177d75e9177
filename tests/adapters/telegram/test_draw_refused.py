"""What Telegram refuses is shown another way, or left."""

from dataclasses import replace

import pytest

from adapters.base import Rejected
from adapters.telegram.errors import (
    BadText,
    MessageGone,
    ReplyGone,
    ThreadGone,
    Uneditable,
)
from adapters.views import Said
from tests.adapters.kills import PaperScreen
from tests.adapters.telegram.drawing import (
    ANSWER,
    BEGUN,
    DECIDED,
    LONG,
    QUESTION,
    QUEUED,
    SHORT,
    SPEAKING,
    TOPIC,
    bring,
    nth_call,
)
from tests.adapters.telegram.paper import PaperTelegram, drawer
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.usefixtures("quiet")
TOPIC_GONE = "(shown here because its topic is gone)"


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
