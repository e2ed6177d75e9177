"""What the agent's process is given when it begins."""

import asyncio
import sys

#: A shell cannot trap what was ignored when it began.
HEARS = "for s in INT QUIT HUP PIPE XFSZ; do trap 'echo $s' $s; kill -$s $$; done"
STARTS = """
import os, signal, sys
from runner import family

for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    signal.signal(signum, signal.SIG_IGN)  # as by `nohup`, and by `&` in a script
pid, _, out, _ = family.start(["/bin/sh", "-c", sys.argv[1]], ".", 0, 0)
os.waitpid(pid, 0)
sys.stdout.buffer.write(os.read(out, 1000))
"""


async def test_no_signal_is_ignored_whatever_it_was_started_from() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", STARTS, HEARS), stdout=asyncio.subprocess.PIPE
    )

    said, _ = await process.communicate()

    assert said.split() == [b"INT", b"QUIT", b"HUP", b"PIPE", b"XFSZ"]
