"""Child processes that cannot outlive us, and their orderly end."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import structlog

from runner.base import AgentNotFound, ProcessLimits, WorkspaceMissing
from runner.cli import Pipes
from runner.environment import MARK
from runner.leftovers import end_marked
from runner.record import Record

log = structlog.get_logger()

GUARD = str(Path(__file__).with_name("guard.py"))


#: The limit that ended a process: processor time, memory, the size of a file.
Exceeded: TypeAlias = Literal["cpu", "memory", "file"]
EXCEEDED: dict[bytes, Exceeded] = {b"cpu": "cpu", b"memory": "memory", b"file": "file"}


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds each step of the end may take before the next one."""

    result: float = 2.0  # after an interrupt
    eof: float = 6.0  # after stdin was closed
    sigint: float = 2.0
    sigterm: float = 5.0


class Child:
    """A command under a guard. Closing the lifeline ends it and all it started."""

    def __init__(
        self, process: Process, lifeline: socket.socket, record: Record | None = None
    ) -> None:
        self.process = process
        self.pipes = Pipes(process, record)
        self.exceeded: Exceeded | None = None  # what ended it; known once it exited
        self._lifeline = lifeline
        self._gone = asyncio.create_task(self._hear())

    async def exited(self) -> int:
        """Wait for the exit alone.

        `Process.wait` waits for the pipes too, and a tool that outlives its agent
        holds them open: https://github.com/python/cpython/issues/119710
        """
        await asyncio.shield(self._gone)
        while self.process.returncode is None:  # noqa: ASYNC110 - a moment later
            await asyncio.sleep(0.002)
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
            if await self._gone_or_hurry(wait_s, hurry):
                break
        self.cut()
        await self.exited()
        self._lifeline.close()

    def cut(self) -> None:
        """The guard kills everything at once."""
        with suppress(OSError):  # it is gone already
            self._lifeline.shutdown(socket.SHUT_WR)

    async def _gone_or_hurry(self, wait_s: float, hurry: asyncio.Event) -> bool:
        gone = asyncio.ensure_future(self.exited())
        hurried = asyncio.ensure_future(hurry.wait())
        await asyncio.wait(
            (gone, hurried), timeout=wait_s, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (gone, hurried):
            task.cancel()
        return self.process.returncode is not None

    async def _hear(self) -> None:
        """Wait for the guard's end to close: it is held to the last.

        Until then it tells of limits (`runner.guard`).
        """
        loop, told = asyncio.get_running_loop(), b""
        with suppress(ConnectionError):
            while said := await loop.sock_recv(self._lifeline, 64):
                told += said
                *lines, told = told.split(b"\n")
                for line in lines:
                    self.exceeded = EXCEEDED.get(line, self.exceeded)
                    log.warning("agent.limit_exceeded", limit=line.decode())

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
    limits: ProcessLimits = ProcessLimits(),  # noqa: B008 - it is frozen
    record: Record | None = None,
) -> AsyncIterator[Child]:
    """Run *command*; on the way out, end it and everything it started."""
    if not cwd.is_dir():  # noqa: ASYNC240 - one look
        raise WorkspaceMissing("agent-workspace-missing", folder=str(cwd))
    theirs, ours = socket.socketpair()
    ours.setblocking(False)
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", GUARD, str(theirs.fileno())),
            f"{limits.cpu_s},{limits.memory_bytes},{limits.file_bytes}",
            *command,
            cwd=cwd,
            env=env,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    except OSError as error:
        ours.close()
        words = f"{command[0]}: {error.strerror}"
        raise AgentNotFound("agent-not-started", words=words) from error
    except asyncio.CancelledError:
        ours.close()
        raise
    finally:
        theirs.close()
    running = Child(process, ours, record)
    try:
        yield running
    finally:
        await _in_any_case(_end(running, patience, hurry, env[MARK]))


async def _end(
    running: Child, patience: Patience, hurry: asyncio.Event, mark: str
) -> None:
    await running.end(patience, hurry)
    if (running.process.returncode or 0) < 0:
        # Somebody killed the guard, so nobody ended what the agent had started.
        await asyncio.to_thread(end_marked, mark.__eq__)


async def _in_any_case(work: Coroutine[Any, Any, None]) -> None:
    """Being cancelled, even twice, is no excuse for leaking a process."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
