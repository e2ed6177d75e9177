"""The agent's process and all it starts: begun, limited, and ended without a rest.

Tools run in sessions of their own and lose their parent when the agent dies, so killing
a process group is not enough: as a subreaper (Linux) this process becomes the parent of
whatever is left behind.

Limits (0: none). Processor time and file size are the kernel's, for each process by
itself: a tool that goes beyond dies alone, and the command goes on. Memory is that of
the whole tree, looked at every second: its address space cannot be limited, agents
reserve gigabytes they never touch. Tools go first, the largest before others; if the
command itself is too large, all goes.

Standard library only: the supervisor imports it.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LINUX = sys.platform == "linux"
PAGE = resource.getpagesize()
LOOK_S = 1.0
#: The kernel's signals for going beyond a limit.
BEYOND: dict[int, str] = {signal.SIGXCPU: "cpu", signal.SIGXFSZ: "file"}


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


def heed_signals() -> None:
    """As what one starts at a terminal does: what is ignored stays so over `exec`.

    Python ignores two (SIGPIPE, SIGXFSZ), `nohup` and a script's `&` three others.
    """
    for signum in signal.valid_signals():
        if signal.getsignal(signum) is signal.SIG_IGN:
            signal.signal(signum, signal.SIG_DFL)


def start(
    command: list[str], workspace: str, cpu_s: int, file_bytes: int
) -> tuple[int, int, int, int]:
    """Run it there: its pid, and our ends of its stdin, stdout and stderr.

    What keeps it from starting is said on its stderr.
    """
    ours, pipes = os.getpid(), [os.pipe() for _ in range(3)]
    (stdin, to), (out, stdout), (err, stderr) = pipes
    child = os.fork()
    if child == 0:
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # should we be killed ourselves
        if os.getppid() != ours:
            os._exit(1)  # we were, a moment ago
        for number, pipe in enumerate((stdin, stdout, stderr)):
            os.dup2(pipe, number)
        try:
            os.chdir(workspace)
            restrict(cpu_s, file_bytes)
            heed_signals()
            os.execv(command[0], command)  # noqa: S606 - no shell is the point
        except (OSError, ValueError) as error:  # a limit above the one we have
            os.write(2, f"{command[0]}: {error}\n".encode())
            os._exit(127)
    for pipe in (stdin, stdout, stderr):
        os.close(pipe)
    for pipe in (to, out, err):
        os.set_blocking(pipe, False)
    return child, to, out, err


def processes(column: str) -> list[str]:
    """Every process, as `ps` tells: its pid and that column."""
    with os.popen(f"/bin/ps -A -o pid=,{column}") as listing:  # noqa: S605
        return listing.readlines()


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
        for line in processes("ppid="):
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
        lines = (map(int, line.split()) for line in processes("rss="))
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


def inside(child: int) -> int:
    """The agent itself: *child*, or what bubblewrap runs in its place.

    That is two processes: one that waits, and the first of the sandbox, which has the
    agent as its eldest child. Neither passes a signal on.
    """
    pid = child
    with contextlib.suppress(OSError, IndexError):  # it is gone, or only begins
        while True:
            with open(f"/proc/{pid}/comm", "rb") as comm:
                if comm.read() != b"bwrap\n":
                    return pid
            with open(f"/proc/{pid}/task/{pid}/children", "rb") as children:
                pid = int(children.read().split()[0])
    return child


def signal_to(child: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(inside(child), signum)


def make_room(child: int, limit: int) -> str:
    """See that the tree holds no more than *limit*; what had to go for it.

    "": nothing, "tool": the largest tools, killed; "memory": all has to go.
    """
    pids = family()
    if sum(memory(pids, exactly=False).values()) <= limit:
        return ""
    held = memory(pids, exactly=True)
    agent = inside(child)
    if held.get(agent, 0) > limit:
        return "memory"
    total, gone = sum(held.values()), ""
    for pid in sorted(set(held) - {child, agent}, key=held.__getitem__, reverse=True):
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


def end_all() -> dict[int, int]:
    """Kill until nothing is left: what is being started meanwhile, too.

    The exit statuses of our own children, by pid.
    """
    ended: dict[int, int] = {}
    while left := descendants():
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        ended |= reap()
        time.sleep(0.005)
    return ended | reap()
