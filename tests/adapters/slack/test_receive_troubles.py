"""A receiver that is killed, fed nonsense or refused loses nothing."""

import asyncio
from pathlib import Path

import pytest

from adapters.inbound import Address, Kept
from tests.adapters.slack.incoming import ME, NOON, changed, kept, pressed, said, ts
from tests.adapters.slack.receiving import Slack, file, soon
from tests.virtual_time import in_virtual_time, ticks


@in_virtual_time
async def test_nonsense_is_parked_and_nothing_discarded_and_the_next_goes_on() -> None:
    slack = Slack()
    async with slack.running():
        slack.arrive(
            Kept("x", "nonsense", NOON),
            kept("n", type="block_actions", actions=[{}], container={}),
            said("hello", 1),
        )
        await soon()

    assert [*slack.memory.parked] == ["x"]
    assert slack.memory.discarded == ["n"]
    assert slack.heard == ["m1"]


@in_virtual_time
async def test_what_an_earlier_run_left_goes_first_in_order() -> None:
    slack = Slack()
    left = [said("2", 2), said("1", 1)]
    slack.memory.rows = {row.event_id: row for row in left}
    slack.arrive(said("3", 3), left[0])  # both left and taken
    async with slack.running():
        await soon()

    assert slack.heard == ["m1", "m2", "m3"]


@in_virtual_time
async def test_a_crash_while_waiting_loses_nothing(tmp_path: Path) -> None:
    slack = Slack(tmp_path)
    async with slack.running():
        slack.arrive(said("look", 1, files=[file(5)]), said("more", 2))
        await asyncio.sleep(1)
    assert slack.heard == []

    async with slack.running():
        await asyncio.sleep(10)

    assert slack.heard == ["m1", "m2"]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@in_virtual_time
async def test_what_the_bot_does_not_take_stays_kept_and_the_next_goes_on() -> None:
    slack = Slack()
    slack.memory.refusing = {"m1"}
    async with slack.running():
        slack.arrive(said("first", 1), said("second", 2))
        await soon()
        assert slack.heard == ["m2"]

    slack.memory.refusing = set()
    async with slack.running():
        await soon()

    assert slack.heard == ["m2", "m1"]


@in_virtual_time
async def test_a_thousand_threads_are_all_heard() -> None:
    slack = Slack()
    async with slack.running():
        slack.arrive(*(said("hello", n, thread_ts=None) for n in range(1, 1001)))
        await soon()

    places = {inbound.address for inbound in slack.memory.inbounds}
    assert len(places) == 1000
    assert Address("slack", "C0GENERAL", ts(7), ME.team_id) in places


@pytest.mark.parametrize("crash", range(8))
def test_whatever_happens_every_row_is_settled_once(crash: int, tmp_path: Path) -> None:
    """All kinds, out of order, and a crash in each half second of the first four."""

    @in_virtual_time
    async def story() -> None:
        slack = Slack(tmp_path)
        script = [
            (0.1, said("one", 1)),
            (0.1, said("three", 3, files=[file(1)])),
            (0.12, said("two", 2)),
            (1.0, changed("uno", 1, when=4)),
            (1.0, Kept("x", "{}", NOON)),
            (1.5, said("stop", 5)),
            (1.6, pressed("v:o", 0.5, when=6)),
            (2.0, said("six", 7, files=[file(2)], thread_ts=ts(-1))),
            (3.1, said("seven", 8, thread_ts=ts(-1))),
        ]
        start = ticks()
        async with slack.running():
            for at, row in script:
                if at > crash / 2:
                    break
                await asyncio.sleep(max(0, start + at - ticks()))
                slack.arrive(row)
            await asyncio.sleep(max(0, start + crash / 2 - ticks()))
        slack.memory.rows |= {row.event_id: row for _, row in script}
        async with slack.running():
            await asyncio.sleep(20)

        settled = [*slack.heard, *slack.memory.discarded, *slack.memory.parked]
        assert sorted(settled) == sorted(row.event_id for _, row in script)
        texts = [e for e in slack.heard if e in {"m1", "m2", "m3"}]
        assert texts == ["m1", "m2", "m3"]

    story()
