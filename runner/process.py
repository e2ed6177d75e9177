"""Child processes that cannot outlive us, and their orderly end."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from runner.base import AgentNotFound, WorkspaceMissing
from runner.environment import MARK

GUARD = str(Path(__file__).with_name("guard.py"))
LEFTOVERS_S = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds each step of the end may take before the next one."""

    result: float = 2.0  # after an interrupt
    eof: float = 6.0  # after stdin was closed
    sigint: float = 2.0
    sigterm: float = 5.0


class Child:
    """A command under a guard. Closing the lifeline ends it and all it started."""

    def __init__(self, process: Process, lifeline: int) -> None:
        self.process = process
        self._lifeline: int | None = lifeline

    async def exited(self) -> int:
        """Wait for the exit alone.

        `Process.wait` waits for the pipes too, and a tool that outlives its agent
        holds them open: https://github.com/python/cpython/issues/119710
        """
        while self.process.returncode is None:  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.01)
        return self.process.returncode

    async def end(self, patience: Patience, hurry: asyncio.Event) -> None:
        """Ask ever less politely; at last take everything away."""
        steps = (
            (self._close_stdin, patience.eof),
            (lambda: self._signal(signal.SIGINT), patience.sigint),
            (lambda: self._signal(signal.SIGTERM), patience.sigterm),
        )
        for ask, wait_s in steps:
            if hurry.is_set():
                break
            ask()
            if await self._gone_within(wait_s, hurry):
                break
        self.cut()
        await self.exited()

    def cut(self) -> None:
        """The guard kills everything at once."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    async def _gone_within(self, wait_s: float, hurry: asyncio.Event) -> bool:
        gone = asyncio.ensure_future(self.exited())
        hurried = asyncio.ensure_future(hurry.wait())
        await asyncio.wait(
            (gone, hurried), timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (gone, hurried):
            task.cancel()
        return self.process.returncode is not None

    def _close_stdin(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    def _signal(self, signum: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(signum)


@asynccontextmanager
async def child(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    patience: Patience,
    hurry: asyncio.Event,
) -> AsyncIterator[Child]:
    """Run *command*; on the way out, end it and everything it started."""
    if not cwd.is_dir():  # noqa: ASYNC240 - one look
        raise WorkspaceMissing(
            f"The folder {cwd} does not exist. Make it, or correct [projects.default] "
            "path."
        )
    theirs, ours = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", GUARD, str(theirs), *command),
            cwd=cwd,
            env=env,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            pass_fds=(theirs,),
            start_new_session=True,
        )
    except OSError as error:
        os.close(ours)
        raise AgentNotFound(f"{command[0]}: {error.strerror}") from error
    finally:
        os.close(theirs)
    running = Child(process, ours)
    try:
        yield running
    finally:
        ending = asyncio.create_task(running.end(patience, hurry))
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await ending  # being cancelled is no excuse for leaking a process
            raise


def end_leftovers(mark: str) -> int:
    """Kill what an earlier run left behind, its guards included; how many those were.

    Call before any agent is started: everything with our mark is a leftover then.
    """
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                process.kill()
                found.append(process)
    psutil.wait_procs(found, timeout=LEFTOVERS_S)
    return len(found)
