"""The clock is set while Parley runs: back an hour, forward a day."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.e2e.machine.clinic import Clinic
from tests.e2e.parley import eventually

BACK, FORWARD = -3600.0, 24 * 3600.0
SITE = str(Path(__file__).with_name("clock"))

SetClock: TypeAlias = Callable[[float], None]


@pytest.fixture
def set_clock(clinic: Clinic) -> SetClock:
    """Off by so many seconds from now on."""
    file = clinic.root / "shift"

    def shift(seconds: float) -> None:
        fresh = file.with_name("fresh")
        fresh.write_text(str(seconds))
        fresh.replace(file)

    shift(0)
    paths = [SITE, *filter(None, [os.environ.get("PYTHONPATH")])]
    clinic.extra.update(PYTHONPATH=os.pathsep.join(paths), SHIFT=str(file))
    return shift


@pytest.mark.parametrize("jump", [BACK, FORWARD], ids=["back", "forward"])
async def test_a_clock_that_is_set_in_the_middle_of_a_turn_costs_nothing(
    clinic: Clinic, set_clock: SetClock, jump: float
) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")
    clinic.telegram.say("HOLD[gate] SAY[second words]")
    await clinic.shows("second")

    set_clock(jump)
    clinic.telegram.say("SAY[third]")  # it waits in line
    await clinic.shows("Queued")
    clinic.api.release("gate")

    await clinic.answered("second words")
    await clinic.answered("third")
    status, parts = await clinic.readiness()
    assert (status, parts["inbox"]["ok"]) == (200, True)
    late_s = float(parts["loop"]["detail"].split()[2])  # "at most 0.012 s late …"
    assert late_s < 60  # that of a busy machine, not the jump
    assert len(clinic.rows("SELECT 1 FROM turn")) == 3
    ended = [x["duration_s"] for x in clinic.lines() if x["event"] == "turn.finished"]
    assert len(ended) == 3
    assert all(isinstance(took, float) and took >= 0 for took in ended)


@pytest.mark.parametrize("jump", [BACK, FORWARD], ids=["back", "forward"])
async def test_what_comes_again_after_the_clock_was_set_is_known(
    clinic: Clinic, set_clock: SetClock, jump: float
) -> None:
    await clinic.start()
    clinic.telegram.fail("getUpdates", 3, "drop_after", after=1)
    clinic.telegram.say("SAY[first]")
    set_clock(jump)
    await clinic.answered("first")

    await clinic.kill()
    set_clock(-jump)
    await clinic.start()
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")

    assert len(clinic.rows("SELECT 1 FROM turn")) == 2
    assert len(clinic.said("first")) == 1
    assert "SAY[first]" in clinic.api.requests[-1].everything  # it remembers


async def test_a_budget_is_not_given_anew_by_a_clock_that_goes_back(
    clinic: Clinic, set_clock: SetClock
) -> None:
    clinic.extra["PARLEY_BUDGETS__PERSON_DAY_USD"] = "0.000001"
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.shows("first")
    await eventually(lambda: clinic.rows("SELECT 1 FROM turn WHERE cost_usd > 0"))

    set_clock(BACK)
    clinic.telegram.say("SAY[second]")

    await clinic.shows("budget is used up")
    assert not clinic.said("second")
