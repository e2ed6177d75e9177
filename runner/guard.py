"""Stands between Parley and an agent so that nothing outlives either of them.

    python -I -S guard.py LIFELINE CPU_S,MEMORY_BYTES,FILE_BYTES command...

Runs the command on our own three pipes. LIFELINE is a socket whose other end only
Parley holds. When that closes, Parley is gone, however it went, and so is the command
and all it ever started; when ours closes, Parley knows that we are gone. Tools run in
sessions of their own and lose their parent when the agent dies, so killing a process
group is not enough: as a subreaper (Linux) this process becomes the parent of whatever
is left behind.

Limits (0: none). Processor time and file size are the kernel's, for each process by
itself: a tool that goes beyond dies alone, and the command goes on. Memory is that of
the whole tree, looked at every second: its address space cannot be limited, agents
reserve gigabytes they never touch. Tools go first, the largest before others; if the
command itself is too large, all goes. Which limit ended the command is written to the
lifeline: "cpu", "file" or "memory"; "tool" for each time tools were ended.

Standard library only, and little of it: it starts in 20 ms and holds a few MB.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LINUX = sys.platform == "linux"
PAGE = resource.getpagesize()
LOOK_S = 1.0
#: The kernel's signals for going beyond a limit.
BEYOND = {signal.SIGXCPU: "cpu", signal.SIGXFSZ: "file"}


def prctl(option: int, value: int) -> None:
    if LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def restrict(cpu_s: int, file_bytes: int) -> None:
    """For this process, and each that it starts."""
    if cpu_s:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 2))
    if file_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    if cpu_s or file_bytes:  # their signals would dump the core of a huge process
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def start(command: list[str], lifeline: int, cpu_s: int, file_bytes: int) -> int:
    """The command's pid. It gets our pipes; we keep none of them."""
    guard = os.getpid()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(lifeline)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # should we be killed ourselves
        if os.getppid() != guard:
            os._exit(1)  # we were, a moment ago
        try:
            restrict(cpu_s, file_bytes)
            os.execv(command[0], command)  # noqa: S606 - no shell is the point
        except (OSError, ValueError) as error:  # a limit above the one we have
            os.write(2, f"{command[0]}: {error}\n".encode())
            os._exit(127)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    return child


def descendants() -> list[int]:
    parents: dict[int, int] = {}
    if LINUX:
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError, IndexError, ValueError):
                    with open(f"/proc/{name}/stat", "rb") as stat:
                        fields = stat.read().rpartition(b")")[2].split()
                    if fields[0] != b"Z":
                        parents[int(name)] = int(fields[1])
    else:
        listing = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=False
        )
        for line in listing.stdout.splitlines():
            pid, parent = map(int, line.split())
            parents[pid] = parent
    found: list[int] = []
    ours = {os.getpid()}
    while new := [p for p, parent in parents.items() if parent in ours]:
        found += new
        ours = set(new)
    return found


def family() -> list[int]:
    """As `descendants`, at a hundredth of the cost, and perhaps without the newest."""
    found, new = [], [os.getpid()]
    try:
        while new:
            pid = new.pop()
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/children", "rb") as children:
                    born = list(map(int, children.read().split()))
                found += born
                new += born
    except OSError:  # one is gone, or this kernel does not tell
        return descendants()
    return found


def memory(pids: list[int], *, exactly: bool) -> dict[int, int]:
    """Bytes each holds; *exactly*: what is shared with others counts in part."""
    if not LINUX:
        listing = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,rss="], capture_output=True, check=False
        )
        lines = (map(int, line.split()) for line in listing.stdout.splitlines())
        return {pid: kilobytes * 1024 for pid, kilobytes in lines if pid in pids}
    held = {}
    for pid in pids:
        with contextlib.suppress(OSError, IndexError):  # it is gone
            held[pid] = proportional(pid) if exactly else resident(pid)
    return held


def resident(pid: int) -> int:
    with open(f"/proc/{pid}/statm", "rb") as statm:
        return int(statm.read().split()[1]) * PAGE


def proportional(pid: int) -> int:
    with open(f"/proc/{pid}/smaps_rollup", "rb") as rollup:
        [line] = [line for line in rollup if line.startswith(b"Pss:")][:1] or [b"- 0"]
    return int(line.split()[1]) * 1024


def make_room(child: int, limit: int) -> str:
    """See that the tree holds no more than *limit*; what had to go for it.

    "": nothing, "tool": the largest tools, killed; "memory": all has to go.
    """
    pids = family()
    if sum(memory(pids, exactly=False).values()) <= limit:
        return ""
    held = memory(pids, exactly=True)
    if held.get(child, 0) > limit:
        return "memory"
    total, gone = sum(held.values()), ""
    for pid in sorted(set(held) - {child}, key=held.__getitem__, reverse=True):
        if total <= limit:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        total, gone = total - held[pid], "tool"
    return gone


def reap() -> dict[int, int]:
    """Exit statuses of all children that ended, by pid."""
    ended: dict[int, int] = {}
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            ended[pid] = status
    return ended


def end_all() -> None:
    """Kill until nothing is left: what is being started meanwhile, too."""
    while left := descendants():
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        reap()
        time.sleep(0.005)
    reap()


def tell(lifeline: int, what: str) -> None:
    with contextlib.suppress(OSError):  # nobody is there any more
        os.write(lifeline, f"{what}\n".encode())


def main() -> int:
    lifeline, command = int(sys.argv[1]), sys.argv[3:]
    cpu_s, memory_bytes, file_bytes = map(int, sys.argv[2].split(","))
    os.set_inheritable(lifeline, False)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for signum in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: None)
    child = start(command, lifeline, cpu_s, file_bytes)
    while True:
        wait_s = LOOK_S if memory_bytes else None
        ready, _, _ = select.select([lifeline, woken], [], [], wait_s)
        if lifeline in ready:
            end_all()
            return 0
        if memory_bytes and (gone := make_room(child, memory_bytes)):
            tell(lifeline, gone)
            if gone == "memory":
                end_all()
                return 128 + signal.SIGKILL
        if woken not in ready:
            continue
        arrived = os.read(woken, 512)
        if (status := reap().get(child)) is not None:
            end_all()
            code = os.waitstatus_to_exitcode(status)
            if -code in BEYOND:
                tell(lifeline, BEYOND[signal.Signals(-code)])
            return code if code >= 0 else 128 - code
        for signum in (signal.SIGINT, signal.SIGTERM):
            if signum in arrived:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signum)


if __name__ == "__main__":
    sys.exit(main())
