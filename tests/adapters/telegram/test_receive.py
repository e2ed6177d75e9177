"""What comes from Telegram goes on in order, and waits no longer than it must."""

import asyncio
from pathlib import Path

from adapters.base import RateLimited
from adapters.inbound import Address, Choice, Command, Edited, Text
from tests.adapters.telegram.incoming import (
    CHAT,
    command,
    document,
    forward,
    kept,
    message,
    picture,
    pressed,
    said,
)
from tests.adapters.telegram.receiving import Telegram, now, soon
from tests.virtual_time import in_virtual_time, ticks


@in_virtual_time
async def test_ordinary_text_goes_on_without_any_wait(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        await soon()
        before = ticks()
        telegram.arrive(said(1, text="hello"))
        for _ in range(20):  # turns of the loop, none of which waits
            await asyncio.sleep(0)

        assert telegram.intake.texts == ["hello"]
        assert ticks() == before


@in_virtual_time
async def test_an_album_goes_on_a_second_after_its_last_picture(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(picture(1, media_group_id="g", caption="look", at=now()))
        await asyncio.sleep(0.9)
        telegram.arrive(picture(2, media_group_id="g", at=now()))
        await asyncio.sleep(0.9)
        assert telegram.bodies == []
        await asyncio.sleep(0.2)

    (body,) = telegram.bodies
    assert body.text == "look"
    assert [Path(file.path).name for file in body.files] == [
        "1-photo.jpg",
        "2-photo.jpg",
    ]
    assert [Path(file.path).read_text() for file in body.files] == ["large1", "large2"]


@in_virtual_time
async def test_the_bot_may_get_ready_while_the_rest_of_a_message_is_awaited(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(said(1, text="hello"))
        await soon()
        assert telegram.intake.expected == []

        telegram.arrive(picture(2, media_group_id="g", at=now()))
        await soon()

        assert telegram.intake.expected == [(Address("telegram", "1001"), "1001")]
        assert telegram.intake.texts == ["hello"]


@in_virtual_time
async def test_a_clock_that_is_set_back_does_not_hold_up_an_album(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    telegram.set_back_s = 3600
    async with telegram.running():
        telegram.arrive(picture(1, media_group_id="g", at=now()))
        await asyncio.sleep(2)

        assert telegram.events == [("1",)]


@in_virtual_time
async def test_a_command_does_not_wait_and_what_came_before_it_goes_first(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(said(1, text="a" * 4000), said(2, text="b" * 4000))
        await soon()
        telegram.arrive(command(3, "/stop"))
        await soon()

    assert telegram.bodies == [Text("a" * 4000 + "b" * 4000), Command("stop")]


@in_virtual_time
async def test_a_command_and_a_button_overtake_a_download(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    telegram.downloads.slow["d1"] = 20
    async with telegram.running():
        telegram.arrive(
            said(1, document=document("a.zip")),
            said(2, text="and this"),
            command(3, "/stop"),
            pressed(4, "v:allow"),
        )
        await asyncio.sleep(1)
        assert telegram.bodies == [Command("stop"), Choice("v", "allow")]
        await asyncio.sleep(20)

    assert telegram.events == [("3",), ("4",), ("1",), ("2",)]


@in_virtual_time
async def test_a_download_holds_up_nobody_else(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    telegram.downloads.slow["d1"] = 20
    topic = {"message_thread_id": 5, "is_topic_message": True}
    async with telegram.running():
        telegram.arrive(
            said(1, document=document("a.zip")), said(2, text="elsewhere", **topic)
        )
        await soon()
        assert telegram.intake.texts == ["elsewhere"]
        assert telegram.intake.delivered[0].address == Address("telegram", "1001", "5")
        await asyncio.sleep(20)

    assert telegram.events == [("2",), ("1",)]


@in_virtual_time
async def test_files_of_an_album_come_three_at_a_time_and_at_once(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    telegram.downloads.slow = {f"large{n}": 1 for n in range(1, 7)}
    async with telegram.running():
        telegram.arrive(*(picture(n, media_group_id="g") for n in range(1, 7)))
        await asyncio.sleep(2.1)

        assert telegram.events == [("1", "2", "3", "4", "5", "6")]
        assert telegram.downloads.most_at_once == 3


@in_virtual_time
async def test_a_late_picture_follows_its_album(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(picture(1, media_group_id="g", at=now()))
        await asyncio.sleep(6)
        telegram.arrive(picture(2, media_group_id="g", at=now()))
        await asyncio.sleep(2)

    assert [body.follows for body in telegram.bodies] == ["", "1"]


@in_virtual_time
async def test_a_comment_goes_at_once_and_its_forwards_follow(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(said(1, text="true?", at=now()))
        await asyncio.sleep(0.5)
        assert telegram.intake.texts == ["true?"]
        telegram.arrive(forward(2, text="news", at=now()))
        await asyncio.sleep(2)

    assert telegram.bodies[1] == Text(
        "Forwarded from Bo:\n> news", follows="1", foreign=True
    )


@in_virtual_time
async def test_what_cannot_be_read_or_fetched_is_told(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    telegram.downloads.failures = [RateLimited(9999)]
    async with telegram.running():
        telegram.arrive(said(1, story={}), said(2, document=document("a.zip")))
        await soon()

    story, zipped = telegram.bodies
    assert (story.text, len(story.files)) == ("", 1)
    assert "does not let bots read this (story)" in story.files[0].problem
    assert "a.zip could not be fetched" in zipped.files[0].problem


@in_virtual_time
async def test_an_edit_is_told_unless_no_word_has_changed(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(
            said(1, text="helo"),
            kept(2, edited_message=message(1, text="helo")),
            kept(3, edited_message=message(1, text="hello")),
        )
        await soon()

    assert telegram.bodies == [Text("helo"), Edited("hello")]
    assert telegram.intake.discarded == ["2"]


@in_virtual_time
async def test_an_edit_waits_for_the_message_it_changes(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    telegram.downloads.slow["d1"] = 5
    zipped = document("a.zip")
    async with telegram.running():
        telegram.arrive(
            said(1, document=zipped, caption="helo"),
            kept(2, edited_message=message(1, document=zipped, caption="hello")),
        )
        await asyncio.sleep(6)

    assert telegram.events == [("1",), ("2",)]
    assert telegram.bodies[1] == Edited("hello", foreign=True)


# --- buttons, and what is no message ------------------------------------------


@in_virtual_time
async def test_a_pressed_button_is_answered_at_once_whatever_it_means(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(pressed(1, "v:allow"), pressed(2, "nonsense"))
        await soon()

    assert [query for query, _ in telegram.answered] == ["q1", "q2"]
    assert telegram.bodies == [Choice("v", "allow")]
    assert telegram.intake.discarded == ["2"]


@in_virtual_time
async def test_an_old_press_counts_but_is_not_answered(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(pressed(1, "v:allow", at=now() - 121))
        await soon()

    assert telegram.answered == []
    assert telegram.bodies == [Choice("v", "allow")]


@in_virtual_time
async def test_trouble_with_the_answer_does_not_touch_the_choice(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    telegram.answer_trouble = RateLimited(5)
    async with telegram.running():
        telegram.arrive(pressed(1, "v:allow"))
        await soon()

        assert telegram.bodies == [Choice("v", "allow")]


@in_virtual_time
async def test_blocking_is_passed_on(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    blocked = {"chat": CHAT, "new_chat_member": {"status": "kicked"}}
    async with telegram.running():
        telegram.arrive(kept(1, my_chat_member=blocked))
        await soon()

    assert telegram.reachable == [("1001", False)]
    assert telegram.intake.discarded == ["1"]
