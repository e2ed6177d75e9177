"""Folders and files vanish or change under Parley: told, and mended by hand."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.machine.clinic import Clinic
from tests.e2e.parley import eventually


def record(clinic: Clinic) -> Path:
    """The agent's own, of the only session."""
    [found] = (clinic.home / ".claude/projects").glob("*/*.jsonl")
    return found


async def rests(clinic: Clinic) -> None:
    """Parley was stopped, and is up again: no agent is."""
    await clinic.stop()
    await eventually(lambda: not clinic.family())


async def test_a_workspace_that_is_gone_is_named_and_works_again_when_it_is_back(
    clinic: Clinic,
) -> None:
    shutil.rmtree(clinic.workspace)
    await clinic.start()

    clinic.telegram.say("SAY[first]")
    message = await clinic.shows("does not exist")
    assert str(clinic.workspace) in message.text

    clinic.workspace.mkdir()
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")


async def test_a_workspace_that_became_a_file_is_named(clinic: Clinic) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")
    clinic.telegram.say("/effort low")
    await eventually(lambda: not clinic.agents())

    shutil.rmtree(clinic.workspace)
    clinic.workspace.write_text("not a folder")
    clinic.telegram.say("SAY[second]")

    await clinic.shows("does not exist")


async def test_a_workspace_deleted_in_the_middle_of_a_turn_ends_no_turn_unanswered(
    clinic: Clinic,
) -> None:
    await clinic.start()
    clinic.telegram.say("HOLD[gate] SAY[the answer]")
    await eventually(lambda: clinic.api.requests)

    shutil.rmtree(clinic.workspace)
    clinic.api.release("gate")

    await clinic.answered("the answer")


def garbage(file: Path) -> None:
    file.write_bytes(b"\x00\xff{]" * 5000)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [garbage, emptied, a_folder])
async def test_a_session_file_nobody_can_read_is_a_lost_memory_and_is_told(
    clinic: Clinic, damage: Callable[[Path], None]
) -> None:
    await clinic.start()
    clinic.telegram.say("The password is xyzzy.")
    await clinic.answered("You said: The password is xyzzy.")
    await rests(clinic)
    damage(record(clinic))
    asked = len(clinic.api.requests)
    await clinic.start()

    clinic.telegram.say("What was the password?")

    await clinic.shows("lost its memory")
    assert len(clinic.api.requests) == asked  # nobody pretends


async def test_a_session_file_torn_in_its_last_answer_goes_on_with_the_rest(
    clinic: Clinic,
) -> None:
    await clinic.start()
    clinic.telegram.say("The password is xyzzy.")
    await clinic.answered("You said: The password is xyzzy.")
    await rests(clinic)
    file = record(clinic)
    file.write_bytes(file.read_bytes()[:-40])
    await clinic.start()

    clinic.telegram.say("SAY[still here]")

    await clinic.answered("still here")
    assert "The password is xyzzy." in clinic.api.requests[-1].everything


async def test_a_database_that_is_deleted_under_parley_loses_nothing_that_was_said(
    clinic: Clinic,
) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")
    file = clinic.state / "parley.db"

    aside = file.rename(file.with_name("aside"))
    clinic.telegram.say("SAY[second]")
    await clinic.logs("store.unwritable")
    status, parts = await clinic.readiness()
    assert status == 503
    assert "was deleted or replaced" in parts["store"]["detail"]
    assert clinic.telegram.pending == 1

    aside.rename(file)
    await clinic.answered("second")


async def test_a_database_that_is_damaged_at_the_start_is_named_and_left_alone(
    clinic: Clinic,
) -> None:
    clinic.state.mkdir()
    file = clinic.state / "parley.db"
    file.write_bytes(b"Dear diary, " * 1000)
    before = file.read_bytes()

    await clinic.start()

    await eventually(lambda: "is not a sound database" in clinic.log.read_text())
    assert "put a backup in its place" in clinic.log.read_text()
    assert file.read_bytes() == before


async def test_without_a_home_and_in_the_c_locale_it_answers_in_any_script(
    clinic: Clinic,
) -> None:
    clinic.extra |= {
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "HOME": "",
        "CLAUDE_CONFIG_DIR": str(clinic.home / ".claude"),
    }
    await clinic.start()

    clinic.telegram.say("SAY[안녕하세요 ✓]")

    await clinic.answered("안녕하세요 ✓")
    await asyncio.wait_for(clinic.stop(), 20)
    assert "Traceback" not in clinic.log.read_text()
