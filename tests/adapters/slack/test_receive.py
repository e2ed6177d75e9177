"""From kept rows to what the bot hears: order, files, crashes."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.inbound import (
    Address,
    Choice,
    Command,
    Deleted,
    Edited,
    Inbound,
    Kept,
    Text,
)
from adapters.slack.api import SlackApi
from adapters.slack.receive import Receiver
from adapters.slack.root import Roots
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.desk import bodies
from tests.adapters.slack.incoming import (
    ME,
    NOON,
    changed,
    deleted,
    kept,
    name_of,
    pressed,
    said,
    ts,
)
from tests.adapters.slack.intake import Memory
from tests.slack_server import ADA, BOB
from tests.virtual_time import in_virtual_time, ticks


class SlowMemory(Memory):
    """Takes its time to deliver, as a disk does; refuses some."""

    delay_s = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.refusing: set[str] = set()
        self.heard_at: list[float] = []

    async def deliver(self, inbound: Inbound) -> None:
        await asyncio.sleep(self.delay_s)
        if not self.refusing.isdisjoint(inbound.events):
            raise OSError("the disk is full")
        self.heard_at.append(ticks())
        await super().deliver(inbound)


class SlowFiles(SlackApi):
    """Files whose address is the number of seconds that they take."""

    async def download(self, url: str, target: Path, *, limit: int) -> int:
        await asyncio.sleep(float(url))
        return target.write_bytes(b"words")


class SlowNames:
    def __init__(self) -> None:
        self.takes_s = 0.0
        self.known: set[str] = set()

    def name(self, user_id: str) -> str:
        return name_of(user_id) if user_id in self.known else user_id

    def language(self, user_id: str) -> str:
        return "ko-KR" if user_id in self.known else ""

    async def warm(self, user_ids: Iterable[str]) -> None:
        await asyncio.sleep(self.takes_s)
        self.known.update(user_ids)


class Slack:
    def __init__(self, home: Path | None = None) -> None:
        self.memory = SlowMemory()
        self.memory.home = home
        self.names = SlowNames()
        self._receiver = self._new()

    def arrive(self, *rows: Kept) -> None:
        self.memory.rows |= {row.event_id: row for row in rows}
        self._receiver.take(rows)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._receiver.run())
        await asyncio.sleep(0.001)  # it has asked what an earlier run left
        yield
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])
        self._receiver = self._new()

    @property
    def heard(self) -> list[str]:
        """The events, as they were delivered."""
        return [event for one in self.memory.inbounds for event in one.events]

    def _new(self) -> Receiver:
        api = SlowFiles("xoxb-nobody's", "http://127.0.0.1:9/")
        screen = PaperScreen()
        return Receiver(
            self.memory,
            api,
            ME,
            screen,
            names=self.names,
            commands=lambda language: [],
            roots=Roots(api, screen),
            engage=lambda address: None,
            busy=lambda channel: [],
        )


def file(seconds: float, name: str = "a.txt") -> dict[str, object]:
    return {"id": f"F{seconds}", "name": name, "url_private": str(seconds)}


async def soon() -> None:
    await asyncio.sleep(0.2)


# --- order --------------------------------------------------------------------


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


# --- trouble ------------------------------------------------------------------


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
