"""No more processes may be started: what runs goes on, what cannot start is told."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.machine.clinic import Clinic
from tests.e2e.parley import eventually, living
from tests.messages_api import FakeMessages
from tests.telegram_server import FakeTelegram

NOBODY = 61_234  # the limit does not hold for root
READS = "+dac_read_search"  # all that root does: its Python may be in its own home
AS_NOBODY = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *(f"--inh-caps={READS}", f"--ambient-caps={READS}"),
)


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    """Run by somebody whose processes are counted."""
    root = os.geteuid() == 0
    if shutil.which("prlimit") is None or (root and shutil.which("setpriv") is None):
        pytest.skip("no `prlimit`, or run by root without `setpriv`")
    with tempfile.TemporaryDirectory(prefix="parley-") as folder:
        async with (
            FakeTelegram() as telegram,
            FakeMessages() as api,
            living(Clinic(Path(folder), api, telegram)) as clinic,
        ):
            if root:
                clinic.prefix = AS_NOBODY
                for each in (clinic.root, clinic.home, clinic.workspace):
                    os.chown(each, NOBODY, NOBODY)
            yield clinic
            assert telegram.refusals == []


def processes_at_most(count: int, clinic: Clinic) -> None:
    """Of its user; only that may change it."""
    most = "unlimited" if count == resource.RLIM_INFINITY else count
    subprocess.run(
        [*clinic.prefix, "prlimit", f"--pid={clinic.pid}", f"--nproc={most}:"],
        check=True,
    )


async def test_without_room_for_a_process_no_agent_starts_and_others_go_on(
    clinic: Clinic,
) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")
    before, _ = resource.getrlimit(resource.RLIMIT_NPROC)

    processes_at_most(0, clinic)
    clinic.telegram.say("SAY[second]")
    await clinic.answered("second")  # its agent is there
    clinic.telegram.say("/effort low")
    await eventually(lambda: not clinic.agents())
    clinic.telegram.say("SAY[third]")
    await clinic.shows("Resource temporarily unavailable")
    status, _ = await clinic.readiness()

    processes_at_most(before, clinic)
    clinic.telegram.say("SAY[fourth]")
    await clinic.answered("fourth")
    assert status == 200
    assert "SAY[first]" in clinic.api.requests[-1].everything  # it remembers
    assert not [line for line in clinic.lines() if line["level"] == "error"]
