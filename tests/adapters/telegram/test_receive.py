"""From kept rows to what the bot hears, with time that jumps instead of passing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.base import RateLimited
from adapters.inbound import Address, Choice, Command, Edited, Inbound, Kept, Text
from adapters.telegram.receive import Receiver
from tests.adapters.telegram.incoming import (
    CHAT,
    NOON,
    FakeDownloads,
    FakeIntake,
    command,
    document,
    forward,
    kept,
    message,
    parse_button,
    picture,
    pressed,
    said,
)
from tests.virtual_time import in_virtual_time, ticks


def now() -> float:
    return NOON + ticks()


class Telegram:
    """A receiver over fakes, and somebody who writes to it."""

    def __init__(self, folder: Path) -> None:
        self.intake = FakeIntake(folder)
        self.downloads = FakeDownloads()
        self.answered: list[tuple[str, float]] = []
        self.reachable: list[tuple[str, bool]] = []
        self.answer_trouble: Exception | None = None
        self.set_back_s = 0.0  # what somebody did to the clock
        self.receiver = self._new()

    def _new(self) -> Receiver:
        return Receiver(
            self.intake,
            self.downloads,
            parse_button=parse_button,
            answer_callback=self._answer,
            on_reachable=lambda chat, allowed: self.reachable.append((chat, allowed)),
            clock=lambda: now() - self.set_back_s,
        )

    async def _answer(self, query_id: str) -> None:
        if self.answer_trouble:
            raise self.answer_trouble
        self.answered.append((query_id, ticks()))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """One run; leaving kills it."""
        self.receiver = self._new()
        run = asyncio.create_task(self.receiver.run())
        yield
        assert not run.done(), "it died by itself"
        run.cancel()
        await asyncio.wait([run])

    def arrive(self, *rows: Kept) -> None:
        self.intake.put(*rows)
        self.receiver.take(rows)

    @property
    def bodies(self) -> list[Any]:
        return [inbound.body for inbound in self.intake.delivered]

    @property
    def events(self) -> list[tuple[str, ...]]:
        return [inbound.events for inbound in self.intake.delivered]


async def soon() -> None:
    """Until everybody has done what needs no waiting."""
    await asyncio.sleep(0.001)


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

    assert telegram.bodies[1] == Text("Forwarded from Bo:\n> news", follows="1")


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
    assert telegram.bodies[1] == Edited("hello")


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


@in_virtual_time
async def test_nonsense_is_parked_and_the_next_goes_on(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(
            Kept("1", '{"message": 7}', NOON),
            said(2, text="hello"),
            kept(3, message_reaction={}),
        )
        await soon()

    assert [*telegram.intake.parked] == ["1"]
    assert telegram.intake.texts == ["hello"]
    assert telegram.intake.discarded == ["3"]


# --- crashes ------------------------------------------------------------------


@in_virtual_time
async def test_what_an_earlier_run_left_goes_first_without_waiting(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    telegram.intake.put(
        said(1, text="a" * 4000, at=NOON - 60),
        said(2, text="b" * 4000, at=NOON - 59),
        picture(3, media_group_id="g", at=NOON - 50),
        picture(4, media_group_id="g", at=NOON - 49.5),
    )
    telegram.receiver.take([said(5, text="new")])
    async with telegram.running():
        telegram.arrive(said(5, text="new"))
        await soon()

    assert telegram.events == [("1", "2"), ("3", "4"), ("5",)]


@in_virtual_time
async def test_a_row_that_is_both_left_and_taken_is_delivered_once(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        telegram.arrive(said(1, text="hello"))  # before the run has asked what is left
        await soon()

    assert telegram.events == [("1",)]


@in_virtual_time
async def test_a_crash_while_waiting_loses_nothing(tmp_path: Path) -> None:
    telegram = Telegram(tmp_path)
    telegram.downloads.slow["d1"] = 5
    async with telegram.running():
        telegram.arrive(
            said(1, document=document("a.zip")),
            said(2, text="words"),
            picture(3, media_group_id="g"),
        )
        await asyncio.sleep(0.5)
        assert telegram.events == []
    assert [path.name for path in tmp_path.iterdir()] == ["3-photo.jpg"]

    async with telegram.running():
        await asyncio.sleep(10)

    assert telegram.events == [("1",), ("2",), ("3",)]
    assert {path.name for path in tmp_path.iterdir()} == {"1-a.zip", "3-photo.jpg"}


@in_virtual_time
async def test_what_the_bot_does_not_take_stays_kept_and_the_next_goes_on(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    telegram.intake.refusing = {"1"}
    async with telegram.running():
        telegram.arrive(said(1, text="first"), said(2, text="second"))
        await soon()
        assert telegram.intake.texts == ["second"]

    telegram.intake.refusing = set()
    async with telegram.running():
        await soon()

    assert telegram.intake.texts == ["second", "first"]


@in_virtual_time
async def test_a_thousand_people_are_all_heard_and_few_are_remembered(
    tmp_path: Path,
) -> None:
    telegram = Telegram(tmp_path)
    async with telegram.running():
        for number in range(1, 1001):
            chat = {"id": number, "type": "private"}
            telegram.arrive(said(number, text=f"{number}", chat=chat))
        await soon()
        telegram.arrive(said(1001, text="1001"))
        await soon()

        assert telegram.intake.texts == [str(number) for number in range(1, 1002)]


@in_virtual_time
async def test_whatever_happens_every_row_is_settled_once(tmp_path: Path) -> None:
    """All kinds at once, and a crash in each quarter second of the first four."""
    for crash in range(16):
        folder = tmp_path / str(crash)
        folder.mkdir()
        telegram = Telegram(folder)
        telegram.downloads.slow["d1"] = 1.5
        start = now()
        script = everything(start)
        async with telegram.running():
            for at, row in script:
                if at > crash / 4:
                    break
                await asyncio.sleep(max(0, start + at - now()))
                telegram.arrive(row)
            await asyncio.sleep(max(0, start + crash / 4 - now()))
        telegram.intake.put(*(row for _, row in script))
        async with telegram.running():
            await asyncio.sleep(20)

        assert sorted(telegram.intake.settled, key=int) == [
            row.event_id for _, row in script
        ]
        assert in_order(telegram.intake.delivered)


def everything(start: float) -> list[tuple[float, Kept]]:
    def at(seconds: float) -> float:
        return start + seconds

    return [
        (0.1, said(1, text="hello", at=at(0.1))),
        (0.3, forward(2, text="one", at=at(0.3))),
        (0.8, forward(3, text="two", at=at(0.8))),
        (1.0, said(4, document=document("a.zip"), at=at(1.0))),
        (1.1, said(5, text="a" * 4000, at=at(1.1))),
        (1.3, said(6, text="b" * 4000, at=at(1.3))),
        (1.4, pressed(7, "v:o", at=at(1.4))),
        (1.5, kept(8, at=at(1.5), edited_message=message(1, text="hello"))),
        (1.6, picture(9, media_group_id="g", at=at(1.6))),
        (2.4, picture(10, media_group_id="g", at=at(2.4))),
        (3.9, picture(11, media_group_id="g", at=at(3.9))),
        (3.9, Kept("12", "nonsense", at(3.9))),
        (3.9, command(13, "/stop", at=at(3.9))),
    ]


def in_order(delivered: list[Inbound]) -> bool:
    """Messages keep their order; only buttons and commands may overtake."""
    events = [
        int(event)
        for inbound in delivered
        if isinstance(inbound.body, Text)
        for event in inbound.events
    ]
    return events == sorted(events)
