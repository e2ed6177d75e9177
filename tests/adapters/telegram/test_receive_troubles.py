"""A receiver that is killed, fed nonsense or refused loses nothing."""

import asyncio
from pathlib import Path

from adapters.inbound import Inbound, Kept, Text
from tests.adapters.telegram.incoming import (
    NOON,
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
from tests.virtual_time import in_virtual_time


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
