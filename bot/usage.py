"""What agents, and all that they started, use of the machine now.

Rule: one look at the process table for all of them, and never on the event loop.
"""

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import psutil

#: What says most about a family of processes comes first.
_STATES = (
    psutil.STATUS_DISK_SLEEP,
    psutil.STATUS_STOPPED,
    psutil.STATUS_RUNNING,
)
#: A load is a difference: between two looks that are so many seconds apart …
_APART_S = 0.1
#: … or the one before, if it is not older.
_RECENT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeUsage:
    """Of a process and all its descendants together."""

    cpu_s: float  # processor time, also of those that have ended
    memory_bytes: int  # resident; what they share counts for each of them
    share_bytes: int | None  # the same, what they share divided; None: not known
    threads: int
    open_files: int
    processes: int
    state: str  # "running", "sleeping", "disk-sleep" …: psutil's words
    cpu_percent: float = 0.0  # of one core, lately


class Processes:
    """Remembers what it saw, so that the next look tells the load since then."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[float, TreeUsage]] = {}  # (when, what)
        self._looking = asyncio.Lock()

    async def usage(self, pids: Collection[int]) -> dict[int, TreeUsage]:
        """Of those among *pids* that still run."""
        async with self._looking:
            since = time.monotonic() - _RECENT_S
            self._seen = {p: each for p, each in self._seen.items() if each[0] > since}
            if new := set(pids) - self._seen.keys():
                await self._look(new)
                await asyncio.sleep(_APART_S)
            before = dict(self._seen)
            return {
                pid: replace(usage, cpu_percent=_load(before.get(pid), self._seen[pid]))
                for pid, usage in (await self._look(pids)).items()
            }

    async def _look(self, pids: Collection[int]) -> dict[int, TreeUsage]:
        if not pids:
            return {}
        now, usages = await asyncio.to_thread(_measure, tuple(pids))
        self._seen |= {pid: (now, usage) for pid, usage in usages.items()}
        return usages


def _load(
    before: tuple[float, TreeUsage] | None, now: tuple[float, TreeUsage]
) -> float:
    if before is None:
        return 0.0
    elapsed_s = max(now[0] - before[0], _APART_S)
    return round(max(0.0, now[1].cpu_s - before[1].cpu_s) / elapsed_s * 100, 1)


def _measure(pids: Collection[int]) -> tuple[float, dict[int, TreeUsage]]:
    """When it was measured, monotonic, and what."""
    usages = {pid: _usage(family) for pid, family in _families(pids).items()}
    return time.monotonic(), usages


def _families(pids: Collection[int]) -> dict[int, list[psutil.Process]]:
    """Each of *pids* that runs, with all that it started."""
    known = {process.pid: process for process in psutil.process_iter(["ppid"])}
    children: dict[int, list[int]] = {}
    for process in known.values():
        children.setdefault(process.info["ppid"], []).append(process.pid)
    return {
        pid: [known[each] for each in _descent(pid, children)]
        for pid in pids
        if pid in known
    }


def _descent(pid: int, children: Mapping[int, list[int]]) -> Iterator[int]:
    waiting = [pid]
    while waiting:
        yield (parent := waiting.pop())
        waiting.extend(children.get(parent, ()))


def _usage(family: list[psutil.Process]) -> TreeUsage:
    facts = [_facts(process) for process in family]
    states = {each.state for each in facts}
    shares = [each.share_bytes for each in facts]
    return TreeUsage(
        cpu_s=sum(each.cpu_s for each in facts),
        memory_bytes=sum(each.memory_bytes for each in facts),
        share_bytes=None if None in shares else sum(filter(None, shares)),
        threads=sum(each.threads for each in facts),
        open_files=sum(each.open_files for each in facts),
        processes=len(family),
        state=next((state for state in _STATES if state in states), "sleeping"),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """Of one process; all zero once it is gone."""

    cpu_s: float = 0.0
    memory_bytes: int = 0
    share_bytes: int | None = 0
    threads: int = 0
    open_files: int = 0
    state: str = ""


def _facts(process: psutil.Process) -> _Facts:
    try:
        with process.oneshot():
            return _Facts(
                cpu_s=sum(process.cpu_times()[:4]),  # with its children that ended
                memory_bytes=process.memory_info().rss,
                share_bytes=_share(process),
                threads=process.num_threads(),
                open_files=_files(process),
                state=process.status(),
            )
    except psutil.Error:
        return _Facts()


def _share(process: psutil.Process) -> int | None:
    try:
        return getattr(process.memory_full_info(), "pss", None)
    except psutil.AccessDenied:  # it runs as somebody else
        return None


def _files(process: psutil.Process) -> int:
    try:
        return process.num_fds()
    except psutil.AccessDenied:
        return 0
