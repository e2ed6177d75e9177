"""Words too long for messages: a beginning, and a file with all of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.slack.long import MAX_SAID
from adapters.slack.render import render
from adapters.slack.script import script_of
from adapters.slack.split import seam
from adapters.views import Said, Step, TurnStatus, View
from tests.adapters.kills import Fuse, Killed, PaperScreen, kills
from tests.adapters.slack.drawing import BEGUN, DONE, bring, refuses
from tests.adapters.slack.paper import PaperSlack, drawer
from tests.adapters.slack.views import faults
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.usefixtures("quiet")

LINES = "\n".join(f"line {number} of it" for number in range(15_000))
CODE = "```python\n" + "x = 1\n" * 10_000 + "```"
GROWING = "✂️ This is getting long: all of it comes as `answer.md` once it is done."
TOLD = "📄 All of it is in answer.md below."


def growing(text: str) -> Iterator[View]:
    for length in (5_000, MAX_SAID, MAX_SAID + 500, MAX_SAID * 2, len(text) - 1):
        yield replace(BEGUN, parts=(Said(text[:length], complete=False),))


def done(text: str) -> View:
    return replace(DONE, parts=(Said(text),))


def words(slack: PaperSlack) -> str:
    return "".join(m.text for m in slack.messages.values() if not m.files)


def test_megabytes_are_one_message_and_a_file() -> None:
    text = LINES * 21

    (piece,) = render(done(text), now=5.0)

    assert len(text) > 5_000_000
    assert piece.blocks[0]["text"].startswith("line 0 of it\nline 1 of it")
    assert piece.rest == text
    assert list(faults([piece])) == []


def test_the_message_is_not_empty_where_only_the_work_is_long() -> None:
    parts = (Said(LINES), Step("1", "Read", ok=True), Said(" \n"))

    (piece,) = render(replace(DONE, parts=parts), now=5.0)

    assert list(faults([piece])) == []
    assert piece.rest.startswith(LINES)


@pytest.mark.parametrize("text", [LINES, CODE, "x" * 50_000, "<@U0" * 12_000])
def test_while_it_grows_its_earlier_words_stay(text: str) -> None:
    shown = ""
    for length in range(MAX_SAID - 50, MAX_SAID + 1_200, 37):
        view = replace(BEGUN, parts=(Said(text[:length], complete=False),))
        said = script_of(view).words
        assert said.startswith(shown)
        shown = said

    last = replace(DONE, parts=(Said(text), Step("1", "Read", ok=True), Said("Next.")))
    script = script_of(last)
    assert script.words == f"{shown}\n\nNext."
    assert shown.endswith(f"\n\n{GROWING}")
    assert seam(shown, "")[0] == ""


def test_what_posts_show_stays_while_it_grows_and_says_that_a_file_comes() -> None:
    _, _, *views = growing(LINES)

    first, *others = [render(view, now=5.0)[:-1] for view in views[1:]]

    assert all(pieces == first for pieces in others)
    (*_, last) = render(views[-1], now=5.0)
    assert GROWING in str(last.blocks)
    assert list(faults([*first, last])) == []
    assert not last.rest


@pytest.mark.parametrize("status", [TurnStatus.DONE, TurnStatus.FAILED])
def test_a_stream_ends_with_the_file_below_it(status: TurnStatus) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(), PaperScreen()
        pen = drawer(slack, screen)

        for view in growing(LINES):
            await bring(pen, view)
        await bring(pen, replace(DONE, status=status, parts=(Said(LINES),)))

        *messages, file = slack.messages.values()
        assert 5 <= len(messages) <= 7
        assert words(slack).startswith(LINES[:MAX_SAID])
        assert words(slack).endswith(f" of it\n\n{GROWING}")
        assert TOLD in messages[-1].read
        assert not any(message.streaming for message in messages)
        assert file.text == LINES
        assert not {"update", "delete"} & set(slack.methods)
        assert screen.done == ["t1"]

    scene()


@in_virtual_time
async def test_without_streams_the_posts_become_one_and_a_file() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    slack.before = refuses("chat.startStream", "unknown_method")
    pen = drawer(slack, screen)

    for view in growing(LINES):
        await bring(pen, view)
    assert words(slack).count(GROWING) == 1
    await bring(pen, done(LINES))

    message, file = slack.messages.values()
    assert TOLD in message.text
    assert file.text == LINES
    assert screen.done == ["t1"]


@pytest.mark.parametrize("streams", [True, False])
def test_without_the_file_it_is_said_that_it_is_missing(streams: bool) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(), PaperScreen()
        slack.before = refuses("fill", "missing_scope")
        pen = drawer(slack, screen)

        if streams:
            for view in growing(LINES):
                await bring(pen, view)
        await bring(pen, done(LINES))

        *messages, last = slack.texts
        assert last == "📎 answer.md could not be sent: Slack did not accept it."
        assert len(messages) <= 7
        assert screen.done == ["t1"]

    scene()


def test_however_a_run_is_killed_there_is_one_file() -> None:
    """And another turn's, which has the same name."""
    earlier = replace(done(LINES[: len(LINES) // 2]), id="t0")

    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        slack, screen = PaperSlack(), PaperScreen()
        await bring(drawer(slack, screen), earlier)
        slack.fuse = screen.fuse = fuse
        begun = replace(BEGUN, parts=(Said(LINES[:9_000], complete=False),))
        try:
            pen = drawer(slack, screen)
            await bring(pen, begun)
            await bring(pen, done(LINES))
        except Killed:
            slack.fuse = screen.fuse = Fuse()
            await bring(drawer(slack, screen), done(LINES))

        files = [m.text for m in slack.messages.values() if m.files]
        assert files == [LINES[: len(LINES) // 2], LINES]
        assert TOLD in "".join(slack.texts)
        assert screen.done[-1] == "t1"

    for fuse in kills():
        live_and_die(fuse)
