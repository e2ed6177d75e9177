"""Threat 9: what a tool of an agent finds of our secrets in the processes around it."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.claude_cli import FAKE_KEY
from tests.e2e.parley import Parley, world
from tests.e2e.test_stories import settled

POWERLESS = (sys.executable, "-m", "tests.security.powerless")
LOOK = """
env
cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n'
ls -l /proc/[0-9]*/fd
"""
#: What Parley does to itself, and others of its user do to it.
INSIDE = """
import os, sys, subprocess
from pathlib import Path
import psutil
from bot.hardening import close_to_others

look = [sys.executable, "-c", "import sys; print(open(sys.argv[1]).read())"]
def seen():
    environ = f"/proc/{os.getpid()}/environ"
    done = subprocess.run([*look, environ], capture_output=True, text=True)
    return "canary" in done.stdout
before = seen()
if sys.argv[1] == "closed":
    close_to_others()
after = seen()

me = psutil.Process()
assert me.num_fds() > 2 and me.memory_info().rss > 0
folder = os.open("/tmp", os.O_RDONLY)
assert Path(f"/proc/self/fd/{folder}").is_dir()
child = subprocess.Popen(["cat"], env={"_MARK": "x"}, stdin=-1, stdout=-1, stderr=-3)
child.stdin.write(b".")
child.stdin.flush()
child.stdout.read(1)  # it runs: in the middle of an exec there is no environment
assert psutil.Process(child.pid).environ() == {"_MARK": "x"}
assert child.pid in [each.pid for each in me.children()]
child.kill()
child.wait()
print(before, after)
"""


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Parley]:
    """As an ordinary user runs it, and with an agent that may run anything."""
    async with world(tmp_path) as parley:
        parley.prefix = POWERLESS
        settings = parley.home / ".claude/settings.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps({"permissions": {"allow": ["Bash"]}}))
        yield parley


async def test_a_tool_finds_no_token_of_ours_in_any_process(parley: Parley) -> None:
    (parley.workspace / "look.sh").write_text(LOOK)

    await parley.start()
    parley.telegram.say("RUN[sh look.sh > said 2>&1; echo looked]RUN")
    await parley.telegram.until(lambda chat: settled(chat, "looked"), timeout_s=40)

    said = (parley.workspace / "said").read_text()
    assert FAKE_KEY in said  # its own: so it did look
    assert f"/proc/{parley.pid}/environ: Permission denied" in said
    assert re.search(rf"/proc/{parley.pid}/fd(/0)?': Permission denied", said)
    assert parley.telegram.token not in said
    assert "\nPARLEY_" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own protection")
@pytest.mark.parametrize(
    ("how", "seen"), [("open", "True True\n"), ("closed", "True False\n")]
)
async def test_who_is_closed_to_others_can_still_look_at_itself(
    how: str, seen: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(*POWERLESS, sys.executable, "-c", INSIDE, how),
        env={"PATH": "/usr/bin:/bin", "SECRET": "canary"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await process.communicate()

    assert complaint == b""
    assert said.decode() == seen
