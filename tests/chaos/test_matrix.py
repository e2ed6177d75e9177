"""Every durable step, killed exactly there: nothing is lost, nothing is done twice."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.checker import check
from tests.chaos.evidence import Evidence
from tests.chaos.person import Person, settled
from tests.chaos.program import found
from tests.chaos.scenarios import BEFORE, SCENARIOS, WITH
from tests.chaos.stage import Stage, stage
from tests.chaos.step import Case
from tests.chaos.steps import CASES, STEPS

SETTLED_S = 120.0  # two starts of everything on a machine that is busy


@pytest.mark.timeout(240)
@pytest.mark.parametrize("case", CASES, ids=str)
async def test_nothing_is_lost_or_done_twice_when(case: Case, tmp_path: Path) -> None:
    surfaces = WITH.get(case.step.drive, (case.surface,))
    async with stage(tmp_path, surfaces) as here:
        if prepare := BEFORE.get(case.step.drive):
            prepare(here)
        here.fuses = [case.fuse]

        evidence = await _played(here, case)

        verdict = check(evidence)
        assert verdict.faults == [], _told(here)
        assert here.program.struck == 1, "the program never came to this step"
        if case.step.seamless and case.kill == "bridge":
            assert evidence.resumed == 0, "the agent was told of an interruption"
            assert len(set(evidence.prompted)) == len(evidence.prompted)


async def _played(here: Stage, case: Case) -> Evidence:
    """What is left once the story of *case* is over."""
    running = asyncio.create_task(here.keep_running())
    [place] = [p for p in here.places if p.name.startswith(case.surface)]
    ada = Person(here, place)
    try:
        await here.up()
        await place.open()
        reacting = asyncio.create_task(ada.react())
        await SCENARIOS[case.step.drive](ada)
        await settled(here, within_s=SETTLED_S)
        reacting.cancel()
    finally:
        running.cancel()
    return await here.evidence(await here.orphans())


def _told(here: Stage) -> str:
    seen = [f"{one.place} {one.text!r} {one.buttons}" for one in here.last_seen]
    return "\n".join([here.program.log.read_text()[-3000:], *seen])


def test_every_step_is_a_passage_of_the_program_as_it_is() -> None:
    for step in STEPS:
        assert callable(found(step.at)[2]), step.name


def test_no_two_cases_are_the_same() -> None:
    names = [str(case) for case in CASES]
    assert len(names) == len(set(names))
