"""What operators hear of the machine: the store, the disk, the loop, the agent."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import doctor
from bot.access import Access
from bot.facts import Facts
from bot.main import runner_in_use
from bot.settings import Settings
from bot.trouble import Trouble
from bot.vitals import LEAST_FREE, Vitals
from runner.errors import AgentNotFound
from store.errors import DiskFull, Held
from store.store import Store
from tests.bot.sharing import shared_for
from tests.scripted import ScriptedRunner


class Frail(ScriptedRunner):
    """An agent that may vanish, and come back as another version."""

    version = "1"

    async def ready(self) -> str:
        if not self.version:
            raise AgentNotFound("agent-not-found", program="claude")
        return self.version


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "parley.db") as store:
        yield store


async def asleep(_s: float) -> None:
    await asyncio.sleep(0)


# --- the store ------------------------------------------------------------------


async def test_who_writes_waits_and_the_trouble_is_told_once_and_when_it_is_over() -> (
    None
):
    heard: list[str] = []
    trouble = Trouble(sleep=asleep)
    trouble.listener = lambda: heard.append(trouble.words)
    left = [DiskFull("full"), DiskFull("full"), Held("held")]

    async def write() -> str:
        if left:
            raise left.pop(0)
        return "written"

    with capture_logs() as logs:
        first = asyncio.create_task(trouble(DiskFull("full"), write))
        second = asyncio.create_task(trouble(DiskFull("full"), write))

        assert [await first, await second] == ["written", "written"]

    assert heard == ["full", ""]
    assert [(line["event"], line.get("reason")) for line in logs] == [
        ("store.unwritable", "full"),
        ("store.unwritable", "held"),
        ("store.writable", None),
    ]


async def test_a_store_in_trouble_is_not_ready_and_says_why(
    store: Store, tmp_path: Path
) -> None:
    trouble = Trouble()
    shared = shared_for(store, Frail({}), Access({}), tmp_path, trouble=trouble)
    facts = Facts(shared, on=[])
    assert (await facts.readiness())["store"]["ok"]

    trouble.met(DiskFull("no space is left"))
    assert (await facts.readiness())["store"] == {
        "ok": False,
        "detail": "no space is left",
    }

    trouble.kept()
    await store._database.run("PRAGMA query_only = ON")  # nobody has tried to write
    assert "cannot be written" in (await facts.readiness())["store"]["detail"]


async def test_messages_that_wait_too_long_and_unreadable_ones_are_named(
    store: Store, tmp_path: Path
) -> None:
    late = [0.0]
    shared = shared_for(
        *(store, Frail({}), Access({}), tmp_path),
        clock=lambda: store._clock() + late[0],
    )
    facts = Facts(shared, on=[])
    assert (await facts.readiness())["inbox"]["detail"] == "nothing waits"

    await store.keep("telegram", [("1", "{}"), ("2", "?")])
    assert (await facts.readiness())["inbox"]["ok"]
    late[0] = 400.0
    waiting = (await facts.readiness())["inbox"]
    late[0] = -3600.0  # the clock was set back
    assert (await facts.readiness())["inbox"]["ok"]
    await store.park("telegram", "2", "odd")
    parked = (await facts.readiness())["inbox"]

    assert not waiting["ok"]
    assert waiting["detail"].startswith("the oldest message waits for 400 s")
    assert not parked["ok"]
    assert "1 set aside as unreadable" in parked["detail"]


# --- the disk and the loop --------------------------------------------------------


async def test_a_disk_that_is_nearly_full_is_told_once_and_so_is_its_end(
    tmp_path: Path,
) -> None:
    rooms = [LEAST_FREE, LEAST_FREE - 1, 0, LEAST_FREE]
    vitals = Vitals(tmp_path, free=lambda _: rooms[0], sleep=asleep)

    with capture_logs() as logs:
        for _ in range(len(rooms)):
            vitals._tell()
            rooms.append(rooms.pop(0))

    assert [line["event"] for line in logs] == ["disk.nearly_full", "disk.has_room"]
    assert "free some" in logs[0]["reason"]


async def test_a_loop_that_was_held_up_says_so_for_a_minute() -> None:
    late = asyncio.Event()

    async def oversleep(s: float) -> None:
        await asyncio.sleep(s + 0.3)
        late.set()

    vitals = Vitals(Path(), sleep=oversleep)
    watching = asyncio.create_task(vitals.run())
    await late.wait()
    await asyncio.sleep(0)
    watching.cancel()

    assert vitals.lag_s >= 0.3


# --- the agent --------------------------------------------------------------------


async def test_an_agent_that_vanishes_or_changes_while_parley_runs_is_noticed(
    store: Store, tmp_path: Path
) -> None:
    now = [0.0]
    runner = Frail({})
    shared = shared_for(store, runner, Access({}), tmp_path)
    facts = Facts(shared, on=[], monotonic=lambda: now[0])
    await facts.look_at_agent()

    runner.version = ""
    now[0] += 61
    gone = (await facts.readiness())["agent"]
    runner.version = "2"
    now[0] += 61
    back = (await facts.readiness())["agent"]

    assert not gone["ok"]
    assert "is not on this machine" in gone["detail"]
    assert back == {"ok": True, "detail": "2"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "agents": {"claude": {"command": ["no-such-claude"]}},
            "store": {"path": str(tmp_path / "state" / "parley.db")},
        }
    )


async def test_the_demo_says_in_words_why_it_answers(settings: Settings) -> None:
    _, why = await runner_in_use(settings, demo=False)

    assert "`no-such-claude` is not on this machine" in why


async def test_doctor_says_in_words_what_is_wrong_with_the_agent_and_the_disk(
    settings: Settings,
) -> None:
    out = io.StringIO()

    assert not await doctor.examine(settings, out)

    assert "✗ claude: `no-such-claude` is not on this machine" in out.getvalue()
    assert "✓ disk: " in out.getvalue()
