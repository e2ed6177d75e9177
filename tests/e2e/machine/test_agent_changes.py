"""The agent's program changes while Parley runs: turns go on, and failures are told."""

import json
import resource
from pathlib import Path

import pytest

from tests.claude_cli import claude_binary
from tests.e2e.machine.clinic import Clinic
from tests.e2e.parley import eventually


@pytest.fixture
def program(clinic: Clinic) -> Path:
    """The agent's, as updaters install it: a link to one of several versions."""
    link = clinic.root / "bin" / "claude"
    link.parent.mkdir()
    link.symlink_to(claude_binary())
    clinic.extra["PARLEY_AGENTS__CLAUDE__COMMAND"] = json.dumps([str(link)])
    return link


def another_version(clinic: Clinic, script: str) -> Path:
    file = clinic.root / "another"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def switch(program: Path, to: Path) -> None:
    """In one step, as updaters do."""
    fresh = program.with_name("fresh")
    fresh.symlink_to(to)
    fresh.replace(program)


async def let_agents_go(clinic: Clinic) -> None:
    """As when they have rested for long: the next turn starts one anew."""
    clinic.telegram.say("/effort low")
    await eventually(lambda: not clinic.agents())


async def test_a_program_that_is_deleted_is_missed_only_when_an_agent_has_to_start(
    clinic: Clinic, program: Path
) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")

    program.unlink()
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")
    await let_agents_go(clinic)
    clinic.telegram.say("SAY[third]")
    await clinic.shows("is not on this machine")

    program.symlink_to(claude_binary())
    clinic.telegram.say("SAY[fourth]")
    await clinic.answered("fourth")
    assert "SAY[first]" in clinic.api.requests[-1].everything  # it remembers


async def test_an_update_in_the_middle_of_a_turn_is_for_the_next_agent(
    clinic: Clinic, program: Path
) -> None:
    await clinic.start()
    clinic.telegram.say("HOLD[gate] SAY[first]")
    await eventually(lambda: clinic.api.requests)
    started = clinic.root / "started"
    update = another_version(
        clinic, f'echo x >> {started}; exec {claude_binary()} "$@"'
    )

    switch(program, update)
    clinic.api.release("gate")
    await clinic.answered("first")
    assert not started.exists()

    await let_agents_go(clinic)
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")
    assert started.exists()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'claude: node: not found' >&2; exit 127", "node: not found"),
        ("echo 'Illegal instruction' >&2; kill -ILL $$", "Illegal instruction"),
    ],
    ids=["missing", "sigill"],
)
async def test_a_program_that_fails_at_its_start_is_told_in_its_own_words(
    clinic: Clinic, program: Path, script: str, words: str
) -> None:
    switch(program, another_version(clinic, script))
    await clinic.start()

    clinic.telegram.say("SAY[first]")
    await clinic.shows(words)

    switch(program, claude_binary())
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")


async def test_a_program_that_is_not_executable_any_more_is_told_of(
    clinic: Clinic, program: Path
) -> None:
    switch(program, another_version(clinic, "exit 1"))
    (clinic.root / "another").chmod(0o644)
    await clinic.start()

    clinic.telegram.say("SAY[first]")
    await clinic.shows("is not on this machine")

    switch(program, claude_binary())
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")


async def test_without_free_file_descriptors_no_agent_starts_and_others_go_on(
    clinic: Clinic,
) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")
    before = resource.prlimit(clinic.pid, resource.RLIMIT_NOFILE)
    await let_agents_go(clinic)

    # Those that are open stay open; there is no number left for another one.
    resource.prlimit(clinic.pid, resource.RLIMIT_NOFILE, (8, before[1]))
    clinic.telegram.say("SAY[second]")
    await clinic.shows("Too many open files")

    resource.prlimit(clinic.pid, resource.RLIMIT_NOFILE, before)
    clinic.telegram.say("SAY[third]")
    await clinic.answered("third")
