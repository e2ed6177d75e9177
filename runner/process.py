"""Agents under their supervisors: started or taken up, and ended or let go."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import structlog

from runner.base import ProcessLimits
from runner.cli import Exceeded, Pipes, Refused
from runner.errors import AgentKilled, AgentNotFound, WorkspaceMissing
from runner.homes import LAST_WORDS, Home
from runner.leftovers import end_marked
from runner.record import Record

log = structlog.get_logger()

T = TypeVar("T")

#: As the demo agent: isolated, and without `site`.
BEGIN = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from runner import supervisor; supervisor.main()"
)
SUPERVISOR = (sys.executable, "-I", "-S", "-c", BEGIN, str(Path(__file__).parents[1]))
#: A journal that nobody acknowledges may get that long.
CAP = 64 * 1024 * 1024
#: What a supervisor may take for its own end, when its agent is gone.
LAST_S = 5.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds each step of the end may take before the next one."""

    result: float = 2.0  # after an interrupt
    eof: float = 6.0  # after stdin was closed
    sigint: float = 2.0
    sigterm: float = 5.0


@dataclass(frozen=True, slots=True)
class Leaving:
    """How the agents of this run are left."""

    patience: Patience
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


class Child:
    """An agent that we are attached to."""

    def __init__(self, pipes: Pipes, home: Home, leaving: Leaving) -> None:
        self.pipes = pipes
        self.home = home
        self.released = False  # it goes on without us
        self._leaving = leaving
        self.code: int | None = None  # how the agent ended; < 0: its supervisor

    @property
    def pid(self) -> int:
        """The supervisor's."""
        return self.pipes.pid

    @property
    def exceeded(self) -> Exceeded | None:
        return self.pipes.exceeded

    async def over(self) -> None:
        """The connection has ended: see to it that nothing is left, and how it was."""
        self.pipes.closed()
        if self.pipes.replaced:
            return  # it is another's now
        self.code = self.pipes.code
        if self.code is None:
            # Somebody killed the supervisor, so nobody ended what the agent started;
            # or we failed, and nobody listens to it any more.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            await _swept(self.pid, self.home)
            self.code = -signal.SIGKILL
        else:
            await asyncio.to_thread(_reaped, self.pid)

    async def leave(self) -> None:
        """End it, or let it go if its next run of Parley is to have it."""
        if self._leaving.release.is_set() and not self.pipes.gone.is_set():
            self.released = True
            await self.pipes.detach()
        else:
            await self._end()

    def ask_to_end(self) -> float:
        """Ever less politely; at last everything goes. How long that may take."""
        patience = self._leaving.patience
        steps = (patience.eof, patience.sigint, patience.sigterm)
        self.pipes.end(steps)
        return sum(steps) + LAST_S

    async def _end(self) -> None:
        if not await self._gone(self.ask_to_end(), self._leaving.hurry):
            self.pipes.cut()
            if not await self._gone(LAST_S, asyncio.Event()):
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
                await self.pipes.gone.wait()

    async def _gone(self, within_s: float, hurry: asyncio.Event) -> bool:
        waits = [asyncio.ensure_future(e.wait()) for e in (self.pipes.gone, hurry)]
        await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return self.pipes.gone.is_set()


@asynccontextmanager
async def started(
    home: Home,
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limits: ProcessLimits,
    claim: int,
    unclaimed_s: float,
    leaving: Leaving,
    record: Record | None,
) -> AsyncIterator[Child]:
    """Run *command* under a supervisor. The way out is that of `attached`."""
    if not cwd.is_dir():  # noqa: ASYNC240 - one look
        home.remove()
        raise WorkspaceMissing("agent-workspace-missing", folder=str(cwd))
    used = f"{limits.cpu_s},{limits.memory_bytes},{limits.file_bytes}"
    told = (home.folder, cwd, claim, unclaimed_s, CAP, used)
    theirs, ours = socket.socketpair()
    try:
        with theirs:
            pid = _spawned([*SUPERVISOR, *map(str, told), *command], env, theirs, home)
    except OSError as error:
        ours.close()
        home.remove()
        words = f"{sys.executable}: {error.strerror}"
        raise AgentNotFound("agent-not-started", words=words) from error
    where = attached(ours, home, claim=claim, leaving=leaving, record=record, born=pid)
    async with where as child:
        yield child


@asynccontextmanager
async def attached(
    connection: socket.socket,
    home: Home,
    *,
    claim: int,
    leaving: Leaving,
    record: Record | None,
    born: int | None = None,
) -> AsyncIterator[Child]:
    """On the way out, end the agent and everything it started, unless it is released.

    Whoever uses it reads `Pipes.told` to its end. *born*: the supervisor, if it was
    just started: it must not be left behind, and `AgentKilled` tells why it is gone.
    Raises `Refused` otherwise.
    """
    pipes = Pipes(connection, record)
    try:
        await pipes.attach(claim)
    except BaseException as error:
        connection.close()
        if born is None:
            raise
        os.kill(born, signal.SIGKILL)
        said = await in_any_case(_swept(born, home))
        if not isinstance(error, Refused):
            raise
        words = said.rpartition("\n")[2] or "its supervisor is gone"
        raise AgentKilled("agent-not-started", words=words) from error
    child = Child(pipes, home, leaving)
    try:
        yield child
    finally:
        await in_any_case(child.leave())


def _spawned(
    command: list[str], env: Mapping[str, str], bridge: socket.socket, home: Home
) -> int:
    """Its pid. No object of a library is its owner, who would end it with us."""
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    pipes = (
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, home.folder / LAST_WORDS, new, 0o600),
        (os.POSIX_SPAWN_DUP2, bridge.fileno(), 0),
    )
    return os.posix_spawn(command[0], command, env, file_actions=pipes)


async def _swept(supervisor: int, home: Home) -> str:
    """End what a supervisor that was killed leaves behind; what it said last."""
    await asyncio.to_thread(_reaped, supervisor)
    await asyncio.to_thread(end_marked, home.about.mark.__eq__)
    return home.remove()


async def in_any_case(work: Coroutine[Any, Any, T]) -> T:
    """Being cancelled, even twice, is no excuse for leaking a process."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result


def _reaped(pid: int) -> None:
    """Wait for it, if it is our child."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
