"""What Slack refuses is shown another way."""

from dataclasses import replace

import pytest

from adapters.base import Post
from adapters.inbound import MessageRef
from adapters.slack.errors import NotMember, Refused
from adapters.views import Said, TurnStatus
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.drawing import (
    ANSWER,
    BEGUN,
    DONE,
    NOTICE,
    QUESTION,
    SPEAKING,
    bring,
    flat,
    long_answer,
    refuses,
)
from tests.adapters.slack.paper import THREAD, PaperSlack, drawer, nth_call
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize("code", ["unknown_method", "feature_not_enabled"])
def test_a_workspace_without_streams_is_asked_once(code: str) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(), PaperScreen()
        slack.before = refuses("chat.startStream", code)
        pen = drawer(slack, screen)

        for turn in ("t1", "t2"):
            for view in (BEGUN, SPEAKING, DONE):
                await bring(pen, replace(view, id=turn))

        assert not pen.native
        assert slack.methods.count("startStream") == 1
        assert all(ANSWER in text for text in slack.texts)
        assert screen.done == ["t1", "t2"]
        assert len(slack.messages) == 2

    scene()


@in_virtual_time
async def test_a_channel_without_streams_says_nothing_about_others() -> None:
    slack = PaperSlack()
    slack.before = refuses("chat.startStream", "channel_type_not_supported")
    pen = drawer(slack, PaperScreen())

    for turn in ("t1", "t2"):
        await bring(pen, replace(SPEAKING, id=turn))

    assert pen.native
    assert slack.methods == ["startStream", "postMessage", "postMessage"]


@in_virtual_time
async def test_what_nobody_asked_for_is_not_streamed_in_a_channel() -> None:
    """There a stream has to be for somebody."""
    slack, channel = PaperSlack(), replace(THREAD, chat="C1")

    await bring(drawer(slack, PaperScreen()), replace(SPEAKING, for_id=""), channel)

    assert slack.methods == ["postMessage"]


@in_virtual_time
async def test_a_workspace_without_sessions_is_asked_once() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    slack.before = lambda _, params: (
        Refused("not_authorized") if "session_status" in params else None
    )
    pen = drawer(slack, screen)

    for turn in ("t1", "t2"):
        for view in (SPEAKING, DONE):
            await bring(pen, replace(view, id=turn))

    assert slack.methods.count("startStream") == 2
    assert slack.methods.count("stopStream") == 3
    assert slack.texts == [f"{ANSWER}\n\n✓ 5 s"] * 2


@in_virtual_time
async def test_a_stream_that_a_person_stopped_is_left_alone_until_the_turn_ends() -> (
    None
):
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)
    await bring(pen, SPEAKING)
    next(iter(slack.messages.values())).streaming = False
    slack.before = refuses("chat.appendStream", "stopped_by_user")

    more = replace(BEGUN, parts=(Said("The answer is", complete=False),))
    await bring(pen, more)
    await bring(pen, replace(more, parts=(Said("The answer is 4", complete=False),)))
    assert slack.methods == ["startStream", "appendStream"]
    await bring(
        pen, replace(more, status=TurnStatus.CANCELLED, parts=(Said("The answer is"),))
    )

    assert slack.texts == ["The answer is\n\n⏹ Stopped"]
    assert screen.done == ["t1"]


@in_virtual_time
async def test_words_that_turned_out_different_replace_what_was_streamed() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)

    await bring(pen, replace(BEGUN, parts=(Said("A draft", complete=False),)))
    await bring(pen, SPEAKING)
    await bring(pen, DONE)

    (text,) = slack.texts
    assert "draft" not in text
    assert ANSWER in text
    assert screen.done == ["t1"]


@in_virtual_time
async def test_blocks_that_are_refused_become_words() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    slack.before = lambda _, params: (
        Refused("invalid_blocks") if params.get("blocks") else None
    )

    await bring(drawer(slack, screen), NOTICE)

    assert slack.calls[-1][1]["markdown_text"] == "Hello"
    assert screen.done == ["n1"]


@in_virtual_time
async def test_a_question_keeps_its_buttons_where_its_blocks_are_refused() -> None:
    slack = PaperSlack()
    slack.before = nth_call(1, Refused("invalid_blocks"))

    await bring(drawer(slack, PaperScreen()), QUESTION)

    kinds = [block["type"] for block in slack.calls[-1][1]["blocks"]]
    assert kinds == ["markdown", "actions"]


@in_virtual_time
async def test_a_file_that_is_refused_comes_as_messages() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    slack.before = refuses("fill", "missing_scope")
    answer = long_answer(40_000)

    await bring(drawer(slack, screen), replace(DONE, parts=(Said(answer),)))

    shown = flat("\n".join(slack.texts[1:]))
    assert shown == flat(answer)
    assert screen.done == ["t1"]


@in_virtual_time
async def test_an_answer_that_somebody_deleted_comes_again_when_it_is_whole() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    pen = drawer(slack, screen)
    await bring(pen, SPEAKING)
    slack.messages.clear()

    await bring(pen, replace(BEGUN, parts=(Said("The answer is", complete=False),)))
    assert slack.texts == []
    await bring(pen, DONE)

    assert slack.texts == [f"{ANSWER}\n\n✓ 5 s"]
    assert screen.done == ["t1"]


@in_virtual_time
async def test_a_thread_that_is_closed_rests() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    slack.before = lambda *_: NotMember("is_archived")

    with pytest.raises(NotMember):
        await drawer(slack, screen).draw(THREAD, NOTICE)

    assert await screen.posts(THREAD, "n1") == []


@in_virtual_time
async def test_a_stream_killed_with_its_run_is_brought_to_its_end_by_the_next() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    await bring(drawer(slack, screen), SPEAKING)

    await bring(drawer(slack, screen), DONE)

    assert slack.methods == ["startStream", "update", "stopStream", "update"]
    assert slack.texts == [f"{ANSWER}\n\n✓ 5 s"]


@in_virtual_time
async def test_a_ref_that_could_not_be_recorded_is_not_lost() -> None:
    slack, screen = PaperSlack(), PaperScreen(failures=[OSError("disk full")])
    pen = drawer(slack, screen)

    with pytest.raises(OSError, match="disk full"):
        await pen.draw(THREAD, SPEAKING)
    await bring(pen, DONE)

    assert slack.methods == ["startStream", "stopStream"]
    assert await screen.posts(THREAD, "t1") == [Post("s0", MessageRef("101.0"))]
