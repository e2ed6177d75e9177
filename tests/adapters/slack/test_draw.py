import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.base import Ambiguous, Busy, Post, Unavailable
from adapters.inbound import Address, MessageRef
from adapters.language import say
from adapters.outbox import Outbox
from adapters.slack.draw import CADENCE, Drawer, lane_of
from adapters.slack.errors import NotMember, Refused
from adapters.slack.split import seam
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.kills import Fuse, Killed, PaperScreen, kills
from tests.adapters.slack.paper import THREAD, PaperSlack, drawer, nth_call
from tests.virtual_time import in_virtual_time, ticks

ANSWER = "The answer is 42."

QUEUED = TurnView(
    id="t1",
    status=TurnStatus.QUEUED,
    reply_to=MessageRef("100.0"),
    for_id="UADA",
    position=1,
)
BEGUN = replace(QUEUED, status=TurnStatus.RUNNING, started_at=0.0, position=0)
SPEAKING = replace(BEGUN, parts=(Said("The ans", complete=False),))
DONE = replace(BEGUN, status=TurnStatus.DONE, parts=(Said(ANSWER),), ended_at=5.0)
QUESTION = QuestionView(
    id="q1", turn_id="t1", title="May I?", options=(Option("yes", "Yes"),)
)
DECIDED = replace(QUESTION, status=QuestionStatus.DECIDED, outcome="Allowed by Ada")
NOTICE = Notice(id="n1", text="Hello", reply_to=MessageRef("100.0"))
TEST = Step("s1", "Run npm test", "execute")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks are expected here, and printing them takes longer than the tests."""
    with capture_logs():
        yield


async def bring(pen: Drawer, view: View, address: Address = THREAD) -> None:
    """Draw until the screen shows the view, as the outbox would."""
    for _ in range(60):
        try:
            if await pen.draw(address, view):
                return
        except Busy as busy:
            await asyncio.sleep(busy.wait_s)
    raise AssertionError("it never ends")


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


# --- long answers -------------------------------------------------------------


def long_answer(characters: int) -> str:
    """Paragraphs and code, none of it like the other."""
    blocks: list[str] = []
    while sum(map(len, blocks)) < characters:
        number = len(blocks)
        lines = "\n\n".join(f"print({number}, {line})" for line in range(40))
        blocks.append(f"```python\n{lines}\n```")
        blocks.append(f"Paragraph {number} " + "with words " * 30)
    return "\n\n".join(blocks).rstrip()


def flat(text: str) -> str:
    """Its words, but for fences and white space: those change at a seam."""
    lines = [line for line in text.split("\n") if "```" not in line]
    return "".join("".join(lines).split())


async def stream(pen: Drawer, answer: str, pieces: int = 40) -> None:
    for piece in range(1, pieces):
        said = answer[: len(answer) * piece // pieces]
        await bring(pen, replace(BEGUN, parts=(Said(said, complete=False),)))
        await asyncio.sleep(1)
    await bring(pen, replace(DONE, parts=(Said(answer),)))


@pytest.mark.parametrize("stream_bytes", [10_600, 5_000, 2_000])
def test_a_long_answer_is_several_messages_that_read_well(stream_bytes: int) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(stream_bytes=stream_bytes), PaperScreen()
        answer = long_answer(30_000)

        await stream(drawer(slack, screen), answer)

        messages = list(slack.messages.values())
        assert flat("\n".join(m.text for m in messages)) == flat(answer)
        assert all(seam(m.text, "")[0] == "" for m in messages)
        assert all(m.bytes <= stream_bytes for m in messages)
        assert not any(m.streaming for m in messages)
        assert screen.done == ["t1"]

    scene()


@in_virtual_time
async def test_prose_is_cut_at_paragraphs_and_loses_nothing_but_them() -> None:
    slack = PaperSlack()
    paragraphs = [f"Paragraph {n} " + "of many words " * 40 for n in range(60)]
    answer = "\n\n".join(paragraphs).rstrip()

    await stream(drawer(slack, PaperScreen()), answer, pieces=97)

    assert "".join(m.text for m in slack.messages.values()) == answer
    assert all(text.startswith("Paragraph") for text in slack.texts)


@in_virtual_time
async def test_a_stream_is_ended_before_slack_ends_it() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=ticks)
    task = asyncio.create_task(outbox.run(drawer(slack, screen)))

    outbox.put(THREAD, replace(BEGUN, parts=(Said("It takes long."), TEST)))
    await asyncio.sleep(1000)
    parts = (Said("It takes long."), replace(TEST, ok=True), Said(ANSWER))
    outbox.put(THREAD, replace(DONE, parts=parts))
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert "update" not in slack.methods
    assert len(slack.messages) == 4 + 1
    assert "".join(m.text for m in slack.messages.values()) == (
        f"It takes long.{ANSWER}"
    )
    assert [m.cards["s1"]["status"] for m in slack.messages.values()] == (
        ["complete"] * 5
    )


# --- a Slack that fails -------------------------------------------------------


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


# --- a Slack that refuses -----------------------------------------------------


def refuses(method: str, code: str) -> Callable[..., Exception | None]:
    return lambda called, _: Refused(code) if called == method else None


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
