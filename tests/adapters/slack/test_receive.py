"""What comes together goes on in order, and waits no longer than it must."""

import asyncio
from dataclasses import replace
from pathlib import Path

from adapters.inbound import Choice, Command, Deleted, Edited, Kept, Text
from tests.adapters.slack.desk import bodies
from tests.adapters.slack.incoming import changed, deleted, pressed, said, ts
from tests.adapters.slack.receiving import Slack, file, soon
from tests.slack_server import ADA, BOB
from tests.virtual_time import in_virtual_time, ticks


@in_virtual_time
async def test_a_lone_message_does_not_wait() -> None:
    slack = Slack()
    async with slack.running():
        before = ticks()
        slack.arrive(said("hello", 5))
        await soon()

    assert slack.memory.heard_at == [before]


@in_virtual_time
async def test_what_comes_together_goes_on_in_the_order_it_was_written() -> None:
    slack = Slack()
    async with slack.running():
        slack.arrive(*(said(f"{n}", n) for n in (3, 1, 4, 2, 5)))
        await soon()

    assert slack.heard == ["m1", "m2", "m3", "m4", "m5"]


@in_virtual_time
async def test_what_overtook_another_waits_for_it_a_moment() -> None:
    slack = Slack()
    slack.memory.delay_s = 0.03
    async with slack.running():
        slack.arrive(said("1", 1))
        await asyncio.sleep(0.01)
        slack.arrive(said("3", 3))
        await asyncio.sleep(0.04)  # the first is delivered by now
        slack.arrive(said("2", 2))
        await soon()

    assert slack.heard == ["m1", "m2", "m3"]


@in_virtual_time
async def test_what_comes_late_waits_for_what_it_overtook() -> None:
    slack = Slack()
    async with slack.running():
        slack.arrive(late(said("2", 2)))
        await asyncio.sleep(0.1)
        slack.arrive(late(said("1", 1)), late(said("3", 3)))
        await asyncio.sleep(0.6)

    assert slack.heard == ["m1", "m2", "m3"]


@in_virtual_time
async def test_nothing_waits_longer_than_a_moment() -> None:
    slack = Slack()
    async with slack.running():
        for n in range(1, 21):
            slack.arrive(said(f"{n}", n))
            await asyncio.sleep(0.01)
        arrived = ticks()
        await soon()

    assert len(slack.heard) == 20
    assert slack.memory.heard_at[-1] - arrived <= 0.05


@in_virtual_time
async def test_threads_do_not_wait_for_one_another() -> None:
    slack = Slack()
    slack.memory.delay_s = 0.03
    async with slack.running():
        before = ticks()
        slack.arrive(said("1", 1), said("2", 2, thread_ts=ts(-1)))
        await soon()

    assert slack.memory.heard_at == [before + 0.03, before + 0.03]


@in_virtual_time
async def test_an_edit_comes_after_the_message_it_changes() -> None:
    slack = Slack()
    async with slack.running():
        slack.arrive(deleted(1, when=3), changed("hello", 1, when=2), said("helo", 1))
        await soon()

    assert bodies(slack.memory.inbounds) == [Text("helo"), Edited("hello"), Deleted()]


def late(row: Kept) -> Kept:
    """Said while there was no connection."""
    return replace(row, kept_at=row.kept_at + 60)


# --- files --------------------------------------------------------------------


@in_virtual_time
async def test_a_message_waits_for_its_files_and_the_next_for_it(
    tmp_path: Path,
) -> None:
    slack = Slack(tmp_path)
    async with slack.running():
        slack.arrive(said("look", 1, files=[file(5), file(1, "b.txt")]))
        await asyncio.sleep(1)
        slack.arrive(said("more", 2, files=[file(1)]), said("words", 3))
        await asyncio.sleep(3)
        assert slack.heard == []
        await asyncio.sleep(3)

    assert slack.heard == ["m1", "m2", "m3"]
    first = slack.memory.inbounds[0].body
    assert isinstance(first, Text)
    assert [file.name for file in first.files] == ["a.txt", "b.txt"]
    assert [Path(file.path).read_bytes() for file in first.files] == [b"words"] * 2


@in_virtual_time
async def test_a_command_and_a_button_overtake_what_waits_for_files(
    tmp_path: Path,
) -> None:
    slack = Slack(tmp_path)
    async with slack.running():
        slack.arrive(said("look", 1, files=[file(5)]))
        await asyncio.sleep(1)
        slack.arrive(said("stop", 2), pressed("v:o", 0.5, when=3), said("on", 4))
        await asyncio.sleep(1)
        assert bodies(slack.memory.inbounds) == [Command("stop"), Choice("v", "o")]
        await asyncio.sleep(5)

    assert slack.heard[2:] == ["m1", "m4"]


@in_virtual_time
async def test_files_of_one_thread_do_not_hold_up_another(tmp_path: Path) -> None:
    slack = Slack(tmp_path)
    async with slack.running():
        slack.arrive(said("look", 1, files=[file(5)]))
        slack.arrive(said("elsewhere", 2, thread_ts=ts(-1)))
        await asyncio.sleep(1)

        assert slack.heard == ["m2"]


# --- names --------------------------------------------------------------------


@in_virtual_time
async def test_names_are_asked_for_before_words_go_on() -> None:
    slack = Slack()
    async with slack.running():
        slack.arrive(said(f"ask <@{ADA}>", 1))
        await soon()

    [heard] = slack.memory.inbounds
    assert (heard.body, heard.sender.name) == (
        Text("ask @Ada Lovelace"),
        "Ada Lovelace",
    )


@in_virtual_time
async def test_names_that_take_too_long_are_done_without() -> None:
    slack = Slack()
    slack.names.takes_s = 60
    async with slack.running():
        slack.arrive(said(f"ask <@{BOB}>", 1))
        await asyncio.sleep(3)

    assert bodies(slack.memory.inbounds) == [Text(f"ask @{BOB}")]
