"""Programs that are run for what they print, and never for longer than they may."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: Of our own environment, what such a program gets to know.
ALLOWED = frozenset(
    ["HOME", "PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ"]
)
_MAX_COMPLAINT = 8_192  # bytes of stderr
_PIECE = 65_536
_GRACE_S = 2.0


class TooSlow(Exception):
    """It did not end in time, and was ended."""


@dataclass(frozen=True, slots=True)
class Output:
    code: int
    out: bytes
    err: str  # its beginning
    cut: bool  # it had more to say than we wanted to hear, and was ended


def allowed(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that is nobody's secret."""
    return {name: value for name, value in environ.items() if name in ALLOWED}


async def output_of(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout_s: float,
    limit: int,
    given: bytes = b"",
    pass_fds: Sequence[int] = (),
) -> Output:
    """Run *command* without a shell; at most *limit* bytes of what it prints.

    Raises `TooSlow`, and `OSError` if it cannot be run. It never outlives this call.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env=env,
        stdin=PIPE if given else DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=pass_fds,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout_s):
            out, cut, err = await _talk(process, given, limit)
            return Output(await process.wait(), out, err, cut)
    except TimeoutError as error:
        raise TooSlow from error
    finally:
        await asyncio.shield(_ended(process))


async def _talk(process: Process, given: bytes, limit: int) -> tuple[bytes, bool, str]:
    assert process.stdout
    assert process.stderr
    async with asyncio.TaskGroup() as tasks:
        complaint = tasks.create_task(_first(process.stderr, _MAX_COMPLAINT))
        tasks.create_task(_tell(process, given))
        out, cut = await _at_most(process.stdout, limit)
        if cut:
            _signal(process, signal.SIGKILL)
            # A pipe that nobody reads is never seen to close, and `wait` waits for it.
            await _first(process.stdout, 0)
    return out, cut, complaint.result().decode(errors="replace")


async def _tell(process: Process, given: bytes) -> None:
    if process.stdin:
        with suppress(ConnectionError):  # it wants to hear no more
            process.stdin.write(given)
            await process.stdin.drain()
        process.stdin.close()


async def _at_most(stream: asyncio.StreamReader, limit: int) -> tuple[bytes, bool]:
    read = bytearray()
    while len(read) <= limit:
        piece = await stream.read(_PIECE)
        if not piece:
            return bytes(read), False
        read += piece
    return bytes(read[:limit]), True


async def _first(stream: asyncio.StreamReader, limit: int) -> bytes:
    """All is read, so that nobody waits for a full pipe; the beginning is kept."""
    read = b""
    while piece := await stream.read(_PIECE):
        read += piece[: limit - len(read)]
    return read


async def _ended(process: Process) -> None:
    if process.returncode is None:
        _signal(process, signal.SIGTERM)  # git takes its locks away
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_S):
                await _gone(process)
        _signal(process, signal.SIGKILL)
        await _gone(process)


async def _gone(process: Process) -> None:
    """`Process.wait` waits for pipes too, which a stranger may hold open."""
    while process.returncode is None:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.002)


def _signal(process: Process, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signum)
